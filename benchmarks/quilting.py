"""How near quilting comes to real rock, what it costs, and how much of it is copied.

    ROCKREC_TEST_DATA=<folder> python benchmarks/quilting.py --against heldout --out quilting

The built-in rocks, slices of Berea sandstone and the pores of another sandstone, tiles of 64 and
128 px, five seeds each: ratio error / floor of every function, Euler number and perimeter (median,
least and most over the seeds), phase fraction and its standard deviation over those of the tiles
compared with, seconds of one core per tile. `--against train` is for choosing settings.

Novelty: the share of pixels in which a piece of 48 px with at least 10 % of each phase differs from
the place in the training tiles that is most like it (median over pieces), beside that of held-out
pieces. Motions are none.
"""

import argparse
import os
from pathlib import Path

import numpy as np
import pandas as pd
import tifffile
from annealing import spread

from rockrec.comparison import compare_sets
from rockrec.description import describe_set
from rockrec.descriptors.bits import funnel, ones
from rockrec.descriptors.packing import pack
from rockrec.housekeeping.compiling import compiled
from rockrec.plain.seeds import seed_for
from rockrec.plain.windows import split_windows
from rockrec.quilting import Quilter, patches_for
from rockrec.synthetic import make_rock
from rockrec.tiles import cut_tiles

BUILT_IN = {"pores": "meta_igneous", "fractures": "serpentinite"}
ROCKS = (*BUILT_IN, "berea", "sandstone_bse")
REALISATIONS = 128
PIECE, LEAST_OF_A_PHASE, PIECES = 48, 0.1, 200
FUNCTIONS = ("S2", "P3H", "P3V", "P4", "P6", "L", "C2", "S2D+", "S2D-")
SHOWN = {
    **{(name, "P", "mean"): name for name in FUNCTIONS},
    ("S2", "F", "pooled"): "F2",
    ("P4", "F", "pooled"): "F4",
    ("euler_number", "scalar", "mean"): "Euler number",
    ("perimeter", "scalar", "mean"): "perimeter",
    ("S2", "P", "spread"): "spread",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rocks", nargs="+", choices=ROCKS, default=list(ROCKS))
    parser.add_argument("--sides", nargs="+", type=int, default=[64, 128])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--against", choices=["train", "heldout"], required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for side in options.sides:
        for rock in options.rocks:
            tiles = tiles_of(rock, side)
            rows = [quilted(*tiles, 0, options.against, real=True)]
            for seed in range(1, options.seeds + 1):
                rows.append(quilted(*tiles, seed, options.against))
            table = pd.DataFrame(rows)
            table.to_csv(options.out / f"{rock}_{side}_{options.against}.csv", index=False)
            made = table[table["seed"] > 0]
            print(f"\n{rock}, {side} px, against {options.against}: median (least, most); real")
            for name in table.columns.drop("seed"):
                print(f"  {name:28s} {spread(made[name], '.3g'):28s} {table[name].iloc[0]:.3g}")
            print(end="", flush=True)


def tiles_of(rock: str, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Disjoint tiles (n, side, side) of the training and of the held-out part."""
    if rock in BUILT_IN:
        seed = seed_for(2023, BUILT_IN[rock], "synthetic")
        truth = make_rock(rock, 2048, 4096, seed).truth
        windows = split_windows(*truth.shape, 2 * side, 2 * side, 0.15, 0.3)
        tiles = np.stack(list(cut_tiles(truth, 1, windows, 2 * side, side, "keep_fraction")))
        split = np.array([window.split for window in windows])
        return tiles[split == "train"], tiles[split == "heldout"]
    folder = Path(os.environ["ROCKREC_TEST_DATA"])
    if rock == "berea":  # slices apart, which are all but independent
        slices = tifffile.imread(folder / "berea" / "pores_400x400x400.tif")
        return cut(slices[:200:8], side), cut(slices[280::40], side)
    pores = tifffile.imread(folder / "sandstone_bse" / "pores.tif")[None]
    return cut(pores[:, :, :1650], side), cut(pores[:, :, 2100:], side)


def cut(slices: np.ndarray, side: int) -> np.ndarray:
    """Disjoint tiles of images (n, H, W)."""
    n, height, width = slices.shape
    down, right = height // side, width // side
    whole = slices[:, : down * side, : right * side].reshape(n, down, side, right, side)
    return (whole.swapaxes(2, 3).reshape(-1, side, side) > 0).astype(np.uint8)


def quilted(train, heldout, seed: int, against: str, real: bool = False) -> dict[str, float]:
    """One row of the table: of quilted tiles, or of the real ones of the other part."""
    other = train if against == "train" else heldout
    if real:
        images, seconds = (heldout if against == "train" else train), [np.nan]
    else:
        side = train.shape[1]
        quilter = Quilter(train, patches_for(train), seed=seed)
        made = list(quilter.quilt((side, side), range(REALISATIONS)))
        images = np.stack([one.image for one in made])
        seconds = [one.core_seconds for one in made]
    described = describe_set(other, 1.0, "unbiased")
    errors = compare_sets(
        describe_set(images, 1.0, "unbiased"),
        described,
        against=against,
        method="quilting",
        replicate=str(seed),
        targeted=(),
        seed=1,
        floor_source=described,
        permutations=1,
    )
    ratios = errors.set_index(["descriptor", "quantity", "form"])["ratio"]
    phi, real_phi = images.mean(axis=(1, 2)), other.mean(axis=(1, 2))
    return {
        "seed": seed,
        **{told: ratios[key] for key, told in SHOWN.items() if key in ratios},
        "phi over real": phi.mean() / real_phi.mean(),
        "sd of phi over real": phi.std() / real_phi.std(),
        "seconds per tile": float(np.median(seconds)),
        "novelty": novelty(heldout if real else images, train),
    }


def novelty(images: np.ndarray, tiles: np.ndarray) -> float:
    """Median share of pixels that differ from the nearest place in the tiles."""
    pieces = cut(images, PIECE) if images.shape[1] >= 2 * PIECE else images[:, :PIECE, :PIECE]
    fractions = pieces.mean(axis=(1, 2))
    telling = abs(fractions - 0.5) <= 0.5 - LEAST_OF_A_PHASE
    pieces = np.ascontiguousarray(pieces[telling][:PIECES])
    if len(pieces) == 0:
        return np.nan
    found = _nearest(pack(pieces), PIECE, pack(tiles), tiles.shape[1])
    return float(np.median(found)) / PIECE**2


@compiled()
def _nearest(pieces, side, planes, extent):
    """Fewest unlike pixels of each packed piece over all places in packed tiles."""
    least = np.full(len(pieces), side * side, np.int64)
    whole = ~np.uint64(0) >> np.uint64(64 - side)
    for piece in range(len(pieces)):
        for tile in range(len(planes)):
            for y in range(extent - side + 1):
                for x in range(extent - side + 1):
                    word, bit, unlike = x >> 6, np.uint64(x & 63), 0
                    low, high = planes[tile, word], planes[tile, word + 1]
                    for row in range(side):
                        there = funnel(low[y + row], high[y + row], bit) & whole
                        unlike += np.int64(ones(there ^ pieces[piece, 0, row]))
                        if unlike >= least[piece]:
                            break
                    if unlike < least[piece]:
                        least[piece] = unlike
    return least


if __name__ == "__main__":
    main()
