"""Random numbers of one realisation, drawn inside compiled code."""

import numpy as np

from rockrec.housekeeping.compiling import compiled

U = np.uint64


@compiled()
def _random(state):
    """Xorshift (Marsaglia 2003), 64 bits; the upper ones are the random ones."""
    x = state[0]
    x ^= x << U(13)
    x ^= x >> U(7)
    x ^= x << U(17)
    state[0] = x
    return x


@compiled()
def below(state, n):
    """A whole number in 0 ... n - 1, n < 2**32."""
    return np.int64(((_random(state) >> U(32)) * U(n)) >> U(32))


@compiled()
def uniform(state):
    """A number in [0, 1)."""
    return (_random(state) >> U(11)) * (1.0 / 9007199254740992.0)
