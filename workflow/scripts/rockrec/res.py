"""Representative elementary size (RES): the smallest image whose structure is the rock's.

After the paper's RES analysis (Fig. 5): the scaled two-point correlation F2 (Eq. 2), or another
descriptor, of random squares of several sizes, and its mean squared error to the largest size's.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rockrec.descriptors import ORDER, describe, scaled
from rockrec.housekeeping.progress import Progress
from rockrec.plain.seeds import seed_for

FORMS = ("pooled", "per_image")


@dataclass(frozen=True)
class ResAnalysis:
    """Curves and errors by size (tables as written to disk) and the RES of each form.

    `sizes` maps a form of the curve to its RES in mosaic px.
    """

    curves: pd.DataFrame
    errors: pd.DataFrame
    sizes: dict[str, int]


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
    ones stay below the 95 % quantile of the same MSE between independent sets of the largest.

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
            corners = _draw_corners(mosaic.shape, outside, size, squares, rng)
            drawn[role, size] = _curves_at(mosaic, phase, descriptor, size, *corners)
        if np.isnan(drawn["", largest]["pooled"]).all():
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
    errors, res = [], {}
    for form in FORMS:
        rows = _error_rows(repeated, sizes, form)
        res[form] = _smallest_representative(rows)
        for row in rows:
            row["res"] = row["size_px"] == res[form]
        errors += rows
    microns = pixel_size_nm / 1000
    curves = pd.concat(curves, ignore_index=True)
    curves.insert(0, "descriptor", descriptor)
    curves.insert(2, "size_um", curves["size_px"] * microns)
    curves.insert(5, "lag_um", curves["lag_px"] * microns)
    errors = pd.DataFrame(errors)
    errors.insert(0, "descriptor", descriptor)
    errors.insert(2, "size_um", errors["size_px"] * microns)
    return ResAnalysis(curves, errors, res)


def _draw_corners(shape, outside, size, squares, rng) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the corners of random squares, which hold rock alone."""
    if outside is not None:
        return outside.draw_squares(size, squares, rng)
    height, width = shape
    rows = rng.integers(0, height - size + 1, squares)
    return rows, rng.integers(0, width - size + 1, squares)


def _curves_at(mosaic, phase, descriptor, size, rows, columns) -> dict[str, np.ndarray]:
    """Scaled curves of squares: the pooled one, and each image's (n, lags)."""
    images = np.empty((len(rows), size, size), np.uint8)
    for image, row, column in zip(images, rows, columns, strict=True):
        image[:] = mosaic[row : row + size, column : column + size] == phase
    curves = describe(images, (descriptor,))[descriptor]
    per_image = _scaled(descriptor, curves)
    return {
        "pooled": _scaled(descriptor, curves.mean(axis=0)),
        "per_image": _mean_of_defined(per_image),
        "images": per_image,
    }


def _scaled(descriptor: str, curves: np.ndarray) -> np.ndarray:
    if descriptor in ORDER:
        return scaled(curves, curves[..., 0], ORDER[descriptor])
    fraction = curves[..., :1]
    return curves / np.where(fraction > 0, fraction, np.nan)


def _mean_of_defined(curves: np.ndarray) -> np.ndarray:
    """Mean over the images that have a scaled curve, those of two phases; NaN if there is none."""
    defined = curves[~np.isnan(curves[:, 0])]
    return defined.mean(axis=0) if len(defined) else np.full(curves.shape[1], np.nan)


def _curve_table(draws, form, size) -> pd.DataFrame:
    """Mean over the repeats, with the 95 % band of one set of squares (mean ± 1.96 s/√n)."""
    mean = np.mean([draw[form] for draw in draws], axis=0)
    images = draws[0]["images"]
    images = images[~np.isnan(images[:, 0])]
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


def _error_rows(repeated, sizes, form) -> list[dict]:
    largest = sizes[-1]
    controls = [drawn[role, largest][form] for drawn in repeated for role in ("", "control")]
    rows = []
    for size in sizes:
        lags = size // 2
        between_largest = [_mse(a[:lags], b[:lags]) for a, b in itertools.combinations(controls, 2)]
        # The largest size is held against its own independent set, the others against the first.
        role = "control" if size == largest else ""
        errors = [_mse(drawn[role, size][form], drawn["", largest][form]) for drawn in repeated]
        low, high = np.quantile(errors, [0.05, 0.95])
        rows.append(
            {
                "size_px": size,
                "form": form,
                "error": np.mean(errors),
                "error_low": low,
                "error_high": high,
                "threshold": np.quantile(between_largest, 0.95),
            }
        )
    return rows


def _smallest_representative(rows: list[dict]) -> int:
    res = rows[-1]["size_px"]
    for row in reversed(rows[:-1]):
        if not row["error"] <= row["threshold"]:  # an error that is not defined stops here, too
            break
        res = row["size_px"]
    return res


def _mse(a: np.ndarray, b: np.ndarray) -> float:
    lags = min(a.size, b.size)
    return float(np.mean((a[:lags] - b[:lags]) ** 2))
