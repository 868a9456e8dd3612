"""What the built-in rocks are like: pores, fractures, order, and whether annealing is told apart.

    python benchmarks/synthetic.py --out synthetic
    python benchmarks/synthetic.py --kinds pores --parts verdict --sizes 64 128 --out synthetic
    python benchmarks/synthetic.py --parts large --out synthetic

``statistics``: of pores area, elongation, orientation (of all, and within a grain), grains without
any; of fractures widths, junctions, dead ends, cells. ``order``: F2 to a lag of 1,000 px, with the
simultaneous 95 % band of independent mosaics, and the largest |F2| beyond four mean grain sizes.
``verdict``: 128 tiles annealed to S2 against 128 held-out tiles, and training tiles against them,
9,999 permutations; ``large``: seconds and memory of a mosaic of 17,920 x 54,784 px, on the disk
(``--large 1024 54784`` for a part of its rows, which needs as much memory).
``pictures``: pieces of both rocks, gray and truth.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from scipy import ndimage
from skimage.measure import label, regionprops_table
from skimage.morphology import skeletonize

from rockrec.annealing import anneal
from rockrec.comparison import compare_sets
from rockrec.description import describe_set
from rockrec.mosaics import write_mosaic
from rockrec.plain.windows import split_windows
from rockrec.synthetic import MEDIA, RockVariant, make_rock, rock_in_bands
from rockrec.synthetic.plane import Piece
from rockrec.synthetic.pores import ALONG, GRAIN, draw_pores
from rockrec.tiles import cut_tiles

PARTS = ("statistics", "order", "verdict", "pictures", "large")
# Mean size of what stands in a rock, px: its grains, or the cells of its mesh.
SIZES = {"pores": GRAIN, "fractures": 75.0}
TILES, FACTOR = 128, 2  # tiles a side, and mosaic px per px of a tile


def main() -> None:
    options = read_options()
    options.out.mkdir(parents=True, exist_ok=True)
    for kind in options.kinds:
        if "statistics" in options.parts:
            told = {"pores": pore_statistics, "fractures": fracture_statistics}[kind]()
            print(f"--- {kind}\n{told.to_string()}", flush=True)
        if "order" in options.parts:
            print(order(kind, options.mosaics, options.out), flush=True)
        if "verdict" in options.parts:
            for size in options.sizes:
                print(verdict(kind, size).to_string(), flush=True)
        if "pictures" in options.parts:
            pictures(kind, options.out)
        if "large" in options.parts:
            print(large(kind, options.threads, options.large), flush=True)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", nargs="+", default=list(MEDIA), choices=MEDIA)
    parser.add_argument("--parts", nargs="+", default=PARTS[:4], choices=PARTS)
    parser.add_argument("--sizes", nargs="+", type=int, default=[64, 128], help="of tiles, px")
    parser.add_argument("--mosaics", type=int, default=24, help="independent ones for the order")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--large", nargs=2, type=int, default=[17_920, 54_784], help="px")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def pore_statistics(mosaics: int = 6, side: int = 1536) -> pd.Series:
    """Pool the pores of several mosaics."""
    tables, grains = [], []
    for seed in range(mosaics):
        truth, hosts = draw_pores(seed, Piece(0, 0, side, side), RockVariant())
        properties = ("area", "axis_major_length", "axis_minor_length", "orientation", "centroid")
        table = pd.DataFrame(regionprops_table(label(truth, connectivity=2), properties=properties))
        at = table[["centroid-0", "centroid-1"]].round().astype(int).clip(0, side - 1)
        table["grain"] = hosts.owner[at["centroid-0"], at["centroid-1"]] + 10_000 * seed
        tables.append(table)
        grains.append(np.unique(hosts.owner).size)
    pores = pd.concat(tables)
    area = pores["area"].quantile([0.01, 0.25, 0.5, 0.75, 0.99]).tolist()
    large = pores[pores["area"] >= 30]
    elongation = large["axis_major_length"] / large["axis_minor_length"]
    long = large[elongation > 1.5]
    turn = np.exp(2j * (long["orientation"] + np.pi / 2))
    own = turn.groupby(long["grain"]).transform("mean")
    per_grain = long.groupby("grain")["area"].size()
    full = per_grain.reindex(long["grain"]).to_numpy() >= 5
    return pd.Series(
        {
            "phase fraction": sum(table["area"].sum() for table in tables) / (mosaics * side**2),
            "pores": len(pores),
            "area, px² (1, 25, 50, 75, 99 %)": np.round(area).tolist(),
            "standard deviation of ln area": np.log(pores["area"]).std(),
            "elongation of pores of 30 px² and more (5, 50, 95 %)": np.round(
                elongation.quantile([0.05, 0.5, 0.95]), 2
            ).tolist(),
            f"mean orientation, degrees ({ALONG:g})": np.degrees(np.angle(turn.mean())) / 2,
            "circular spread of all, degrees": spread(turn),
            "... within a grain": spread(turn[full] / (own[full] / np.abs(own[full]))),
            "share of grains without pores": 1 - pores["grain"].nunique() / sum(grains),
            "pores per grain, standard deviation over mean": pores.groupby("grain").size().std()
            / pores.groupby("grain").size().mean(),
        }
    )


def spread(turn) -> float:
    """Circular standard deviation, degrees, of axes given as exp(2 i angle)."""
    return float(np.degrees(np.sqrt(-2 * np.log(np.abs(np.mean(turn)))) / 2))


def fracture_statistics(mosaics: int = 6, side: int = 1536) -> pd.Series:
    """Pool the skeletons of several mosaics."""
    fractions, widths, cells, counts = [], [], [], []
    for seed in range(mosaics):
        truth = make_rock("fractures", side, side, seed).truth
        fractions.append(truth.mean())
        depth = ndimage.distance_transform_edt(truth)
        lines = skeletonize(truth.astype(bool))
        neighbours = ndimage.convolve(lines.astype(int), np.ones((3, 3), int)) - 1
        widths.append(2 * depth[lines & (neighbours == 2)])
        ends = lines & (neighbours == 1)
        # Branch points nearer than 4 px are one junction; its arms are those that leave it.
        junction, n = ndimage.label(ndimage.binary_dilation(lines & (neighbours > 2), iterations=2))
        arms, _ = ndimage.label(lines & (junction == 0), np.ones((3, 3)))
        near = ndimage.grey_dilation(junction, size=(3, 3))
        pairs = np.unique(np.stack([near, arms])[:, (arms > 0) & (near > 0)], axis=1)
        of_junction = np.bincount(pairs[0], minlength=n + 1)[1:]
        counts.append([(of_junction == 3).sum(), (of_junction >= 4).sum(), ends.sum()])
        rest, _ = ndimage.label(1 - truth)
        cells.append(np.bincount(rest.ravel())[1:])
    widths, cells = np.concatenate(widths), np.concatenate(cells)
    three, more, ends = np.sum(counts, axis=0)
    cells = cells[cells >= 30]
    area = mosaics * side**2 / 1e6
    return pd.Series(
        {
            "phase fraction": np.mean(fractions),
            "... standard deviation between mosaics": np.std(fractions, ddof=1),
            "width, px (5, 25, 50, 75, 95 %)": np.round(
                np.quantile(widths, [0.05, 0.25, 0.5, 0.75, 0.95]), 1
            ).tolist(),
            "share of the skeleton narrower than 2 px": np.mean(widths < 2),
            "standard deviation of ln width": np.log(widths).std(),
            "junctions of three, per 10^6 px": three / area,
            "... of four and more": more / area,
            "dead ends, per 10^6 px": ends / area,
            "cells, per 10^6 px": len(cells) / area,
            "diameter of a cell's disc, px (5, 50, 95 %)": np.round(
                np.quantile(2 * np.sqrt(cells / np.pi), [0.05, 0.5, 0.95])
            ).tolist(),
        }
    )


def order(kind: str, mosaics: int, out: Path, side: int = 2048, lags: int = 1000) -> pd.Series:
    """F2 along rows and columns of independent mosaics, and its simultaneous band."""
    products, fractions = [], []
    for seed in range(100, 100 + mosaics):
        truth = np.concatenate(list(rock_in_bands(kind, side, side, seed)["truth"](2)))
        fractions.append(truth.mean())
        products.append(s2(truth.astype(np.float32), lags))
    products, fractions = np.stack(products), np.array(fractions)
    phi = fractions.mean()
    # Each mosaic's part in F2 of all, linearised at the mean phase fraction.
    each = (products - phi**2 - 2 * phi * (fractions - phi)[:, None]) / (phi - phi**2)
    mean, error = each.mean(axis=0), each.std(axis=0, ddof=1) / np.sqrt(mosaics)
    # The largest deviation over the lags, in standard errors that are estimated as here.
    random = np.random.default_rng(0)
    largest = []
    for _ in range(1000):
        drawn = each[random.integers(mosaics, size=mosaics)]
        own = drawn.std(axis=0, ddof=1) / np.sqrt(mosaics)
        largest.append(np.abs((drawn.mean(axis=0) - mean)[1:] / own[1:]).max())
    width = np.quantile(largest, 0.95)
    beyond = np.arange(len(mean)) >= 4 * SIZES[kind]
    table = pd.DataFrame({"lag": np.arange(len(mean)), "F2": mean, "band": width * error})
    table.to_csv(out / f"{kind}_F2.csv", index=False)
    ratio = np.abs(mean / error / width)
    return pd.Series(
        {
            "rock": kind,
            "mosaics": mosaics,
            "F2 at 100, 200, 400, 800 px": np.round(mean[[100, 200, 400, 800]], 4).tolist(),
            "half width of the band there": np.round(
                (width * error)[[100, 200, 400, 800]], 4
            ).tolist(),
            "largest |F2| beyond four sizes": np.abs(mean[beyond]).max(),
            "... over the band there": ratio[beyond].max(),
        }
    )


def s2(image: np.ndarray, lags: int) -> np.ndarray:
    """S2 along rows and columns, unbiased, by Fourier transforms."""
    curves = []
    for lines in (image, image.T):
        spectrum = np.fft.rfft(lines, n=2 * lines.shape[1], axis=1)
        sums = np.fft.irfft((np.abs(spectrum) ** 2).sum(axis=0))[:lags]
        curves.append(sums / (lines.shape[0] * (lines.shape[1] - np.arange(lags))))
    return np.mean(curves, axis=0)


def verdict(kind: str, size: int) -> pd.DataFrame:
    """Tiles annealed to the training tiles' S2, and those, against held-out tiles."""
    window = FACTOR * size
    # Longer than the demo's, so that no part has fewer than 150 grains, or than the tiles wanted.
    height = 1024 * size // 64
    width = 6144 * size // 64
    truth = np.concatenate(list(rock_in_bands(kind, height, width, 7)["truth"](2)))
    windows = split_windows(height, width, window, window, 0.1, 0.45)
    tiles = np.stack(list(cut_tiles(truth, 1, windows, window, size, "keep_fraction")))
    part = np.array([one.split for one in windows])
    train, heldout = (tiles[part == name] for name in ("train", "heldout"))
    real = {
        name: describe_set(some, 1.0, "unbiased")
        for name, some in (("train", train), ("heldout", heldout))
    }
    began = time.perf_counter()
    annealed = anneal(
        {"S2": real["train"]["S2"].mean(axis=0)},
        (size, size),
        float(train.mean()),
        n=TILES,
        seed=1,
        threads=2,
    )
    seconds = time.perf_counter() - began
    sets = {"sa_s2": describe_set(annealed.realisations, 1.0, "unbiased"), "real": real["train"]}
    tables = [
        compare_sets(
            one,
            real["heldout"],
            against="heldout",
            method=name,
            replicate="1",
            targeted=["S2", "phase_fraction"] if name == "sa_s2" else [],
            seed=1,
            floor_source=real["heldout"],
            permutations=9999,
        )
        for name, one in sets.items()
    ]
    table = pd.concat(tables).query("form in ('mean', 'pooled') and quantity != 'scalar'")
    table = table.assign(rock=kind, size=size, seconds=round(seconds))
    table = table.assign(trained=len(train), held_out=len(heldout))
    columns = ["rock", "size", "method", "quantity", "descriptor", "ratio", "p", "verdict"]
    return table[[*columns, "n_a", "n_b", "trained", "held_out", "seconds"]]


def pictures(kind: str, out: Path, side: int = 640) -> None:
    """Four pieces, gray and truth."""
    rocks = [make_rock(kind, side, side, seed) for seed in range(4)]
    rows = [
        np.hstack([np.pad(rock.gray, 4, constant_values=255) for rock in rocks]),
        np.hstack([np.pad(255 - 255 * rock.truth, 4, constant_values=128) for rock in rocks]),
    ]
    cv2.imwrite(str(out / f"{kind}.png"), np.vstack(rows))


def large(kind: str, threads: int, shape: list[int]) -> str:
    """Make a whole mosaic on the disk."""
    bands = rock_in_bands(kind, *shape, 1)
    took = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in bands:
            began = time.perf_counter()
            path = Path(folder, f"{name}.tif")
            write_mosaic(path, bands[name](threads), 50.0, tuple(shape), np.uint8, threads)
            took[name] = round(time.perf_counter() - began)
            path.unlink()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return f"{kind} {shape[0]} x {shape[1]} px: seconds {took}, peak memory {peak:.2f} GB"


if __name__ == "__main__":
    main()
