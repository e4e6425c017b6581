"""Games: rules and truth. Never imports torch, and nothing of ours above it."""

import kernel_cache as _kernel_cache  # noqa: F401  (names numba's cache folder before numba is imported)
from games.core import Game, IllegalMove, Symmetry, UnknownGame, game_names, load_game

__all__ = ["Game", "IllegalMove", "Symmetry", "UnknownGame", "game_names", "load_game"]
