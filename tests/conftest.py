"""What all tests share."""

import signal

import pytest
from hypothesis import settings

settings.register_profile(
    "untimed", deadline=None
)  # machines are shared, and kernels compile when first called
settings.load_profile("untimed")

# a shell that starts the suite in the background switches Ctrl-C off, which some tests send
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """A game of one's own, whose rules tests/games/test_conformance.py is to try: docs/your_own_game.md."""
    parser.addoption(
        "--game", action="append", default=[], metavar="FILE", help="a file with GAME = Game(...)"
    )
