"""Checks of single settings that name what is wrong."""

import math


def require(fine: bool, name: str, settings, wanted: str) -> None:
    """Raise ValueError, with the name, what is wanted and what is given, unless `fine`."""
    if not fine:
        raise ValueError(f"{name} must be {wanted}, not {getattr(settings, name)!r}")


def require_some_of(known: tuple[str, ...], name: str, settings) -> None:
    """Raise ValueError unless the list `name` holds some of the known words, each once."""
    chosen = getattr(settings, name)
    fine = len(set(chosen)) == len(chosen) and set(chosen) <= set(known)
    require(fine, name, settings, f"a list of {', '.join(known)}")


def is_whole(value, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def is_number(value, above: float) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return math.isfinite(value) and value > above


def is_zero_or_more(value) -> bool:
    return (value == 0 and not isinstance(value, bool)) or is_number(value, above=0)


def is_share(value) -> bool:
    """Whether a value is in [0, 1)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1
