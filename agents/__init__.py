"""Agents: who plays board games and how it learns. Stands on games and lab."""

import kernel_cache as _kernel_cache  # noqa: F401  (names numba's cache folder before numba is imported)
