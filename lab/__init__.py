"""The lab: what an experiment is, for any learner. Imports nothing of ours above or beside it."""

import kernel_cache as _kernel_cache  # noqa: F401  (names numba's cache folder before numba is imported)
