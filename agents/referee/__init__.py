"""The referee: matches of Go programs that speak GTP, with each other and with our players, by our rules."""
