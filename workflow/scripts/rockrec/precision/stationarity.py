"""Whether the parts of a mosaic are one rock: trends, and thirds held against the rest."""

import numpy as np
import pandas as pd
from scipy import stats

from rockrec.precision.counting import CellCounts, WindowCurves
from rockrec.precision.fraction import Fraction, difference, fraction_of
from rockrec.precision.interval import quantile
from rockrec.precision.spectrum import Cells

LEVEL = 0.05  # of false alarms, all trends together
AXES = ("down", "to the right")
THIRDS = {0: ("upper", "middle", "lower"), 1: ("left", "middle", "right")}


def trends(cells: CellCounts, windows: WindowCurves, lag: int) -> pd.DataFrame:
    """Test φ and S2 for a trend along both axes, against what their correlation allows.

    The slope of a plane that is fitted to the mosaic, over the error that the spectrum of what
    remains gives it. S2, at a lag where it tells most, is taken at equal φ: less its regression
    on the window's φ.

    Returns
    -------
    A line for each quantity (phase_fraction, S2) and axis: change from one side of the mosaic to
    the other (`change`, `low`, `high`: shares of the mean), its `p`, and `p_adjusted`, by which one
    of the four is below `LEVEL` in that share of all mosaics without a trend. NaN: not known.
    """
    fraction = cells.phase.sum() / cells.rock.sum()
    rows = _tested("phase_fraction", cells.rock, cells.phase, fraction)
    curve = windows.curves["S2"]
    rock = windows.rock.astype(float)
    s2, phi = (np.where(windows.rock, curve[..., at], 0.0) for at in (lag, 0))
    mean = s2.sum() / max(rock.sum(), 1)
    at_phi = s2 - rock * _slope(s2, phi, windows.rock) * (phi - phi.sum() / max(rock.sum(), 1))
    rows += _tested("S2", rock, at_phi, mean, windows.side / windows.stride)
    table = pd.DataFrame(rows)
    # The tests are nearly independent: axes are, and S2 at equal φ is of φ (Šidák).
    table["p_adjusted"] = 1 - (1 - table["p"]) ** table["p"].notna().sum()
    return table


def _slope(s2: np.ndarray, phi: np.ndarray, rock: np.ndarray) -> float:
    centred = phi[rock] - phi[rock].mean() if rock.any() else phi[:0].ravel()
    return float(centred @ s2[rock] / (centred @ centred)) if (centred**2).sum() > 0 else 0.0


def _tested(quantity, weights, sums, mean, window=1.0) -> list[dict]:
    unknown = {"change": np.nan, "low": np.nan, "high": np.nan, "p": np.nan}
    lines = [{"quantity": quantity, "where": axis} | unknown for axis in AXES]
    if not mean > 0:
        return lines
    try:
        found = Cells(weights, with_trends=True, window=window).spectrum(sums[None])
    except ValueError:
        return lines
    error = np.sqrt(found.at_zero[0])
    if not error > 0:
        return lines
    for line, slope, reach in zip(lines, found.trends[0], found.per_side, strict=True):
        scale = reach / mean
        half = quantile(found.freedom) * error
        line["change"] = slope * scale
        line["low"], line["high"] = (slope - half) * scale, (slope + half) * scale
        line["p"] = 2 * stats.t.sf(abs(slope) / error, found.freedom)
    return lines


def thirds(cells: CellCounts) -> pd.DataFrame:
    """Hold φ of each third along the longer axis against the rest, with both errors.

    Returns
    -------
    A line for each third: `part` and `rest` (φ), the difference (`change`, `low`, `high`, shares
    of the rest's φ), its `p`, and `p_adjusted` (Holm, over the three).
    """
    axis = int(cells.rock.shape[1] >= cells.rock.shape[0])
    number = cells.rock.shape[axis]
    ends = np.linspace(0, number, 4).round().astype(int)
    lines = []
    for name, first, last in zip(THIRDS[axis], ends, ends[1:], strict=False):
        inside = np.zeros(number, bool)
        inside[first:last] = True
        inside = inside[None] if axis else inside[:, None]
        part, rest = (_fraction(cells, chosen) for chosen in (inside, ~inside))
        line = {"where": f"{name} third", "part": np.nan, "rest": np.nan}
        line |= {"change": np.nan, "low": np.nan, "high": np.nan, "p": np.nan}
        if part and rest:
            line["part"], line["rest"] = part.value, rest.value
            apart = difference(part, rest)
            if rest.value > 0:
                shares = np.array([apart.value, apart.low, apart.high]) / rest.value
                line |= dict(zip(("change", "low", "high"), shares, strict=True)) | {"p": apart.p}
        lines.append(line)
    table = pd.DataFrame(lines)
    table["p_adjusted"] = _holm(table["p"].to_numpy())
    return table


def _fraction(cells: CellCounts, inside: np.ndarray) -> Fraction | None:
    rock, phase = cells.rock * inside, cells.phase * inside
    return fraction_of(rock, phase, cells.side) if rock.any() else None


def _holm(p: np.ndarray) -> np.ndarray:
    """Holm's adjustment; NaN stays, and does not count."""
    adjusted, known = np.full(p.shape, np.nan), np.flatnonzero(np.isfinite(p))
    highest = 0.0
    for rank, at in enumerate(known[np.argsort(p[known], kind="stable")]):
        highest = max(highest, min(p[at] * (len(known) - rank), 1.0))
        adjusted[at] = highest
    return adjusted
