"""What all tests share."""

import signal

import pytest

# a shell that starts the suite in the background switches Ctrl-C off, which some tests send
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """A game of one's own, whose rules tests/games/test_conformance.py is to try: docs/your_own_game.md."""
    parser.addoption(
        "--game", action="append", default=[], metavar="FILE", help="a file with GAME = Game(...)"
    )
