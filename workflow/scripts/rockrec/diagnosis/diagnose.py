"""All diagnoses of a set of tiles, one line each."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from rockrec.diagnosis.border import edge_excess
from rockrec.diagnosis.checkerboard import checkerboard_phase, checkerboard_power
from rockrec.diagnosis.diversity import low_spread, similar_curves
from rockrec.diagnosis.findings import DIAGNOSES, LEAST_TILES, Check, unable
from rockrec.diagnosis.matching import TURNS
from rockrec.diagnosis.memory import memorised_tiles, repeated_tiles
from rockrec.diagnosis.repetition import repeated_pattern
from rockrec.diagnosis.splits import draw_splits

SMALLEST = 32  # px


def diagnose(
    generated: np.ndarray,
    train: np.ndarray,
    heldout: np.ndarray,
    *,
    seed: int,
    turns: Iterable[str] = ("identity",),
    originals: np.ndarray | None = None,
) -> pd.DataFrame:
    """Look for the faults that reconstructions have and rocks have not.

    The thresholds come from splitting the real tiles, such that a set of real tiles raises an
    alarm in any of the diagnoses with a probability of about 5 %.

    Parameters
    ----------
    generated : (n, size, size) uint8 0/1, the set to be diagnosed.
    train, heldout : real tiles of the same size that do not overlap one another.
    seed : of the splits.
    turns : flips and turns that the training used, see `TURNS`.
    originals : all training tiles, overlapping ones included, in which copies are sought; by
        default `train`.

    Returns
    -------
    One line per diagnosis (`DIAGNOSES`): diagnosis, value, threshold, where, verdict (``found``,
    ``not found`` or ``cannot tell``). Values grow with the fault: see each diagnosis.

    Raises
    ------
    ValueError : tiles that are not square, of different sizes, smaller than 32 px, not 0/1; an
        unknown turn.
    """
    originals = train if originals is None else originals
    _check_tiles(generated, "generated", train.shape[-1])
    checks = fit_checks(train, heldout, len(generated), seed=seed, turns=turns, originals=originals)
    return table_of(checks, generated)


def table_of(checks: Mapping[str, Check], generated: np.ndarray) -> pd.DataFrame:
    """Apply checks that were fitted for sets of this many tiles; the table is `diagnose`'s."""
    findings = [check(generated) for check in checks.values()]
    table = pd.DataFrame([finding._asdict() for finding in findings])
    table["verdict"] = [finding.verdict for finding in findings]
    return table


def fit_checks(
    train: np.ndarray,
    heldout: np.ndarray,
    n: int,
    *,
    seed: int,
    turns: Iterable[str],
    originals: np.ndarray,
    names: Iterable[str] = DIAGNOSES,
) -> dict[str, Check]:
    """Fit checks to the real tiles, for many sets of `n` generated tiles; see `diagnose`."""
    for name, tiles in (("train", train), ("heldout", heldout), ("originals", originals)):
        _check_tiles(tiles, name, train.shape[-1])
    turns = tuple(turns)
    if unknown := set(turns) - set(TURNS):
        raise ValueError(f"unknown turns {sorted(unknown)}: known are {', '.join(TURNS)}")
    rng = np.random.default_rng(seed)
    splits = draw_splits(len(train), n, rng)
    fits = {
        "repeated_pattern": lambda: repeated_pattern(train, splits),
        "low_spread": lambda: low_spread(train, splits),
        "similar_curves": lambda: similar_curves(train, splits, rng),
        "repeated_tiles": lambda: repeated_tiles(train, n),
        "checkerboard_phase": lambda: checkerboard_phase(train, splits),
        "checkerboard_power": lambda: checkerboard_power(train, splits),
        "edge_excess": lambda: edge_excess(train, splits),
        "memorised_tiles": lambda: memorised_tiles(originals, heldout, n, turns),
    }
    return {
        name: _cannot(name, reason) if (reason := _too_few(name, n, train, heldout)) else fit()
        for name, fit in fits.items()
        if name in names
    }


def _too_few(name: str, n: int, train: np.ndarray, heldout: np.ndarray) -> str:
    """Why a diagnosis cannot be made, empty where it can."""
    if n < LEAST_TILES and name != "memorised_tiles":
        return f"{n} generated tiles, at least {LEAST_TILES} are needed"
    if name == "memorised_tiles":
        real, at_least, what = len(heldout), LEAST_TILES, "held-out"
    else:
        real, at_least, what = len(train), 2 * LEAST_TILES, "training"
    return f"{real} {what} tiles, at least {at_least} are needed" if real < at_least else ""


def _cannot(name: str, reason: str) -> Check:
    return lambda generated: unable(name, reason)


def _check_tiles(tiles: np.ndarray, name: str, size: int) -> None:
    if tiles.ndim != 3 or tiles.shape[1:] != (size, size) or tiles.dtype != np.uint8:
        raise ValueError(
            f"{name} tiles must be (n, {size}, {size}) uint8, not {tiles.shape} {tiles.dtype}"
        )
    if size < SMALLEST:
        raise ValueError(f"tiles of {size} px: at least {SMALLEST} px are needed")
    if len(tiles) == 0:
        raise ValueError(f"no {name} tiles")
    if tiles.max() > 1:
        raise ValueError(f"{name} tiles must be 0 or 1, not {tiles.max()}")
