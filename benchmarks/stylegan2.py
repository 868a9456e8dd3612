"""What StyleGAN2-ADA and each of its cures are worth on the demo's rocks and on Berea sandstone.

    python benchmarks/stylegan2.py pores --recipes recipe --seeds 1 2 3 --out stylegan2
    ROCKREC_TEST_DATA=<folder> python benchmarks/stylegan2.py berea --recipes recipe --out stylegan2
    python benchmarks/stylegan2.py pores --recipes "recipe without waves" --out stylegan2
    python benchmarks/stylegan2.py pores --recipes everything --seeds 1 --out stylegan2
    python benchmarks/stylegan2.py pores --recipes 300 "300 ada" --seeds 1 --out stylegan2
    python benchmarks/stylegan2.py report --out stylegan2

Everything is measured against training tiles, so that recipes may be chosen by it: ratios error /
floor, the spread of the single tiles' S2 over that of real ones, the phase fraction in the outer
8 px over that of the whole tile, how much the phase fraction depends on the place in a grid of
8 px (standard deviation over its 64 places; rock knows no grid, so that real tiles show the noise),
the share of gray pixels between the phases, the discriminator's mean output on training tiles,
validation tiles and its own generator's, and the distance of a generated tile to the nearest
training tile, over that of a validation tile. Finished runs are not done again.
"""

import argparse
import functools
import logging
import operator
import time
from pathlib import Path

import berea
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import recipes
import torch

from rockrec.comparison import compare_sets
from rockrec.description import describe_set
from rockrec.gans.batches import images_of
from rockrec.gans.draws import Draws
from rockrec.gans.networks import build
from rockrec.gans.sampling import load_model, sample, threshold
from rockrec.gans.settings import gan_settings
from rockrec.gans.training import train
from rockrec.housekeeping.states import load_whole
from rockrec.housekeeping.threads import keep_large_blocks
from rockrec.images import in_pieces

REALISATIONS = 1024
SCORED = 512  # tiles of each sort that the discriminator scores
KIND = {"kind": "stylegan2_ada"}
LENGTH = {"steps": 900, "decay_from": 400, "decay_to": 900}  # six minutes of one core at 64 px
RECIPE = KIND | LENGTH
# Of the recipe, what lets it learn an order that reaches over many pores.
ORDER = {
    "waves": {"start": "noise"},
    "smooth noise": {"smooth_noise": False},
    "shown S2": {"shown_s2": False},
}
# Without all of that: what the further cures were measured on.
PLAIN = functools.reduce(operator.or_, ORDER.values(), RECIPE)
RELATIVISTIC = {
    "loss": "relativistic",
    "learning_rate": 0.01,
    "discriminator_rate": 0.02,
    "r1": 0.3,
}
CURES = {
    "start": {"start": "learnt"},
    "output": {"output": "linear"},
    "input_noise": {"input_noise": 0.0},
    "discriminator": {
        "unshuffle": False,
        "discriminator_width": 1.0,
        "discriminator_rate": None,
    },
    "noise_strength": {"noise_strength": 0.0},
    "learning_rate": {"learning_rate": 0.0025},
    "ada": {"ada": []},
}
NONE = functools.reduce(operator.or_, CURES.values())
# Quarters of the tiles, 32 px, where a run takes minutes.
SMALL = PLAIN | {"steps": 800, "decay_from": 300, "decay_to": 800}
# R1, path length, style mixing and ADA at once, beside the cures. The path length's weight is not
# the original's 2, with which tiles went blank in 800 steps; p can move in so few images.
EVERYTHING = PLAIN | {
    "style_mixing": 0.9,
    "path_length": 0.1,
    "ada_images": 20_000,
    "steps": 3000,
    "decay_from": 1500,
    "decay_to": 3000,
}
# 300 tiles are seen 256 times each; p has to move within these few images.
FEW = PLAIN | {"steps": 4800, "decay_from": None, "decay_to": None}
ADA = {"ada_images": 20_000}
# Recipe, tile size, training tiles (None for all).
RECIPES = {
    "recipe": (RECIPE, 64, None),
    "plain": (PLAIN, 64, None),
    **{f"recipe without {name}": (RECIPE | change, 64, None) for name, change in ORDER.items()},
    "relativistic": (RECIPE | RELATIVISTIC, 64, None),
    "relativistic without waves": (RECIPE | RELATIVISTIC | ORDER["waves"], 64, None),
    "relativistic without shown S2": (RECIPE | RELATIVISTIC | ORDER["shown S2"], 64, None),
    "everything": (EVERYTHING, 32, None),
    "small": (SMALL, 32, None),
    **{f"small without {name}": (SMALL | change, 32, None) for name, change in CURES.items()},
    "small without any": (SMALL | NONE, 32, None),
    "small, r1 0.5": (SMALL | {"r1": 0.5}, 32, None),
    "small, original r1": (SMALL | {"r1": None, "r1_every": 16}, 32, None),
    "300": (FEW | {"ada": []}, 32, 300),
    "300 ada": (FEW | ADA, 32, 300),
    "3000": (FEW | {"ada": []}, 32, 3000),
    "3000 ada": (FEW | ADA, 32, 3000),
}


def main() -> None:
    options = read_options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    keep_large_blocks()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.rock != "report":
        parts = berea_tiles() if options.rock == "berea" else synthetic_tiles(options.rock)
        for seed in options.seeds:
            for name in options.recipes:
                stem = options.out / f"{options.rock}_{name.replace(' ', '-')}_{seed}"
                if not _file(stem, ".csv").exists():
                    logging.info("%s", stem.name)
                    run(stem, name, seed, *parts, options)
    recipes.report(options.out)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rock", choices=[*recipes.SAMPLES, "berea", "report"])
    parser.add_argument("--recipes", nargs="+", default=list(RECIPES), choices=RECIPES)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--steps", type=int, help="instead of the recipe's, without decay")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda", "auto"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def synthetic_tiles(rock: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Training tiles of one of the demo's rocks, validation tiles, training tiles side by side."""
    tiles, train_lines, validation_lines, apart = recipes.rock_tiles(rock)
    return tiles[train_lines], tiles[validation_lines], tiles[apart]


def berea_tiles() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same of Berea sandstone: of every slice, and of one in seven side by side."""
    volume, size = berea.read_volume(), recipes.SIZE
    train_slices, validation_slices = berea.SLICES["train"], berea.SLICES["validation"]
    return (
        berea.tiles_of(volume, train_slices, 3 * size // 4, size),
        berea.tiles_of(volume, validation_slices[::2], size, size),
        berea.tiles_of(volume, train_slices[:: berea.APART], size + 3, size),
    )


def run(stem: Path, name: str, seed: int, training, validation, apart, options) -> None:
    block, size, limit = RECIPES[name]
    if options.steps:
        block = block | {"steps": options.steps, "decay_from": None, "decay_to": None}
    settings = gan_settings(block)
    training, validation, apart = (quarters(part, size) for part in (training, validation, apart))
    if limit is not None:
        chosen = np.random.default_rng(seed).choice(len(training), limit, replace=False)
        training = training[np.sort(chosen)]
    began = time.process_time()
    files = train(
        training,
        validation,
        settings,
        seed=seed,
        checkpoints=stem.parent / "checkpoints",
        device=options.device,
        threads=options.threads,
    )
    seconds = time.process_time() - began
    model = load_model(files.model, options.device)
    gray = sample(model, REALISATIONS, seed)
    made = threshold(gray, "phase_fraction", model.phase_fraction)
    real, described = (describe_set(some, 1.0, "unbiased") for some in (apart, made))
    errors = compare_sets(
        described,
        real,
        against="train",
        method=name,
        replicate=str(seed),
        targeted=["phase_fraction"],
        seed=1,
        floor_source=real,
    )
    rows = [
        errors.query("descriptor == @descriptor and quantity == @q and form == @form")
        for descriptor, (q, form) in recipes.SHOWN.items()
    ]
    table = pd.concat(rows)[["descriptor", "ratio"]]
    zero = threshold(gray, "zero")
    extra = {
        "spread": recipes.spread(made) / recipes.spread(apart),
        "border": recipes.border(made) / recipes.border(apart),
        "grid": by_place(made),
        "grid of real": by_place(apart),
        "phase fraction": made.mean(),
        "phase fraction at 0": zero.mean(),
        "gray": np.mean(np.abs(gray) < 0.8),
        "p": pd.read_csv(files.history)["ada_p"].iloc[-1],
        **outputs(files, size, training, validation),
        "nearest": nearest(made[:256], training) / nearest(validation[:256], training),
        "cpu_s": seconds,
        "step": model.step,
    }
    more = pd.DataFrame({"descriptor": list(extra), "ratio": list(extra.values())})
    pd.concat([table, more]).assign(of="tile").to_csv(_file(stem, ".csv"), index=False)
    if size == recipes.SIZE:
        recipes.picture(_file(stem, ".png"), made, apart)
    curves(_file(stem, "_curves.png"), described, real, f"{name}, seed {seed}")


def _file(stem: Path, ending: str) -> Path:
    """A result's file; not `with_suffix`, for a recipe's name may have a point in it."""
    return stem.with_name(stem.name + ending)


def quarters(tiles: np.ndarray, size: int) -> np.ndarray:
    """Tiles cut into squares of `size` px, at the same pixel size."""
    return tiles if tiles.shape[1] == size else in_pieces(tiles, size)


def by_place(tiles: np.ndarray, period: int = 8) -> float:
    """Standard deviation of the phase fraction over the places in a grid, that of all places 1."""
    count = tiles.shape[1] // period
    folded = tiles.reshape(len(tiles), count, period, count, period).mean(axis=(0, 1, 3))
    return float(folded.std() / folded.mean())


@torch.no_grad()
def outputs(files, size: int, training, validation) -> dict[str, float]:
    """The discriminator's mean output, on tiles as it was shown them; both networks' last step."""
    state = load_whole(files.checkpoint)
    settings = load_model(files.model).settings
    networks = build(size, settings, seed=0)
    networks.load_state_dict(state["networks"])
    random = np.random.default_rng(0)

    def mean(images):
        draws = Draws(0, len(images))
        return networks.discriminator(networks.seen(images, draws)).mean().item()

    def some(tiles):
        chosen = random.choice(len(tiles), min(SCORED, len(tiles)) // 4 * 4, replace=False)
        return images_of(tiles, torch.from_numpy(chosen), torch.device("cpu"))

    return {
        "D training": mean(some(training)),
        "D validation": mean(some(validation)),
        "D generated": mean(networks.generate(Draws(1, SCORED), torch.device("cpu"))),
    }


def nearest(tiles: np.ndarray, training: np.ndarray) -> float:
    """Median over tiles of the share of pixels that differ from the nearest training tile."""
    a = tiles.reshape(len(tiles), -1).astype(np.float32)
    b = training.reshape(len(training), -1).astype(np.float32)
    apart = a.sum(axis=1)[:, None] + b.sum(axis=1) - 2 * a @ b.T
    return float(np.median(apart.min(axis=1)) / a.shape[1])


def curves(path: Path, made: dict, real: dict, title: str) -> None:
    """Mean and single-tile spread of S2, P4 and L, real and reconstructed."""
    figure, panels = plt.subplots(1, 3, figsize=(9, 2.8), constrained_layout=True)
    for axes, name in zip(panels, ("S2", "P4", "L"), strict=True):
        for tiles, colour, label in ((real, "black", "real"), (made, "tab:red", "StyleGAN2-ADA")):
            mean, std = np.nanmean(tiles[name], axis=0), np.nanstd(tiles[name], axis=0)
            lags = np.arange(len(mean))
            axes.fill_between(lags, mean - std, mean + std, color=colour, alpha=0.15, linewidth=0)
            axes.plot(lags, mean, color=colour, label=label)
        axes.set_xlabel("lag r [px]")
        axes.set_ylabel(f"{name} [–]")
    panels[0].legend(fontsize=8, title="mean ± sd of single tiles", title_fontsize=7)
    figure.suptitle(title, fontsize=9)
    figure.savefig(path, dpi=110)
    plt.close(figure)


if __name__ == "__main__":
    main()
