"""The analysis of a mosaic's representative size.

After the paper's RES analysis (Fig. 5): the scaled two-point correlation F2 (Eq. 2), or another
descriptor, of random squares of several sizes, and its mean squared error to the largest size's.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rockrec.housekeeping.progress import Progress
from rockrec.plain.seeds import seed_for
from rockrec.res.draws import FORMS, draw
from rockrec.res.errors import RANGE, error_table, smallest
from rockrec.res.sizes import size_table


@dataclass(frozen=True)
class ResAnalysis:
    """Tables as written to disk, and the RES of each form.

    Attributes
    ----------
    curves : by size, form and lag.
    errors : by size and form, the error to the largest size.
    references : by form and largest size, the RES with its intervals, see `rockrec.res.sizes`.
    sizes : by form the RES, mosaic px; None where it grows with the largest size tried.
    """

    curves: pd.DataFrame
    errors: pd.DataFrame
    references: pd.DataFrame
    sizes: dict[str, int | None]


def analyse_res(
    mosaic,
    phase: int,
    sizes: list[int],
    pixel_size_nm: float,
    *,
    descriptor: str = "S2",
    squares: int = 30,
    repeats: int = 10,
    seed: int = 0,
    outside=None,
) -> ResAnalysis:
    """Find the representative elementary size of a segmented mosaic.

    In each repeat, `squares` random squares of every size are drawn (of the largest size two
    independent sets), and the scaled curve is averaged in two forms: pooled (Eq. 2 on the mean
    curve and the mean phase fraction) and per image. L and C2, which have no such scaling, are
    divided by the phase fraction. The error of a size is the MSE of its curve to the largest
    size's over the lags that both have. The RES is the smallest size such that it and all larger
    ones stay below the 95 % quantile of the same MSE between independent sets of the largest. It
    is none where it grows with the largest size tried.

    Parameters
    ----------
    mosaic : (H, W) label values, an array or an open mosaic.
    phase : the value of the phase of interest.
    sizes : sides of the squares, mosaic px.
    pixel_size_nm : of the mosaic.
    descriptor : any of `rockrec.descriptors.NAMES`.
    outside : what of the mosaic is no rock, a `rockrec.mosaics.Outside`; squares hold rock alone.

    Raises
    ------
    ValueError : a size larger than the mosaic, or than what of it is rock; fewer than two sizes;
        or no square of the largest size that holds both phases.
    """
    sizes = sorted(sizes)
    largest = sizes[-1]
    if len(sizes) < 2:
        raise ValueError("RES analysis needs at least two sizes")
    if largest > min(mosaic.shape):
        raise ValueError(f"RES size {largest} px does not fit a mosaic of {mosaic.shape} px")

    sets = [("", size) for size in sizes] + [("control", largest)]
    progress = Progress("RES", repeats)
    repeated = []
    for repeat in range(repeats):
        drawn = {}
        for role, size in sets:
            rng = np.random.default_rng(seed_for(seed, "res", repeat, role, size))
            drawn[role, size] = draw(mosaic, phase, outside, descriptor, size, squares, rng)
        if np.isnan(drawn["", largest].scaled("pooled")).all():
            raise ValueError(
                f"squares of {largest} px hold no pixel of phase {phase}, or nothing else"
            )
        repeated.append(drawn)
        progress.report(repeat + 1)

    curves = [
        table
        for form in FORMS
        for size in sizes
        for table in [_curve_table([drawn["", size] for drawn in repeated], form, size)]
    ]
    errors, references, res = [], [], {}
    for form in FORMS:
        table = error_table(repeated, sizes, form)
        each = np.array(table.pop("errors").to_list())
        table.insert(3, "error_low", np.quantile(each, RANGE[0], axis=1))
        table.insert(4, "error_high", np.quantile(each, RANGE[1], axis=1))
        reference = size_table(repeated, sizes, form, mosaic.shape)
        res[form] = None if reference["grows"].any() else smallest(table)
        table["res"] = table["size_px"] == res[form]
        errors.append(table)
        references.append(reference)
    return ResAnalysis(
        _with_units(pd.concat(curves, ignore_index=True), descriptor, pixel_size_nm),
        _with_units(pd.concat(errors, ignore_index=True), descriptor, pixel_size_nm),
        pd.concat(references, ignore_index=True),
        res,
    )


def _with_units(table: pd.DataFrame, descriptor: str, pixel_size_nm: float) -> pd.DataFrame:
    microns = pixel_size_nm / 1000
    table.insert(0, "descriptor", descriptor)
    table.insert(2, "size_um", table["size_px"] * microns)
    if "lag_px" in table:
        table.insert(5, "lag_um", table["lag_px"] * microns)
    return table


def _curve_table(draws, form, size) -> pd.DataFrame:
    """Mean over the repeats, with the 95 % band of one set of squares (mean ± 1.96 s/√n)."""
    mean = np.mean([draw.scaled(form) for draw in draws], axis=0)
    images = draws[0].images
    spread = images.std(axis=0, ddof=1) if len(images) > 1 else np.full(mean.size, np.nan)
    half = 1.96 * spread / np.sqrt(max(len(images), 1))
    return pd.DataFrame(
        {
            "size_px": size,
            "form": form,
            "lag_px": np.arange(mean.size),
            "mean": mean,
            "low": mean - half,
            "high": mean + half,
            "n": len(images),
        }
    )
