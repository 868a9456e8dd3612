"""How fast and how near annealing comes to its targets, and whether the result looks like rock.

    python benchmarks/annealing.py fields                # Gaussian fields, 128 and 512 px
    ROCKREC_TEST_DATA=<folder> python benchmarks/annealing.py rocks --out <folder>   # real rock
    python benchmarks/annealing.py mended --out <folder>    # quilted tiles, mended

`fields`: thresholded Gaussian fields, five seeds, one core: moves a second, and the fit (mean
squared error of each curve against its target) as median, least and most. `rocks`: tiles of
Berea sandstone, of another sandstone and of a synthetic fracture network, each annealed to a
training tile of its own, with S2 alone and with eight descriptors: error over floor against
held-out tiles for every descriptor, and a picture of both beside the rock.
"""

import argparse
import logging
import os
import time
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import tifffile
from scipy.ndimage import gaussian_filter

from rockrec.annealing import Annealed, anneal
from rockrec.annealing.targets import targets_of
from rockrec.comparison import compare_sets
from rockrec.description import describe_set
from rockrec.descriptors import describe, origins
from rockrec.minkowski import euler_number, perimeter
from rockrec.quilting import Quilter, patches_for
from rockrec.synthetic import make_rock

S2_ALONE = ("S2",)
SEVERAL = ("S2H", "S2V", "P3H", "P3V", "P4")
WITH_L = (*SEVERAL, "L")
ALL = (*WITH_L, "S2D+", "S2D-")
UNTARGETED = ("P6", "L", "C2", "S2D+", "S2D-")
# The paper's schedule, and one that starts warmer, for the rougher energy of many descriptors.
PAPER = dict(initial_temperature=1e-7, cooling=0.97)
WARM = dict(initial_temperature=1e-4, cooling=0.95)
# Targets, schedule, side in px, moves per stage; the aims for the fit and the seconds of an image.
CASES = (
    (S2_ALONE, PAPER, 128, 16_384, 2e-9, 2),
    (SEVERAL, PAPER, 128, 32_768, 3e-8, 30),
    (SEVERAL, WARM, 128, 32_768, 3e-8, 30),
    (WITH_L, WARM, 128, 32_768, 3e-8, 30),
    (S2_ALONE, PAPER, 512, 40_000, 1e-9, 60),
    (SEVERAL, PAPER, 512, 20_000, 2e-9, 60),
    (SEVERAL, WARM, 512, 20_000, 2e-9, 60),
    (WITH_L, WARM, 512, 20_000, 2e-9, 60),
)
PHASE_FRACTIONS = (0.35, 0.05)

# To mend tiles that need little; the first temperature is found by trial.
MILD = dict(initial_temperature=None, cooling=0.8, stages=15, moves_per_stage=2048)
MENDED = 128

TILE, TILES, SHOWN = 128, 64, 4
MOVES_ON_ROCK = 8_192


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=["fields", "rocks", "mended"])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--side", type=int, choices=[128, 512], help="fields of this side only")
    parser.add_argument("--threads", type=int, default=1, help="for rocks")
    parser.add_argument("--out", type=Path, help="folder for pictures and tables of rocks")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    if options.part == "fields":
        for case in CASES:
            if options.side in (None, case[2]):
                for phase_fraction in PHASE_FRACTIONS:
                    fit_field(case, phase_fraction, options.seeds)
    else:
        if options.out is None:
            parser.error(f"{options.part} needs --out")
        options.out.mkdir(parents=True, exist_ok=True)
    if options.part == "mended":
        for rock in ("pores", "fractures"):
            mend(rock, options)
    elif options.part == "rocks":
        for name, (train, heldout) in rocks().items():
            reconstruct_rock(name, train, heldout, options)


def mend(rock: str, options) -> None:
    """Quilt tiles of 64 px, mend them, and hold both against training and held-out tiles."""
    from quilting import tiles_of  # which imports this module

    train, heldout = tiles_of(rock, 64)
    names = (*ALL, "C2", "euler_number", "perimeter")
    for seed in range(1, options.seeds + 1):
        quilter = Quilter(train, patches_for(train), seed=seed)
        quilted = np.stack([one.image for one in quilter.quilt((64, 64), range(MENDED))])
        targets, fractions = targets_of(
            train, range(len(train)), names, target="tile", n=MENDED, seed=seed, start=quilted
        )
        result = anneal(
            targets, (64, 64), fractions, n=MENDED, seed=seed, start=quilted, threads=1, **MILD
        )
        changed = (result.realisations != quilted).mean()
        seconds = np.median(result.core_seconds)
        print(f"\n{rock}, seed {seed}: {changed:.1%} of the pixels changed, {seconds:.2f} s a tile")
        sets = {"train": train, "quilted": quilted, "mended": result.realisations}
        for method, images in sets.items():
            for against, other in (("train", train), ("heldout", heldout)):
                floors = in_floors(images, other)
                told = ", ".join(f"{name} {ratio:.2f}" for name, ratio in floors.items())
                print(f"  {method} against {against}: {told}", flush=True)
        rows = [np.concatenate(np.pad(one[:5], 2)[2:-2], axis=1) for one in sets.values()]
        matplotlib.image.imsave(
            options.out / f"{rock}_{seed}.png", 1 - np.concatenate(rows), cmap="gray"
        )


def in_floors(images: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """Errors of means over the floor of MENDED tiles against as many."""
    names = (*UNTARGETED, "S2", "P3H", "P3V", "P4")
    made, real = describe(images, names), describe(other, names)
    for name, count in (("Euler number", euler_number), ("perimeter", perimeter)):
        made[name], real[name] = (count(one)[:, None] for one in (images, other))
    return {
        name: np.nanmean((made[name].mean(axis=0) - real[name].mean(axis=0)) ** 2)
        / (np.nanmean(real[name].var(axis=0, ddof=1)) * 2 / MENDED)
        for name in made
    }


def field(side: int, phase_fraction: float) -> np.ndarray:
    """A corner of a thresholded Gaussian field with grains of about ten pixels."""
    noise = np.random.default_rng(0).standard_normal((512, 512))
    smooth = gaussian_filter(noise, 4)
    return (smooth > np.quantile(smooth, 1 - phase_fraction)).astype(np.uint8)[:side, :side]


def fit_field(case: tuple, phase_fraction: float, seeds: int) -> None:
    """Anneal to one field from several seeds, and print speed, fits and what was not targeted."""
    names, schedule, side, moves, aim, aim_seconds = case
    image = field(side, phase_fraction)
    targets = {name: curves[0] for name, curves in describe(image, names).items()}
    settings = dict(stop_energy=0, threads=1, moves_per_stage=moves, **schedule)
    anneal(targets, image.shape, image.mean(), n=1, seed=0, stages=1, **settings)
    seconds, results = [], []
    for seed in range(1, seeds + 1):
        began = time.process_time()
        results.append(anneal(targets, image.shape, image.mean(), n=1, seed=seed, **settings))
        seconds.append(time.process_time() - began)
    tried = moves * len(results[0].history)
    acceptance = np.mean([result.history["acceptance"].mean() for result in results])
    print(
        f"\n{'+'.join(names)}, {side} x {side} px, phase fraction {image.mean():.3f}, "
        f"{seeds} seeds, T0 {schedule['initial_temperature']:.0e}, {tried / 1e6:.1f} M moves\n"
        f"  one core: {spread(seconds, '.1f')} s (aim {aim_seconds} s), "
        f"{tried / np.median(seconds) / 1e6:.2f} M moves/s, acceptance {acceptance:.3f}"
    )
    print(f"  fits: median (least, most); aim {aim:.0e}")
    for name in names:
        fits = [result.fits[name][0] for result in results]
        by_area = over_area(results, name, targets[name])
        print(f"    {name:5s} {spread(fits, '.1e')}; counts over H W: {by_area}")
    print("  not targeted: " + ", ".join(untargeted(image, results, names)), flush=True)


def over_area(results: list[Annealed], name: str, target: np.ndarray) -> str:
    """Fits with every count divided by H W in place of the number of origins."""
    images = np.concatenate([result.realisations for result in results])
    n_origins = origins(name, images.shape[1:])
    off = (describe(images, [name])[name] - target) * n_origins / n_origins[0]
    return spread(np.nanmean(off**2, axis=1), ".1e")


def untargeted(image: np.ndarray, results: list[Annealed], names: tuple[str, ...]) -> list[str]:
    """Errors of what was not targeted, against the image that the targets are from."""
    images = np.concatenate([result.realisations for result in results])
    others = [name for name in UNTARGETED if name not in names]
    made, real = describe(images, others), describe(image, others)
    said = [
        f"{name} {np.median(np.nanmean((made[name] - real[name]) ** 2, axis=1)):.1e}"
        for name in others
    ]
    numbers = euler_number(images)
    return [
        *said,
        f"Euler number {np.median(numbers):.0f} (target's {euler_number(image[None])[0]})",
    ]


def spread(values, form: str) -> str:
    return f"{np.median(values):{form}} ({np.min(values):{form}}, {np.max(values):{form}})"


def rocks() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Training and held-out tiles of each rock, (n, TILE, TILE), of separate parts of it."""
    folder = Path(os.environ["ROCKREC_TEST_DATA"])
    berea = tifffile.imread(folder / "berea" / "pores_400x400x400.tif")
    sandstone = tifffile.imread(folder / "sandstone_128" / "pores_128x128x128.tif")
    fractures = make_rock("fractures", 20 * TILE, 20 * TILE, seed=1).truth
    return {
        "berea": (cut(berea[:240:10]), cut(berea[300::10])),
        "sandstone": (cut(sandstone[:64]), cut(sandstone[76:])),
        "fractures": (cut(fractures[None, : 9 * TILE]), cut(fractures[None, 10 * TILE :])),
    }


def cut(slices: np.ndarray) -> np.ndarray:
    """Disjoint tiles (n, TILE, TILE) of images (n, H, W), 0/1."""
    n, height, width = slices.shape
    down, right = height // TILE, width // TILE
    whole = slices[:, : down * TILE, : right * TILE].reshape(n, down, TILE, right, TILE)
    return (whole.swapaxes(2, 3).reshape(-1, TILE, TILE) > 0).astype(np.uint8)


def reconstruct_rock(name, train, heldout, options) -> None:
    """Anneal to training tiles, compare with held-out ones, draw the pictures."""
    drawn = np.random.default_rng(0).choice(len(train), min(TILES, len(train)), replace=False)
    tiles, real = train[drawn], describe_set(heldout, 1.0, "unbiased")
    sets, tables = {"train": (tiles, ())}, []
    for method, names, schedule in (("S2", S2_ALONE, PAPER), ("all", ALL, WARM)):
        began = time.perf_counter()
        result = anneal(
            describe(tiles, names),
            tiles.shape[1:],
            tiles.mean(axis=(1, 2)),
            n=len(tiles),
            seed=1,
            moves_per_stage=MOVES_ON_ROCK,
            threads=options.threads,
            **schedule,
        )
        seconds = time.perf_counter() - began
        sets[method] = result.realisations, names
        fits = ", ".join(f"{target} {spread(fit, '.1e')}" for target, fit in result.fits.items())
        print(f"\n{name}, {method}: {len(tiles)} tiles in {seconds:.0f} s; fits {fits}")
    for method, (images, names) in sets.items():
        tables.append(
            compare_sets(
                describe_set(images, 1.0, "unbiased"),
                real,
                against="heldout",
                method=method,
                replicate="1",
                targeted=["phase_fraction", *names],
                seed=1,
                floor_source=real,
            )
        )
    errors = pd.concat(tables, ignore_index=True)
    errors.to_csv(options.out / f"{name}_errors.csv", index=False)
    ratios = errors.pivot(
        index=["quantity", "form", "descriptor"], columns="method", values="ratio"
    )[list(sets)]
    print(f"{name}: error over floor, against {len(heldout)} held-out tiles")
    print(ratios.dropna(how="all").to_string(float_format="%.2f"), flush=True)
    columns = [np.pad(images[:SHOWN], ((0, 0), (4, 4), (4, 4))) for images, _ in sets.values()]
    picture = np.concatenate([np.concatenate(column) for column in columns], axis=1)
    big = np.kron(1 - picture, np.ones((2, 2), np.uint8))
    matplotlib.image.imsave(options.out / f"{name}.png", big, cmap="gray")


if __name__ == "__main__":
    main()
