"""Rock without end: trained on crops, compared at sizes that were never seen in training.

    python benchmarks/endless.py pores fractures berea --seeds 1 2 3 --out endless
    python benchmarks/endless.py report --out endless

Windows of a trained model's plane, 64 to 512 px, against windows of the training and of the
held-out part of a rock, in floors; the sd of the phase fraction by block over that of real blocks;
the phase fraction in the outer 8 px over that of the whole window; the largest difference of the
phase fraction of rows and columns by their place modulo the stride, over the mean; the share of
pore edges that fall on even rows and columns, less a half. Settings are those of the kind unless
``--settings`` says otherwise. Finished trainings are not done again; pictures stand beside the
tables. Berea and the sandstone are read from ROCKREC_TEST_DATA.
"""

import argparse
import json
import logging
import os
import time
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import tifffile

from rockrec.comparison import compare_sets
from rockrec.description import describe_set
from rockrec.gans.endless.plane import Plane
from rockrec.gans.sampling import load_model
from rockrec.gans.settings import gan_settings
from rockrec.gans.training import train
from rockrec.housekeeping.threads import keep_large_blocks
from rockrec.plain.seeds import seed_for
from rockrec.synthetic import make_rock
from rockrec.tiles import keep_fraction

BUILT_IN = {"pores": "meta_igneous", "fractures": "serpentinite"}
ROCKS = (*BUILT_IN, "berea", "sandstone_bse")
TILE = 128  # px of what is trained on and checked against
SIDES = (64, 128, 256, 512)
PLANES, SIDE = 8, 1024
BLOCKS = (16, 32, 64, 128)
FEWEST = 8  # windows of a part
SHOWN = {
    **{name: ("P", "mean") for name in ("S2", "P3H", "P3V", "P4", "P6", "L", "C2")},
    "euler_number": ("scalar", "mean"),
    "perimeter": ("scalar", "mean"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rocks", nargs="+", choices=[*ROCKS, "report"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--settings", type=json.loads, default={})
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    keep_large_blocks()
    options.out.mkdir(parents=True, exist_ok=True)
    for seed in options.seeds:
        for rock in (rock for rock in options.rocks if rock in ROCKS):
            stem = options.out / f"{rock}_{seed}"
            if not stem.with_suffix(".csv").exists():
                run(stem, rock, seed, options)
    report(options.out)


def run(stem: Path, rock: str, seed: int, options) -> None:
    train_part, validation_part, heldout_part = parts_of(rock)
    began = time.process_time()
    files = train(
        windows(train_part, TILE, TILE // 4 if len(train_part) == 1 else TILE),
        windows(validation_part, TILE),
        gan_settings({"kind": "endless", **options.settings}),
        seed=seed,
        checkpoints=options.out / "checkpoints",
        threads=options.threads,
        log_seconds=60,
    )
    core_seconds = time.process_time() - began
    model = load_model(files.model)
    level = model.generator.level_for(model.phase_fraction)
    planes = [Plane(model.generator, 10_000 + number) for number in range(PLANES)]
    place = range(-SIDE // 2, SIDE // 2)
    made = np.stack([plane.window(place, place) > level for plane in planes]).astype(np.uint8)
    rows = []
    for side in SIDES:
        for against, part in (("train", train_part), ("heldout", heldout_part)):
            real = windows(part, side)
            if len(real) < FEWEST:
                continue
            drawn = windows(made, side)
            described = describe_set(real, 1.0, "unbiased")
            row = {"side": side, "against": against, "n": len(drawn), "n real": len(real)}
            row |= ratios(describe_set(drawn, 1.0, "unbiased"), described)
            row |= {"phi": drawn.mean(), "phi real": real.mean()}
            row["border"] = border(drawn) / border(real)
            rows.append(row)
    table = pd.DataFrame(rows)
    for side in BLOCKS:
        table[f"sd {side}"] = sd(made, side) / sd(train_part, side)
    table["place"] = by_place(made, model.settings.stride)
    table["parity"] = parity(made)
    table["step"], table["core seconds"] = model.step, core_seconds
    table.insert(0, "seed", seed)
    table.insert(0, "rock", rock)
    picture(stem.with_suffix(".png"), made, train_part)
    table.to_csv(stem.with_suffix(".csv"), index=False)


def parts_of(rock: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images (n, H, W) of 0 and 1 for training, for checks, and held out."""
    if rock in BUILT_IN:  # at half resolution, as in the demo
        truth = make_rock(rock, 2048, 4096, seed_for(2023, BUILT_IN[rock], "synthetic")).truth
        half = halved(truth == 1)[None]
        return half[:, :, :1100], half[:, :, 1100:1400], half[:, :, 1430:]
    folder = Path(os.environ["ROCKREC_TEST_DATA"])
    if rock == "berea":  # at half resolution; slices apart, but those that are trained on
        volume = tifffile.imread(folder / "berea" / "pores_400x400x400.tif") > 0
        half = np.stack([halved(one) for one in volume])
        return half[:240], half[260:280:7], half[320::40]
    pores = (tifffile.imread(folder / "sandstone_bse" / "pores.tif") > 0).astype(np.uint8)[None]
    return pores[:, :, :1400], pores[:, :, 1400:1650], pores[:, :, 1700:]


def halved(image: np.ndarray, square: int = 80) -> np.ndarray:
    """Reduce an image (H, W) to half, square by square."""
    height, width = (side // square * square for side in image.shape)
    image = image[:height, :width].astype(np.uint8)
    return np.block(
        [
            [
                keep_fraction(image[y : y + square, x : x + square], square // 2)
                for x in range(0, width, square)
            ]
            for y in range(0, height, square)
        ]
    )


def windows(images: np.ndarray, side: int, stride: int | None = None) -> np.ndarray:
    """Windows (m, side, side) of images (n, H, W), side by side unless a stride is given."""
    stride = stride or side
    height, width = images.shape[1:]
    tops, lefts = range(0, height - side + 1, stride), range(0, width - side + 1, stride)
    found = [images[:, y : y + side, x : x + side] for y in tops for x in lefts]
    return np.concatenate(found) if found else np.empty((0, side, side), np.uint8)


def ratios(made: dict, real: dict) -> dict[str, float]:
    errors = compare_sets(
        made,
        real,
        against="real",
        method="endless",
        replicate="1",
        targeted=(),
        seed=1,
        floor_source=real,
        permutations=1,
    )
    found = errors.set_index(["descriptor", "quantity", "form"])["ratio"]
    return {name: found[(name, *form)] for name, form in SHOWN.items()}


def sd(images: np.ndarray, side: int) -> float:
    return float(windows(images, side).mean(axis=(1, 2)).std(ddof=1))


def border(tiles: np.ndarray, width: int = 8) -> float:
    """Phase fraction of the outer pixels over that of all."""
    inside = tiles[:, width:-width, width:-width]
    outer = (tiles.sum() - inside.sum()) / (tiles.size - inside.size)
    return float(outer / tiles.mean())


def by_place(images: np.ndarray, stride: int) -> float:
    """Largest deviation of the phase fraction by row or column modulo the stride, over the mean."""
    found = []
    for axis in (1, 2):
        lines = images.mean(axis=(0, 3 - axis))
        found.append(lines.reshape(-1, stride).mean(axis=0))
    return float(np.abs(np.concatenate(found) / images.mean() - 1).max())


def parity(images: np.ndarray) -> float:
    """Share of edges between even and odd neighbours less a half, of the worse direction."""
    shares = []
    for axis in (1, 2):
        edges = np.diff(images, axis=axis) != 0
        counts = edges.sum(axis=(0, 3 - axis))
        shares.append(counts[::2].sum() / counts.sum() - counts[::2].size / counts.size)
    return float(max(shares, key=abs))


def picture(path: Path, made: np.ndarray, real: np.ndarray) -> None:
    side = min(512, *real.shape[1:])
    pair = np.concatenate(
        [made[0, :side, :side], np.full((side, 8), 0.5), real[0, :side, :side]], 1
    )
    matplotlib.image.imsave(path, pair.repeat(2, 0).repeat(2, 1), cmap="gray_r", vmin=0, vmax=1)


def report(out: Path) -> None:
    tables = [pd.read_csv(path) for path in sorted(out.glob("*_*.csv"))]
    if not tables:
        return
    every = pd.concat(tables)
    median = every.groupby(["rock", "side", "against"], sort=False).median(numeric_only=True)
    print(median.drop(columns="seed").round(3).T.to_string())


if __name__ == "__main__":
    main()
