"""What all tests share."""

import signal

# a shell that starts the suite in the background switches Ctrl-C off, which some tests send
signal.signal(signal.SIGINT, signal.default_int_handler)
