"""Seeds that depend on what an item is called, never on time or order."""

import hashlib


def seed_for(base: int, *names: object) -> int:
    """Return a seed in [0, 2**63) from the config's seed and the item's own names.

    The same base and names give the same seed on every machine; any other name gives an
    unrelated one: ``seed_for(1, "berea", "sa", 0)``.
    """
    text = "\x1f".join([str(base), *map(str, names)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
