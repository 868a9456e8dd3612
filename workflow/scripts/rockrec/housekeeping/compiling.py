"""Compiled functions, whose machine code is kept where there is a place for it."""

from collections.abc import Callable

from numba import njit


def compiled(**options) -> Callable[[Callable], Callable]:
    """Decorate a function that numba compiles with these options of ``njit``.

    Its machine code is kept beside the module, else in the user's cache, for the next process.
    Where neither folder can be written to, each process compiles anew.
    """

    def decorate(function: Callable) -> Callable:
        try:
            return njit(cache=True, **options)(function)
        except RuntimeError:  # numba finds no folder for its cache
            return njit(**options)(function)

    return decorate
