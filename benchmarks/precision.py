"""Do the intervals hold what they say: phase fraction, curves, and the tests for a trend.

    python benchmarks/precision.py --parts coverage --media discs_10 pores --out precision
    python benchmarks/precision.py --parts power --out precision
    python benchmarks/precision.py --parts large --out precision

``coverage``: of independent mosaics of each medium and size, none with its φ conditioned, how many
intervals hold the medium's own φ (of the rocks, the mean of all mosaics), with their width beside
that of a known variance, and of the mean over 4 x 4 blocks; how often a side is said to hold
fewer than ten features; the same of the curves; and how often a trend or a third is found though
there is none. ``power``: how often a trend of φ by 20 % from side to side is found at 150
features a side. ``large``: seconds and memory of a mosaic of 17,920 x 54,784 px.

Media: discs of radius 5 px at random places (Boolean model) and a Gaussian field below a level,
both at 10 and 35 %, and the built-in rocks, cut out of pieces of 1,024 px, of which there are
``--mosaics``.
"""

import argparse
import resource
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from rockrec.mosaics import open_mosaic, write_mosaic
from rockrec.precision.assess import assess
from rockrec.precision.counting import count_cells, describe_windows
from rockrec.precision.fraction import fraction_of
from rockrec.precision.interval import score_interval
from rockrec.precision.spectrum import Cells
from rockrec.precision.stationarity import thirds, trends
from rockrec.res import analyse_res
from rockrec.synthetic import MEDIA as ROCKS
from rockrec.synthetic import rock_in_bands

RADIUS, SIGMA = 5.0, 3.0  # px, of discs and of the field's filter
FEATURE = {"discs": 1.77 * RADIUS, "field": 2.8 * SIGMA}  # px, about
FEATURES = (10, 14, 20, 30, 50)
# Rocks are made in pieces, each of its own seed, and cut into mosaics with gaps between them.
PIECE, GAP = 1024, 96  # px
ROCK_SIDES = (245, 416, 928)
BLOCKS = 4
FIRST_SEED = 910_000
RARE = 1 / 3
MEDIA = (*(f"{kind}_{percent}" for kind in FEATURE for percent in (10, 35)), *ROCKS)


def main() -> None:
    options = read_options()
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.media:
        if "coverage" in options.parts:
            fractions, curves = coverage(name, options.mosaics, options.curves, options.out)
            for table, what in ((fractions, "fractions"), (curves, "curves")):
                table.to_csv(options.out / f"{what}_{name}.csv", index=False)
            print(fractions.round(3).to_string(index=False), flush=True)
            told = curves[curves["descriptor"].isin(("S2", "L"))].dropna()
            print(told.round(3).to_string(index=False), flush=True)
        if "power" in options.parts and name not in ROCKS:
            table = power(name, options.curves)
            table.to_csv(options.out / f"power_{name}.csv", index=False)
            print(table.round(3).to_string(index=False), flush=True)
    if "large" in options.parts:
        large(options.large, options.out)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", default=["coverage", "power"])
    parser.add_argument("--media", nargs="+", default=list(MEDIA), choices=MEDIA)
    parser.add_argument("--mosaics", type=int, default=1000, help="of each medium and size")
    parser.add_argument("--curves", type=int, default=300, help="of them with curves and trends")
    parser.add_argument("--large", nargs=2, type=int, default=[17_920, 54_784], help="px")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def coverage(name, mosaics, with_curves, out):
    """Tables of fractions and of curves, a line for each size (and lag)."""
    sides = sides_of(name)
    images = Pieces(name, mosaics, out) if name in ROCKS else None
    truth = images.mean() if name in ROCKS else int(name.split("_")[1]) / 100
    fractions, curves = [], []
    for side in sides:
        found, blocks, alarms, spectra = [], [], [], []
        for number, image in enumerate(
            images.cut(side) if images else several(name, side, mosaics)
        ):
            cells = count_cells(image, 1)
            found.append(fraction_of(cells.rock, cells.phase, cells.side, fewest=0))
            blocks.append(block_interval(image))
            if number < with_curves:
                windows = describe_windows(image, 1)
                tests = trends(cells, windows, 5)["p_adjusted"].min(), thirds(cells)["p_adjusted"]
                alarms.append((tests[0], tests[1].min()))
                spectra.append(intervals(windows))
        facts = {"medium": name, "side": side}
        fractions.append(facts | sums_of_fractions(found, blocks, alarms, truth))
        curves += [facts | line for line in sums_of_curves(spectra)]
    return pd.DataFrame(fractions), pd.DataFrame(curves)


def sides_of(name):
    if name in ROCKS:
        return ROCK_SIDES
    return [round(FEATURE[name.split("_")[0]] * n) for n in FEATURES]


def sums_of_fractions(found, blocks, alarms, truth) -> dict:
    value, low, high, features, error = (
        np.array([getattr(one, key) for one in found])
        for key in ("value", "low", "high", "features", "standard_error")
    )
    holds = (low <= truth) & (truth <= high)
    known = features >= 10
    block_low, block_high = np.array(blocks).T
    oracle = 2 * stats.norm.ppf(0.975) * value.std()
    alarms = np.array(alarms)
    return {
        "features": np.sqrt(truth * (1 - truth)) / value.std(),
        "n": len(found),
        "coverage": holds.mean(),
        "known": known.mean(),
        "coverage_known": holds[known].mean() if known.any() else np.nan,
        "variance_ratio": np.nanmean(error**2) / value.var(),
        "width": np.nanmedian(high - low) / oracle,
        "coverage_blocks": ((block_low <= truth) & (truth <= block_high)).mean(),
        "width_blocks": np.nanmedian(block_high - block_low) / oracle,
        "trend_alarms": np.nanmean(alarms[:, 0] < 0.05),
        "third_alarms": np.nanmean(alarms[:, 1] < 0.05),
        "n_alarms": len(alarms),
    }


def block_interval(image):
    """The mean of 4 x 4 blocks that are taken for independent, with Student's quantile."""
    side = len(image) // BLOCKS
    cut = image[: side * BLOCKS, : side * BLOCKS].reshape(BLOCKS, side, BLOCKS, side)
    means = cut.mean(axis=(1, 3)).ravel()
    half = stats.t.ppf(0.975, means.size - 1) * means.std(ddof=1) / np.sqrt(means.size)
    return image.mean() - half, image.mean() + half


def intervals(windows):
    """Of each descriptor the mean, low and high at some lags."""
    lattice = Cells(windows.rock, window=windows.side / windows.stride)
    told = {}
    for name, curve in windows.curves.items():
        found = lattice.spectrum(np.moveaxis(curve, 2, 0))
        low, high = score_interval(found.mean, found.variance, found.freedom)
        rare = np.sqrt(found.variance) > RARE * found.mean
        told[name] = np.stack([found.mean, np.where(rare, np.nan, low), high])
    return told


def sums_of_curves(spectra):
    for name in spectra[0]:
        mean, low, high = np.moveaxis([one[name] for one in spectra], 1, 0)
        truth = mean.mean(axis=0)
        n_lags = mean.shape[1]
        for lag in sorted({0, n_lags // 8, n_lags // 4, n_lags // 2, n_lags - 1}):
            known = np.isfinite(low[:, lag])
            holds = (low[:, lag] <= truth[lag]) & (truth[lag] <= high[:, lag])
            yield {
                "descriptor": name,
                "lag": lag,
                "n": len(mean),
                "known": known.mean(),
                "coverage_known": holds[known].mean() if known.any() else np.nan,
            }


def power(name, mosaics) -> pd.DataFrame:
    """How often a trend is found, of φ by a share from side to side."""
    side = round(FEATURE[name.split("_")[0]] * 150)
    lines = []
    for change in (0.0, 0.2, 0.4):
        found = []
        for number in range(mosaics):
            random = np.random.default_rng((FIRST_SEED, 1, number))
            image = drawn(name, side, random, change)
            table = trends(count_cells(image, 1), describe_windows(image, 1), 5)
            found.append((table["p_adjusted"].min(), table["change"][1]))
        p, told = np.array(found).T
        lines.append(
            {
                "medium": name,
                "side": side,
                "change": change,
                "n": mosaics,
                "found": (p < 0.05).mean(),
                "change_told": told.mean(),
            }
        )
    return pd.DataFrame(lines)


# --- media -----------------------------------------------------------------------------------


def drawn(name, side, random, change=0.0):
    kind, percent = name.split("_")
    across = 1 + change * ((np.arange(side) + 0.5) / side - 0.5)
    return {"discs": discs, "field": field}[kind](side, int(percent) / 100 * across, random)


def discs(side, fraction, random):
    """Discs at random places: φ by column, (side,)."""
    densest = -np.log1p(-fraction.max()) / (np.pi * RADIUS**2)
    places = random.random((random.poisson(densest * (side + 2 * RADIUS) ** 2), 2))
    places = places * (side + 2 * RADIUS) - RADIUS
    wanted = -np.log1p(-fraction) / (np.pi * RADIUS**2)
    column = np.clip(places[:, 1].astype(int), 0, side - 1)
    places = places[random.random(len(places)) * densest < wanted[column]]
    reach = np.arange(-int(RADIUS) - 1, int(RADIUS) + 2)
    down, right = (one.ravel() for one in np.meshgrid(reach, reach, indexing="ij"))
    rows = np.floor(places[:, :1]).astype(int) + down
    columns = np.floor(places[:, 1:]).astype(int) + right
    inside = (rows - places[:, :1]) ** 2 + (columns - places[:, 1:]) ** 2 <= RADIUS**2
    inside &= (rows >= 0) & (rows < side) & (columns >= 0) & (columns < side)
    image = np.zeros((side, side), np.uint8)
    image[rows[inside], columns[inside]] = 1
    return image


def field(side, fraction, random):
    """A Gaussian field below the level of φ, by column."""
    size = 2 ** int(np.ceil(np.log2(side + 8 * SIGMA)))
    squared = np.fft.fftfreq(size)[:, None] ** 2 + np.fft.rfftfreq(size)[None] ** 2
    transfer = np.exp(-2 * (np.pi * SIGMA) ** 2 * squared)
    noise = np.fft.rfft2(random.standard_normal((size, size)))
    values = np.fft.irfft2(noise * transfer, (size, size))
    values /= np.sqrt((np.fft.irfft2(transfer, (size, size)) ** 2).sum())
    return (values[:side, :side] < stats.norm.ppf(fraction)).astype(np.uint8)


class Pieces:
    """Pieces of a built-in rock, packed on the disk."""

    def __init__(self, kind, number, out):
        path = Path(out) / f"{kind}_{number}.npy"
        if not path.exists():
            packed = np.empty((number, PIECE, PIECE // 8), np.uint8)
            for i in range(number):
                bands = rock_in_bands(kind, PIECE, PIECE, FIRST_SEED + i)["truth"](1)
                packed[i] = np.packbits(np.concatenate(list(bands)), axis=1)
            np.save(path, packed)
        self.packed = np.load(path, mmap_mode="r")

    def whole(self):
        return (np.unpackbits(one, axis=1) for one in self.packed)

    def cut(self, side):
        """Mosaics of one side, as many as the pieces hold with gaps."""
        starts = range(0, PIECE - side + 1, side + GAP)
        for piece in self.whole():
            for top in starts:
                for left in starts:
                    yield piece[top : top + side, left : left + side]

    def mean(self):
        return np.mean([piece.mean() for piece in self.whole()])


def several(name, side, number):
    """Independent mosaics of a medium that is drawn in no time."""
    for i in range(number):
        yield drawn(name, side, np.random.default_rng((FIRST_SEED, side, i)))


def large(shape, out) -> None:
    """Assess a large mosaic from the disk, and find its RES: seconds and memory."""
    side = 4096
    piece = discs(side, np.full(side, 0.1), np.random.default_rng(0))
    bands = (
        np.tile(piece, -(-shape[1] // side))[: shape[0] - top, : shape[1]]
        for top in range(0, shape[0], side)
    )
    path = out / "large.tif"
    write_mosaic(path, bands, 50.0, tuple(shape), np.uint8, 1)
    del piece
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for what, sizes in (("assess", None), ("RES", [64, 128, 256, 512, 1024, 2048])):
        start = time.process_time()
        with open_mosaic(path) as mosaic:
            if sizes:
                analyse_res(mosaic, 1, sizes, 50.0)
            else:
                print(assess(mosaic, 1, 50.0, (0.1, 0.01)).fraction)
        seconds = time.process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            f"{what}, {shape[0]} x {shape[1]} px: {seconds:.1f} CPU s, {peak / 1e6:.2f} GB at most "
            f"({before / 1e6:.2f} GB before)",
            flush=True,
        )


if __name__ == "__main__":
    main()
