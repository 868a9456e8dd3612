"""What each cure of a network is worth: recipes trained on the demo's rocks, several seeds each.

    python benchmarks/recipes.py pores --recipes short blur guided --seeds 1 2 3 --out recipes
    python benchmarks/recipes.py pores --recipes demo --threads 2 --out recipes
    python benchmarks/recipes.py report --out recipes

The cures change a key of the short recipe, the demo's with fewer steps. Everything is measured
against training tiles, so that recipes may be chosen by it: ratios error / floor (median, and range
over the seeds), the spread of the single tiles' S2 over that of real ones, the phase fraction in
the outer 8 px over that of the whole tile, the same ratios at a threshold of 0 and in the inside of
images of twice the tile's side. Finished runs are not done again; pictures stand beside the tables.
"""

import argparse
import logging
import time
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd

from rockrec.comparison import compare_sets
from rockrec.description import describe_set
from rockrec.gans.sampling import load_model, sample, sample_larger, threshold
from rockrec.gans.settings import gan_settings
from rockrec.gans.training import train
from rockrec.housekeeping.threads import keep_large_blocks
from rockrec.images import in_pieces
from rockrec.plain.seeds import seed_for
from rockrec.plain.windows import disjoint, split_windows
from rockrec.synthetic import make_rock
from rockrec.tiles import cut_tiles

SIZE, WINDOW, STRIDE = 64, 128, 32
SAMPLES = {"pores": "meta_igneous", "fractures": "serpentinite"}
REALISATIONS = 1024
WGAN_GP = {
    "kind": "wgan_gp",
    "steps": 800,
    "critic_steps": 2,
    "learning_rate": 2e-3,
    "decay_from": 300,
    "decay_to": 800,
}
DCGAN = {"kind": "dcgan", "steps": 300, "decay_from": 100, "decay_to": 300}
GUIDE = ["S2", "P3H", "P3V", "P4", "L"]
RECIPES = {
    "short": WGAN_GP,
    "demo": WGAN_GP | {"steps": 1100, "decay_from": 400, "decay_to": 1100},
    "transposed": WGAN_GP | {"upsampling": "transposed"},
    "blur": WGAN_GP | {"upsampling": "blur"},
    "spectral_norm": WGAN_GP | {"spectral_norm": True},
    "guided": WGAN_GP | {"guide": GUIDE},
    "dcgan": DCGAN,
    "dcgan r1": DCGAN | {"r1": 10.0},
    "dcgan smoothing": DCGAN | {"label_smoothing": 0.1},
    "dcgan spectral_norm": DCGAN | {"spectral_norm": True},
}
SHOWN = {
    "S2": ("P", "mean"),
    "P3H": ("F", "pooled"),
    "P4": ("F", "pooled"),
    "P6": ("F", "pooled"),
    "L": ("P", "mean"),
    "C2": ("P", "mean"),
    "euler_number": ("scalar", "mean"),
    "perimeter": ("scalar", "mean"),
}


def main() -> None:
    options = read_options()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    keep_large_blocks()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.rock != "report":
        tiles, train_lines, validation_lines, apart = rock_tiles(options.rock)
        for seed in options.seeds:  # every recipe once, before any a second time
            for recipe in options.recipes:
                stem = options.out / f"{options.rock}_{recipe.replace(' ', '_')}_{seed}"
                if not stem.with_suffix(".csv").exists():
                    parts = tiles, train_lines, validation_lines, apart
                    run(stem, recipe, seed, *parts, options.threads)
    report(options.out)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rock", choices=[*SAMPLES, "report"])
    parser.add_argument("--recipes", nargs="+", default=list(RECIPES), choices=RECIPES)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def rock_tiles(rock: str):
    """The demo's tiles, cut from the truth; lines of the training and validation parts."""
    truth = make_rock(rock, 2048, 4096, seed_for(2023, SAMPLES[rock], "synthetic")).truth
    windows = split_windows(*truth.shape, WINDOW, STRIDE, 0.15, 0.3)
    tiles = np.stack(list(cut_tiles(truth, 1, windows, WINDOW, SIZE, "keep_fraction")))
    split = np.array([window.split for window in windows])
    lines = np.flatnonzero(split == "train")
    corners = [windows[line] for line in lines]
    alone = disjoint([one.row for one in corners], [one.column for one in corners], WINDOW)
    return tiles, lines, np.flatnonzero(split == "validation"), lines[alone]


def run(
    stem: Path, recipe: str, seed: int, tiles, train_lines, validation_lines, apart, threads: int
) -> None:
    settings = gan_settings(RECIPES[recipe])
    began, processor = time.perf_counter(), time.process_time()
    files = train(
        tiles[train_lines],
        tiles[validation_lines],
        settings,
        seed=seed,
        checkpoints=stem.parent / "checkpoints",
        threads=threads,
    )
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    model = load_model(files.model)
    gray = sample(model, REALISATIONS, seed)
    larger = sample_larger(model, REALISATIONS // 4, 2 * SIZE, seed)
    made = {
        "tile": threshold(gray, "phase_fraction", model.phase_fraction),
        "tile, threshold 0": threshold(gray, "zero"),
        "larger": in_pieces(threshold(larger, "phase_fraction", model.phase_fraction), SIZE),
    }
    real = describe_set(tiles[apart], 1.0, "unbiased")
    tables = []
    for what, realisations in made.items():
        errors = compare_sets(
            describe_set(realisations, 1.0, "unbiased"),
            real,
            against="train",
            method=recipe,
            replicate=str(seed),
            targeted=[*settings.guide, "phase_fraction"],
            seed=1,
            floor_source=real,
        )
        wanted = pd.concat(
            [
                errors.query("descriptor == @name and quantity == @q and form == @form")
                for name, (q, form) in SHOWN.items()
            ]
        )
        tables.append(wanted[["descriptor", "ratio"]].assign(of=what))
    extra = {
        "spread": spread(made["tile"]) / spread(tiles[apart]),
        "border": border(made["tile"]) / border(tiles[apart]),
        "s": seconds,
        "cpu_s": processor,
        "step": model.step,
    }
    tables.append(
        pd.DataFrame({"descriptor": list(extra), "ratio": list(extra.values()), "of": "tile"})
    )
    picture(stem.with_suffix(".png"), made["tile"], tiles[apart])
    pd.concat(tables).to_csv(stem.with_suffix(".csv"), index=False)


def spread(tiles: np.ndarray) -> float:
    """Standard deviation of the single tiles' S2, the root of its mean square over the lags."""
    curves = describe_set(tiles, 1.0, "unbiased")["S2"]
    return float(np.sqrt(curves.var(axis=0, ddof=1).mean()))


def border(tiles: np.ndarray, width: int = 8) -> float:
    """Phase fraction of the outer pixels of the tiles over that of the whole."""
    inner = tiles[:, width:-width, width:-width]
    outer = (tiles.sum() - inner.sum()) / (tiles.size - inner.size)
    return float(outer / tiles.mean())


def picture(path: Path, realisations: np.ndarray, real: np.ndarray) -> None:
    """Three rows of reconstructed tiles over one of real ones."""
    chosen = np.concatenate([realisations[:24], real[:: len(real) // 8][:8]])
    padded = np.pad(chosen.astype(float), ((0, 0), (1, 1), (1, 1)), constant_values=0.5)
    side = SIZE + 2
    sheet = padded.reshape(4, 8, side, side).transpose(0, 2, 1, 3).reshape(4 * side, 8 * side)
    matplotlib.image.imsave(path, sheet.repeat(2, 0).repeat(2, 1), cmap="gray", vmin=0, vmax=1)


def report(out: Path) -> None:
    """Print median (least to most) over the seeds of all finished runs in a folder."""
    runs = []
    for path in sorted(out.glob("*_*.csv")):
        rock, _, rest = path.stem.partition("_")
        recipe, _, seed = rest.rpartition("_")
        runs.append(pd.read_csv(path).assign(rock=rock, recipe=recipe, seed=int(seed)))
    table = pd.concat(runs)
    cells = table.groupby(["rock", "of", "descriptor", "recipe"], sort=False)["ratio"].agg(
        lambda v: f"{v.median():.3g} ({v.min():.3g} to {v.max():.3g}; {len(v)})"
    )
    print(cells.unstack("recipe").fillna("").to_string())


if __name__ == "__main__":
    main()
