"""All diagnoses of a set of tiles, one line each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rockrec.diagnosis.findings import Check, unable
from rockrec.diagnosis.matching import TURNS
from rockrec.diagnosis.splits import draw_splits
from rockrec.plain.records.diagnoses import DIAGNOSES, Diagnosis

SMALLEST = 32  # px


@dataclass(frozen=True)
class Known:
    """What checks are fitted to, for sets of `n` generated tiles.

    train, heldout, originals, turns : see `diagnose`; splits : of the training tiles, see
    `draw_splits`; rng : what is drawn besides.
    """

    train: np.ndarray
    heldout: np.ndarray
    originals: np.ndarray
    n: int
    turns: tuple[str, ...]
    splits: np.ndarray
    rng: np.random.Generator


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
    known = Known(train, heldout, originals, n, turns, splits, rng)
    checks = {}
    for name, diagnosis in DIAGNOSES.items():
        if name in names:
            lacking = _too_few(diagnosis, known)
            checks[name] = _cannot(name, lacking) if lacking else diagnosis.fit(known)
    return checks


def _too_few(diagnosis: Diagnosis, known: Known) -> str:
    """Why a diagnosis cannot be made, empty where it can."""
    for there, least, what in (
        (known.n, diagnosis.generated, "generated"),
        (len(known.train), diagnosis.train, "training"),
        (len(known.heldout), diagnosis.heldout, "held-out"),
    ):
        if there < least:
            return f"{there} {what} tiles, at least {least} are needed"
    return ""


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
