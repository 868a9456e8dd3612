"""How near quilting comes to real rock, what it costs, and how much of it is copied.

    ROCKREC_TEST_DATA=<folder> python benchmarks/quilting.py --against heldout --out quilting
    python benchmarks/quilting.py --mosaics 2 --rocks pores fractures --out quilting

The built-in rocks, slices of Berea sandstone and the pores of another sandstone, tiles of 64 and
128 px, five seeds each (median, least and most are printed, and what the other real part has):
ratio error / floor of every function at equal phase fraction, the worst of the nine, Euler number
and perimeter; phase fraction and its standard deviation over those of the tiles compared with;
seconds of one core per tile; in small and in large pieces the share that is copied from training
tiles, and novelty. Motions are none. `--against train` is for choosing settings. `--classifier`
lets a small network tell the tiles from held-out ones, beside a control: tiles annealed to S2.

`--mosaics` draws mosaics of 2048 x 2048 px instead and compares their windows of 512 px with those
of the held-out part of a rock of 2048 x 8192 px.
"""

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import tifffile
from annealing import spread

from rockrec.annealing import anneal
from rockrec.comparison import compare_sets
from rockrec.description import describe_set
from rockrec.novelty import Novelty
from rockrec.plain.seeds import seed_for
from rockrec.plain.windows import split_windows
from rockrec.quilting import Quilter, patches_for
from rockrec.quilting.mosaics import laid_bands
from rockrec.synthetic import make_rock
from rockrec.tiles import cut_tiles

BUILT_IN = {"pores": "meta_igneous", "fractures": "serpentinite"}
ROCKS = (*BUILT_IN, "berea", "sandstone_bse")
REALISATIONS = 128
MOSAIC, WINDOW = 2048, 512
FUNCTIONS = ("S2", "P3H", "P3V", "P4", "P6", "L", "C2", "S2D+", "S2D-")
SCALARS = {"euler_number": "Euler number", "perimeter": "perimeter"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rocks", nargs="+", choices=ROCKS, default=list(ROCKS))
    parser.add_argument("--sides", nargs="+", type=int, default=[64, 128])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--against", choices=["train", "heldout"], default="heldout")
    parser.add_argument("--classifier", action="store_true")
    parser.add_argument("--mosaics", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.mosaics:
        for rock in options.rocks:
            tell(mosaics(rock, options.mosaics), f"{rock}, windows of mosaics", options.out)
        return
    for side in options.sides:
        for rock in options.rocks:
            train, heldout = tiles_of(rock, side)
            novelty = Novelty(train, heldout, (), seed=1)
            rows = [real_row(train, heldout, options.against, novelty)]
            for seed in range(1, options.seeds + 1):
                rows.append(quilted_row(train, heldout, seed, options, novelty))
            tell(rows, f"{rock}, {side} px, against {options.against}", options.out)


def tell(rows: list[dict], what: str, out: Path) -> None:
    """Write a table whose first row is real tiles, and print its medians."""
    table = pd.DataFrame(rows)
    table.to_csv(out / f"{what.replace(', ', '_').replace(' ', '_')}.csv", index=False)
    made = table[table["seed"] > 0]
    print(f"\n{what}: median (least, most); real")
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
    if rock == "berea":  # held-out slices so far apart that their phase fractions are independent
        slices = tifffile.imread(folder / "berea" / "pores_400x400x400.tif")
        return cut(slices[:200:8], side), cut(slices[240::40], side)
    pores = tifffile.imread(folder / "sandstone_bse" / "pores.tif")[None]
    return cut(pores[:, :, :1650], side), cut(pores[:, :, 2100:], side)


def cut(slices: np.ndarray, side: int) -> np.ndarray:
    """Disjoint tiles of images (n, H, W)."""
    n, height, width = slices.shape
    down, right = height // side, width // side
    whole = slices[:, : down * side, : right * side].reshape(n, down, side, right, side)
    return (whole.swapaxes(2, 3).reshape(-1, side, side) > 0).astype(np.uint8)


def real_row(train, heldout, against: str, novelty: Novelty) -> dict[str, float]:
    """What the other real part has."""
    one, other = (heldout, train) if against == "train" else (train, heldout)
    return {"seed": 0, **compared(one, other), "seconds per tile": np.nan, **copied(novelty, None)}


def quilted_row(train, heldout, seed: int, options, novelty: Novelty) -> dict[str, float]:
    """What tiles have that are quilted with a seed."""
    side = train.shape[1]
    quilter = Quilter(train, patches_for(train), seed=seed)
    made = list(quilter.quilt((side, side), range(REALISATIONS)))
    images = np.stack([one.image for one in made])
    other = train if options.against == "train" else heldout
    row = {
        "seed": seed,
        **compared(images, other),
        "seconds per tile": float(np.median([one.core_seconds for one in made])),
        **copied(novelty, images),
    }
    return row | (classified(images, train, heldout, seed) if options.classifier else {})


def compared(images: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """Ratios, and the phase fraction, of tiles against real ones."""
    described = describe_set(other, 1.0, "unbiased")
    errors = compare_sets(
        describe_set(images, 1.0, "unbiased"),
        described,
        against="",
        method="",
        replicate="",
        targeted=(),
        seed=1,
        floor_source=described,
        permutations=1,
    )
    ratios = errors.set_index(["descriptor", "form"])["ratio"]
    at_phi = {name: ratios[name, "at_phi"] for name in FUNCTIONS}
    phi, real_phi = images.mean(axis=(1, 2)), other.mean(axis=(1, 2))
    return {
        **at_phi,
        "worst of the nine": max(at_phi.values()),
        **{told: ratios[name, "mean"] for name, told in SCALARS.items()},
        "phi over real": phi.mean() / real_phi.mean(),
        "sd of phi over real": phi.std() / real_phi.std(),
    }


def copied(novelty: Novelty, images: np.ndarray | None) -> dict[str, float]:
    """Share that is copied, and novelty, in small and large pieces; of held-out tiles without."""
    found = (
        novelty.real
        if images is None
        else {side: novelty.copied(images, side) for side in novelty.libraries}
    )
    table = novelty.table(found)
    told = {}
    for name, row in (("small", table.iloc[0]), ("large", table.iloc[-1])):
        told[f"{name} pieces, px"] = row["side_px"]
        told[f"copied, {name} pieces"] = row["copied"]
        told[f"novelty, {name} pieces"] = row["novelty"]
    return told


def classified(images, train, heldout, seed: int) -> dict[str, float]:
    """Accuracy of a small network on quilted tiles, and on the control."""
    from rockrec.diagnosis.classifier import classifier_accuracy

    n = min(len(images), len(heldout))
    s2 = describe_set(train, 1.0, "unbiased")["S2"].mean(axis=0)
    control = anneal({"S2": s2}, train.shape[1:], s2[0], n=n, seed=seed)
    return {
        "classifier": classifier_accuracy(heldout[:n], images[:n], seed).accuracy,
        "classifier, control": classifier_accuracy(
            heldout[:n], control.realisations, seed
        ).accuracy,
    }


def mosaics(rock: str, n: int) -> list[dict]:
    """Windows of quilted mosaics, one row a mosaic, and those of the training part."""
    truth = make_rock(rock, MOSAIC, 4 * MOSAIC, seed_for(2023, BUILT_IN[rock], "mosaics")).truth
    parts = truth[None, :, : 2 * MOSAIC - WINDOW], truth[None, :, 2 * MOSAIC :]
    train, real = cut(parts[0], 128), cut(parts[1], WINDOW)
    rows = [{"seed": 0, **compared(cut(parts[0], WINDOW), real)}]
    for seed in range(1, n + 1):
        began = time.process_time()
        quilter = Quilter(train, patches_for(train), seed=seed)
        found = time.process_time()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with tempfile.TemporaryDirectory() as folder:
            bands = laid_bands(quilter, (MOSAIC, MOSAIC), Path(folder))
            mosaic = np.concatenate(list(bands))
        rows.append(
            {
                "seed": seed,
                **compared(cut(mosaic[None], WINDOW), real),
                "patch, px": quilter.patches.side,
                "seconds for the lean": found - began,
                "seconds for the mosaic": time.process_time() - found,
                "MiB more at the most": (
                    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
                )
                / 1024,
            }
        )
    return rows


if __name__ == "__main__":
    main()
