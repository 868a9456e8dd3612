"""Targets of the user's own: curves from files, and what of them no homogeneous medium can have.

The conditions are necessary ones (Torquato, Random Heterogeneous Materials, 2002, ch. 2): what
fails them is refused; what passes may still be impossible, and then the fit says so. The curve of a
single image may fail them where a trend runs through it; means of a dozen real tiles do not.
"""

import os
from collections.abc import Mapping

import numpy as np
import pandas as pd

from rockrec.descriptors import NAMES, ORDER

LAGS = {"lag_px": "px", "lag_um": "µm"}
# Of φ(1 - φ): what a curve that was measured in a finite image, or printed, may be off.
TOLERANCE = 0.02
SAME_FRACTION = 1e-6


class ImpossibleCurve(ValueError):
    """A file of a curve that cannot be read, or a curve that no medium has."""


def read_curves(
    files: Mapping[str, str | os.PathLike], pixel_size_nm: float | None, n_lags: int
) -> tuple[dict[str, np.ndarray], float]:
    """Read and check a curve of each descriptor, as `anneal_each` takes them.

    Parameters
    ----------
    files : by descriptor, a CSV with the columns ``lag_px`` or ``lag_um``, from 0 on, and
        ``value``; between the lags of the file the curve is a straight line.
    pixel_size_nm : of the realisations; None if unknown, for lags in px.
    n_lags : as many are read at most.

    Returns
    -------
    The curves at the lags 0, 1, ... px, and the phase fraction: their value at lag 0.

    Raises
    ------
    ImpossibleCurve : what is wrong, with the file and the lag.
    """
    curves = {}
    for name, path in files.items():
        if name not in NAMES:
            raise ImpossibleCurve(
                f"{path}: {name} is no curve; those that a file may hold: {', '.join(NAMES)}"
            )
        curves[name] = _read(path, pixel_size_nm)[:n_lags]
        if len(curves[name]) < 2:
            raise ImpossibleCurve(f"{path}: reaches no lag of 1 px")
        for lag, reason in faults(name, curves[name]):
            raise ImpossibleCurve(
                f"{path}: no homogeneous medium has this {name}: at lag {lag} px {reason}"
            )
    fractions = {name: curve[0] for name, curve in curves.items()}
    if max(fractions.values()) - min(fractions.values()) > SAME_FRACTION:
        told = ", ".join(f"{value:.6g} ({name})" for name, value in fractions.items())
        raise ImpossibleCurve(f"the curves state different phase fractions at lag 0: {told}")
    return curves, float(np.mean(list(fractions.values())))


def _read(path, pixel_size_nm: float | None) -> np.ndarray:
    try:
        table = pd.read_csv(path)
    except (ValueError, UnicodeDecodeError) as error:
        raise ImpossibleCurve(f"{path}: no CSV can be read ({error})") from None
    table.columns = [str(column).strip() for column in table.columns]
    units = [column for column in LAGS if column in table.columns]
    if len(units) != 1 or "value" not in table.columns:
        raise ImpossibleCurve(
            f"{path}: needs the columns value and one of {', '.join(LAGS)}; "
            f"it has {', '.join(table.columns)}"
        )
    numbers = table[[units[0], "value"]].apply(pd.to_numeric, errors="coerce").to_numpy(float)
    if not len(numbers) or not np.isfinite(numbers).all():
        bad = np.flatnonzero(~np.isfinite(numbers).all(axis=1))
        where = f"line {bad[0] + 2} holds no number" if len(bad) else "it has no line"
        raise ImpossibleCurve(f"{path}: {where}")
    lags, values = numbers.T
    if lags[0] != 0 or (np.diff(lags) <= 0).any():
        raise ImpossibleCurve(f"{path}: {units[0]} must begin at 0 and rise from line to line")
    if units[0] == "lag_um":
        if pixel_size_nm is None:
            raise ImpossibleCurve(f"{path}: lag_um needs the size of a pixel, which is not known")
        lags = lags * 1000 / pixel_size_nm
    return np.interp(np.arange(int(np.floor(lags[-1] + 1e-9)) + 1), lags, values)


def faults(name: str, curve: np.ndarray):
    """Yield (lag, reason) of what no medium can have, the first of each sort.

    Parameters
    ----------
    curve : float64 (lags,), at 0, 1, ... px.
    """
    phi = curve[0]
    if not 0 < phi < 1:
        yield 0, f"it is {phi:.6g}, no phase fraction between 0 and 1"
        return
    slack = TOLERANCE * phi * (1 - phi)
    lags = np.arange(len(curve))
    is_pair = ORDER.get(name) == 2
    bounds = [
        (curve < -slack, "it is {:.6g}, below 0"),
        (curve > phi + slack, f"it is {{:.6g}}, above its value at lag 0, {phi:.6g}"),
    ]
    if is_pair:
        least = 2 * phi - 1
        bounds.append((curve < least - slack, f"it is {{:.6g}}, below 2φ - 1 = {least:.6g}"))
    if name == "L":
        rises = np.diff(curve, prepend=phi) > slack
        bounds.append((rises, "it rises to {:.6g}; a line that is longer holds the shorter ones"))
    for wrong, reason in bounds:
        if wrong.any():
            lag = int(lags[wrong][0])
            yield lag, reason.format(curve[lag])
            return
    if is_pair:
        yield from _faults_of_pairs(curve, slack)


def _faults_of_pairs(curve: np.ndarray, slack: float):
    """What a covariance along a line forbids: kinks (triangle inequality), negative power."""
    off = curve[0] - curve  # the chance that a pixel is in the phase, and that at the lag is not
    for lag in range(2, len(curve)):
        halves = np.arange(1, lag // 2 + 1)
        excess = off[lag] - off[halves] - off[lag - halves]
        if excess.max() > slack:
            part = int(halves[excess.argmax()])
            yield (
                lag,
                f"it has fallen by {off[lag]:.4g}, more than at {part} and {lag - part} px "
                f"together, {off[part] + off[lag - part]:.4g} (triangle inequality)",
            )
            return
    covariance = curve - curve[0] ** 2
    distance = np.abs(np.subtract.outer(np.arange(len(curve)), np.arange(len(curve))))
    matrix = covariance[distance]
    for n in range(2, len(curve) + 1):
        least = np.linalg.eigvalsh(matrix[:n, :n])[0]
        if least < -slack * np.sqrt(n):
            yield (
                n - 1,
                f"the power of its fluctuations is negative ({least:.3g}) with the lags before",
            )
            return
