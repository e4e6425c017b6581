"""Go programs talk to each other in GTP 2, the Go Text Protocol: our engine, and our side of the pipe.

The protocol's text: Gunnar Farnebäck, "Specification of the Go Text Protocol, version 2, draft 2" (2002).
"""
