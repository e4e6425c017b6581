"""Where no verifier exists: raters, preferences, reward models, what is learned from them, and how they are
gamed."""
