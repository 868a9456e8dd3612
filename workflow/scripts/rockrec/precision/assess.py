"""Assess one segmented mosaic: how sure it makes of φ and of the descriptors, and of one rock."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rockrec.precision.counting import WindowCurves, count_cells, describe_windows
from rockrec.precision.fraction import Fraction, fraction_of
from rockrec.precision.interval import score_interval
from rockrec.precision.sizes import wanted_sizes
from rockrec.precision.spectrum import Cells
from rockrec.precision.stationarity import thirds, trends

LARGEST_ERROR = 1 / 3  # of the value: what is rarer has no interval
SIZED = ("S2", "L")
COLUMNS = ("test", "quantity", "where")


@dataclass(frozen=True)
class Assessment:
    """What one mosaic tells of its rock.

    Attributes
    ----------
    fraction : the phase fraction with its sampling error.
    with_segmentation : the same with the error of the segmentation; None where it is not known.
    curves : by descriptor and lag the mean over windows with its 95 % interval (NaN: not known).
    sizes : which square is needed for which precision, see `rockrec.precision.sizes`.
    stationarity : tests of trends and of thirds, see `rockrec.precision.stationarity`.
    halfway_px : the lag at which S2 stands halfway between φ and φ².
    """

    fraction: Fraction
    with_segmentation: Fraction | None
    curves: pd.DataFrame
    sizes: pd.DataFrame
    stationarity: pd.DataFrame
    halfway_px: int

    def told(self) -> dict:
        """Return the phase fraction as it is written to disk; None for what is not known."""
        return {
            "sampling": _plain(self.fraction),
            "with_segmentation": self.with_segmentation and _plain(self.with_segmentation),
            "halfway_px": self.halfway_px,
        }


def assess(
    mosaic,
    phase: int,
    pixel_size_nm: float,
    wanted: Sequence[float],
    *,
    outside=None,
    segmentation_error: float | None = None,
) -> Assessment:
    """Assess a mosaic of a rock that goes on as here.

    Parameters
    ----------
    mosaic : (H, W) label values, an array or an open mosaic.
    wanted : half widths of 95 % intervals, shares of the mean, for which a size is told.
    outside : what of the mosaic is no rock, a `rockrec.mosaics.Outside`.
    segmentation_error : standard error of the mosaic's own phase fraction, that of its
        segmentation; None where it is not known.

    Raises
    ------
    ValueError : nothing of the mosaic is rock.
    """
    cells = count_cells(mosaic, phase, outside)
    fraction = fraction_of(cells.rock, cells.phase, cells.side)
    windows = describe_windows(mosaic, phase, outside)
    lag = _halfway(windows)
    curves, spectra = _curves(windows, fraction, pixel_size_nm)
    sized = []
    if fraction.known:
        at_zero = fraction.standard_error**2 * fraction.pixels
        sized.append(("phase_fraction", fraction.value, at_zero, fraction.freedom))
        for name in SIZED:
            if (found := spectra.get(name)) and found.mean[lag] > 0:
                at_zero = found.at_zero[lag] * windows.stride**2
                sized.append((name, found.mean[lag], at_zero, found.freedom))
    shortest = min(mosaic.shape)
    tables = [wanted_sizes(*one, wanted, shortest, pixel_size_nm) for one in sized]
    known = segmentation_error is not None
    return Assessment(
        fraction=fraction,
        with_segmentation=fraction.with_error(segmentation_error) if known else None,
        curves=curves,
        sizes=pd.concat(tables, ignore_index=True) if tables else _NO_SIZES,
        stationarity=_stationarity(cells, windows, lag, fraction.known),
        halfway_px=lag,
    )


def _plain(fraction: Fraction) -> dict:
    """A fraction in JSON's types."""
    facts = {key: float(value) for key, value in vars(fraction).items()}
    facts = {key: value if np.isfinite(value) else None for key, value in facts.items()}
    return facts | {"pixels": fraction.pixels}


_NO_SIZES = wanted_sizes("", 1.0, 0.0, 1.0, (), 1, 1.0)


def _halfway(windows: WindowCurves) -> int:
    """The lag at which S2 has come halfway from φ to φ²: 1 at least."""
    found = windows.curves["S2"][windows.rock]
    if not len(found):
        return 1
    mean = found.mean(axis=0)
    below = np.flatnonzero(mean <= (mean[0] + mean[0] ** 2) / 2)
    return max(int(below[0]), 1) if len(below) else len(mean) - 1


def _curves(windows, fraction, pixel_size_nm):
    """The table of curves, and by name the spectra that its intervals rest on."""
    tables, spectra = [], {}
    try:
        lattice = Cells(windows.rock, window=windows.side / windows.stride)
    except ValueError:
        lattice = None
    for name, curves in windows.curves.items():
        values = np.moveaxis(curves, 2, 0)
        lags = np.arange(len(values))
        mean = np.full(lags.shape, np.nan)
        if windows.rock.any():
            mean = values[:, windows.rock].mean(axis=1)
        low, high = (np.full(lags.shape, np.nan) for _ in range(2))
        if lattice and fraction.known:
            spectra[name] = found = lattice.spectrum(np.where(windows.rock, values, 0.0))
            low, high = score_interval(found.mean, found.variance, found.freedom)
            rare = np.sqrt(found.variance) > LARGEST_ERROR * found.mean
            low, high = np.where(rare, np.nan, low), np.where(rare, np.nan, high)
        tables.append(
            pd.DataFrame(
                {
                    "descriptor": name,
                    "lag_px": lags,
                    "lag_um": lags * pixel_size_nm / 1000,
                    "mean": mean,
                    "low": low,
                    "high": high,
                    "n": int(windows.rock.sum()),
                }
            )
        )
    return pd.concat(tables, ignore_index=True), spectra


def _stationarity(cells, windows, lag, known) -> pd.DataFrame:
    """Trends and thirds in one table; no trend is tested where too few features are there."""
    tested = trends(cells, windows, lag)
    if not known:
        tested[["low", "high", "p", "p_adjusted"]] = np.nan
    held = thirds(cells).assign(quantity="phase_fraction")
    table = pd.concat([tested.assign(test="trend"), held.assign(test="third")], ignore_index=True)
    return table[[*COLUMNS, *(name for name in table if name not in COLUMNS)]]
