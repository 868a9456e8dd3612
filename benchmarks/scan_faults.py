"""Faults of a scan, planted into mosaics: which are found, and what is told where there is none.

    python benchmarks/scan_faults.py --seeds 5
    python benchmarks/scan_faults.py --data ROCKREC_TEST_DATA --large 4096 54784

A scan tile of 1,024 px, somewhere in the mosaic, is shifted, made brighter, blurred (its noise is
not), or has rows twice. ``found``: share of the faults of whose place a fault of one of the wanted
kinds is told; ``elsewhere``: faults told that touch no planted one, per mosaic. Mosaics: both
built-in rocks, plain and with all of a microscope's troubles, and with ``--data`` real ones.
"""

import argparse
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import tifffile
from scipy.ndimage import convolve, gaussian_filter

from rockrec.mosaics.contrast import contrast_of
from rockrec.scan_faults.fault import BLURRED, BREAK, GRAY_STEP, REPEATED, SHIFT, Fault
from rockrec.scan_faults.search import find_faults
from rockrec.synthetic import RockVariant, make_rock

TILE, SIDE = 1024, 3072  # px of a scan tile, and of a built-in rock
TROUBLES = {"shading": 40.0, "charging": 2.0, "noise": 2.0}
SEAM = {SHIFT, BREAK}
FAULTS = {
    "none": (None, set()),
    "shift 3 px": (3, SEAM),
    "shift 6 px": (6, SEAM),
    "shift 15 px": (15, SEAM),
    "shift 40 px": (40, SEAM),
    "gray +3 %": (0.03, {GRAY_STEP}),
    "gray +5 %": (0.05, {GRAY_STEP}),
    "gray +10 %": (0.1, {GRAY_STEP}),
    "1 row twice": (1, {REPEATED}),
    "20 rows twice": (20, {REPEATED}),
    "blur 2 px": (2.0, {BLURRED}),
    "blur 3 px": (3.0, {BLURRED}),
    "blur 5 px": (5.0, {BLURRED}),
}


def main() -> None:
    options = read_options()
    if options.large:
        print(large(options))
        return
    rows = []
    for name, seed, gray in mosaics(options):
        rng = np.random.default_rng(seed)
        for fault, (amount, kinds) in FAULTS.items():
            damaged, place = planted(gray, fault.split()[0], amount, rng)
            told = find_faults(damaged, contrast_of(damaged), threads=options.threads)
            hits = [one for one in told if one.kind in kinds and touches(one, place)]
            others = [one for one in told if place is None or not touches(one, place)]
            rows.append((name, fault, seed, float(bool(hits)), len(others)))
            for one in others if options.told else ():
                print(name, seed, fault, ":", one.kind, one, flush=True)
    table = pd.DataFrame(rows, columns=["mosaic", "fault", "seed", "found", "elsewhere"])
    shown = table.groupby(["fault", "mosaic"], sort=False)[["found", "elsewhere"]].mean()
    print(shown.unstack("mosaic").round(2).to_string())


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data", type=Path, help="folder of real images")
    parser.add_argument("--told", action="store_true", help="print what is told elsewhere")
    parser.add_argument("--large", nargs=2, type=int, help="px; time and memory of such a mosaic")
    return parser.parse_args()


def mosaics(options: argparse.Namespace) -> Iterator[tuple[str, int, np.ndarray]]:
    """Yield names, seeds and gray mosaics."""
    for seed in range(options.seeds):
        for kind in ("pores", "fractures"):
            yield kind, seed, make_rock(kind, SIDE, SIDE, seed).gray
            troubled = RockVariant(**TROUBLES)
            yield f"{kind}, troubled", seed, make_rock(kind, SIDE, SIDE, seed, troubled).gray
    if options.data:
        sandstone = tifffile.imread(options.data / "sandstone_bse" / "mosaic.tif")
        for seed in range(options.seeds):
            yield "sandstone", seed, sandstone
        for seed, path in enumerate(sorted((options.data / "ebc_sem").rglob("*.tif"))):
            gray = tifffile.imread(path)
            if gray.ndim == 2 and len(np.unique(gray)) > 16:
                yield "coating", seed, gray


def planted(gray: np.ndarray, fault: str, amount, rng: np.random.Generator):
    """Return the mosaic with a fault in one scan tile, and the tile's rectangle."""
    if fault == "none":
        return gray, None
    height, width = gray.shape
    side = min(TILE, height // 2 + 256)
    top, left = (int(rng.integers(50, length - side - 49)) for length in (height, width))
    tile = (slice(top, top + side), slice(left, left + side))
    most = np.iinfo(gray.dtype).max
    damaged = gray.copy()
    contrast = contrast_of(gray)
    if fault == "shift":
        down, right = (amount, 0) if rng.random() < 0.5 else (0, amount)
        damaged[tile] = gray[top + down : top + down + side, left + right : left + right + side]
    elif fault == "gray":
        more = gray[tile] + amount * (contrast.high - contrast.low)
        damaged[tile] = np.clip(np.rint(more), 0, most).astype(gray.dtype)
    elif fault == "blur":
        noise = noise_of(gray[tile]) * rng.standard_normal((side, side))
        more = gaussian_filter(gray[tile].astype(float), amount) + noise
        damaged[tile] = np.clip(np.rint(more), 0, most).astype(gray.dtype)
    else:
        at = top + side // 2
        damaged[at : at + amount, tile[1]] = gray[at - amount : at, tile[1]]
        return damaged, (at, left, at + amount, left + side)
    return damaged, (top, left, top + side, left + side)


def noise_of(gray: np.ndarray) -> float:
    """Standard deviation of white noise in an image, by its second differences."""
    kernel = np.outer([1, -2, 1], [1, -2, 1])
    return float(np.median(abs(convolve(gray.astype(float), kernel))) / 0.6745 / 6)


def touches(fault: Fault, place: tuple[int, int, int, int]) -> bool:
    top, left, bottom, right = place
    return (
        fault.top <= bottom and fault.bottom >= top and fault.left <= right and fault.right >= left
    )


def large(options: argparse.Namespace) -> str:
    """Time and memory of the search in a mosaic that repeats a built-in rock's columns."""
    height, width = options.large
    rock = make_rock("pores", 1024, 4096, 0).gray

    class Repeated:
        shape, dtype = (height, width), rock.dtype

        def __getitem__(self, region):
            rows = np.arange(height)[region[0] if isinstance(region, tuple) else region]
            return rock[rows % 1024][:, np.arange(width) % 4096]

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    told = find_faults(Repeated(), contrast_of(rock), threads=options.threads)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    pixels = height * width
    return (
        f"{height} x {width} px: {seconds:.0f} s, {seconds / pixels * 1e9:.0f} s per 10^9 px, "
        f"{memory / 2**20:.2f} GB more, {len(told)} faults"
    )


if __name__ == "__main__":
    main()
