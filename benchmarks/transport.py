"""How fast and how true transport is measured, and which method conducts like the rock.

    ROCKREC_TEST_DATA=<folder> python benchmarks/transport.py speed
    ROCKREC_TEST_DATA=<folder> python benchmarks/transport.py others
    ROCKREC_TEST_DATA=<folder> python benchmarks/transport.py methods --rocks fractures --seeds 3

``speed``: CPU milliseconds a solution takes, of tiles of 128 and 512 px: of both built-in rocks, of
slices of Berea and of noise; along x, of the phase, of the rest and of both phases.

``others``: on ten random and ten real tiles of 128 px the diffusivity by a direct solver (SciPy's)
and, where it can be imported, by TauFactor (with the time of both); Keller's duality on the real
ones. ``thickness``: local thickness and that of PoreSpy, which takes a disc to end at the
centre of the nearest pixel of the other phase: on pixels split in eight both are nearly one. Both
libraries want an environment of their own.

``methods``: real tiles, annealed (S2; more), quilted, and stacks of other methods (``--stacks
NAME=FILE``): ratio error / floor of each diffusivity and width against held-out tiles, with the
verdict, and the share of tiles that conduct.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import tifffile
from quilting import ROCKS, tiles_of
from scipy import ndimage, sparse
from scipy.sparse.linalg import spsolve

from rockrec.annealing import anneal
from rockrec.comparison import WidthSet
from rockrec.comparison.diffusivity import compare_diffusivities
from rockrec.comparison.widths import compare_widths
from rockrec.descriptors import describe
from rockrec.descriptors.clusters import label_clusters
from rockrec.images import read_stack, spread
from rockrec.plain.seeds import seed_for
from rockrec.quilting import Quilter, patches_for
from rockrec.synthetic import make_rock
from rockrec.transport import (
    effective_diffusivity,
    local_thickness,
    measure_diffusivity,
    measure_widths,
)

CONTRAST = 0.001
MORE = ("S2H", "S2V", "P3H", "P3V", "P4", "L")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=["speed", "others", "thickness", "methods"])
    parser.add_argument(
        "--rocks", nargs="+", choices=ROCKS, default=["pores", "fractures", "berea"]
    )
    parser.add_argument("--methods", nargs="+", default=["real", "quilting", "sa", "sa_more"])
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--realisations", type=int, default=128)
    parser.add_argument("--stacks", nargs="*", default=[], metavar="NAME=FILE")
    options = parser.parse_args()
    if options.part == "speed":
        tell_speed()
    elif options.part == "others":
        tell_others()
    elif options.part == "thickness":
        tell_thickness()
    else:
        for rock in options.rocks:
            tell_methods(rock, options)


def real_images(side: int, n: int) -> Iterator[tuple[str, np.ndarray]]:
    """Tiles of real and drawn rock, in the mosaic's own pixels."""
    for kind in ("pores", "fractures"):
        truth = make_rock(kind, side, side * n, 1).truth == 1
        for number in range(n):
            yield kind, truth[:, number * side : (number + 1) * side].astype(np.uint8)
    if side <= 400:
        path = Path(os.environ["ROCKREC_TEST_DATA"], "berea", "pores_400x400x400.tif")
        for number, tile in enumerate(tifffile.imread(path)[::40]):
            if number < n:
                yield "berea", (tile[:side, :side] > 0).astype(np.uint8)


def random_images(side: int, n: int) -> Iterator[tuple[str, np.ndarray]]:
    """Thresholded Gaussian fields, smooth and rough, about the threshold of percolation."""
    for number in range(n):
        noise = np.random.default_rng(number).normal(size=(side, side))
        sigma, phi = ((0, 0.65), (1, 0.55), (2, 0.55), (4, 0.5), (4, 0.2))[number % 5]
        field = ndimage.gaussian_filter(noise, sigma, mode="wrap") if sigma else noise
        yield f"noise {sigma}, {phi}", (field > np.quantile(field, 1 - phi)).astype(np.uint8)


def media_of(tile: np.ndarray) -> dict[str, np.ndarray]:
    phase = tile.astype(float)
    return {"phase": phase, "rest": 1 - phase, "both": np.maximum(phase, CONTRAST)}


def timed(compute: Callable[[], float]) -> tuple[float, float]:
    """A result and the CPU milliseconds that it took."""
    began = time.process_time()
    return compute(), 1000 * (time.process_time() - began)


def tell_speed() -> None:
    effective_diffusivity(np.ones((8, 8)), "x")  # compiled
    for side in (128, 512):
        lines = []
        for name, tile in (*real_images(side, 2), *random_images(side, 5)):
            for medium, conductivity in media_of(tile).items():
                found, ms = timed(lambda pixels=conductivity: effective_diffusivity(pixels, "x"))
                lines.append((name, medium, found, ms))
            local_thickness(tile)
            lines.append((name, "thickness", 0.0, timed(lambda one=tile: local_thickness(one))[1]))
        table = pd.DataFrame(lines, columns=["image", "medium", "D", "ms"])
        print(f"{side} px: {table['ms'].median():.1f} ms median, {table['ms'].max():.1f} most")
        print(table.to_string(index=False, float_format="%.4g"), flush=True)


def solved_directly(conductivity: np.ndarray) -> float:
    """The same finite volumes along x, all at once."""
    height, width = conductivity.shape
    labels = label_clusters(conductivity > 0)
    crossing = np.intersect1d(labels[:, 0], labels[:, -1])
    kept = np.isin(labels, crossing[crossing > 0])
    if not kept.any():
        return 0.0
    number = np.cumsum(kept).reshape(kept.shape) - 1
    entries = [(number[kept], number[kept], np.zeros(kept.sum()))]
    for before, after in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        both = kept[before] & kept[after]
        one, other = conductivity[before][both], conductivity[after][both]
        g, i, j = 2 * one * other / (one + other), number[before][both], number[after][both]
        entries += [(i, j, -g), (j, i, -g), (i, i, g), (j, j, g)]
    given = np.zeros(kept.sum())
    for column in (0, -1):
        rows = kept[:, column]
        i, g = number[rows, column], 2 * conductivity[rows, column]
        entries.append((i, i, g))
        if column == 0:
            inlet, given[i] = (i, g), g
    rows, columns, values = map(np.concatenate, zip(*entries, strict=True))
    solution = spsolve(sparse.csc_array((values, (rows, columns))), given)
    return float(inlet[1] @ (1 - solution[inlet[0]]) * width / height)


def by_taufactor(tile: np.ndarray) -> float:
    import taufactor

    solver = taufactor.Solver(tile.T[:, :, None].astype(float), device="cpu")
    solver.solve(verbose=False, conv_crit=1e-3, iter_limit=20_000)
    return float(np.squeeze(solver.D_eff))


def tell_others() -> None:
    tiles = [*real_images(128, 4)][:10] + [*random_images(128, 10)]
    for name, tile in tiles:
        for medium, conductivity in media_of(tile).items():
            ours, ms = timed(lambda pixels=conductivity: effective_diffusivity(pixels, "x"))
            direct, ms_direct = timed(lambda pixels=conductivity: solved_directly(pixels))
            told = f"{name}, {medium}: {ours:.5g} in {ms:.1f} ms"
            if ours > 0:
                told += f"; off a direct solver's ({ms_direct:.0f} ms) by {ours / direct - 1:.1e}"
            if medium != "both" and ours > 0 and importable("taufactor"):
                phase = conductivity.astype(np.uint8)
                theirs, ms_theirs = timed(lambda one=phase: by_taufactor(one))
                told += f", off TauFactor's ({ms_theirs:,.0f} ms) by {ours / theirs - 1:.1e}"
            print(told, flush=True)
        ten_fold = np.where(tile, 1.0, 0.1)
        product = effective_diffusivity(ten_fold, "x") * effective_diffusivity(1 / ten_fold, "y")
        print(f"{name}: Keller's product at 1 : 10 is {product:.4f}", flush=True)


def tell_thickness() -> None:
    from porespy.filters import local_thickness as by_porespy

    for name, tile in real_images(128, 1):
        fine = np.kron(tile, np.ones((8, 8))) > 0
        theirs = np.asarray(2 * by_porespy(fine))[4::8, 4::8] / 8
        ours = local_thickness(tile)
        off = (ours - theirs)[tile > 0]
        print(
            f"thickness of {name}: ours {ours[tile > 0].mean():.2f} px, PoreSpy's, in eighths of a "
            f"pixel, {theirs[tile > 0].mean():.2f} px; differ by {np.median(np.abs(off)):.2f} "
            f"(median), {np.quantile(np.abs(off), 0.95):.2f} (95 %)",
            flush=True,
        )


def importable(name: str) -> bool:
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def made_by(method: str, train: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Realisations of a method, of the side of a training tile."""
    side = train.shape[1]
    if method == "real":
        return train
    if method == "quilting":
        quilter = Quilter(train, patches_for(train), seed=seed)
        return np.stack([one.image for one in quilter.quilt((side, side), range(n))])
    chosen = train[np.random.default_rng(seed).permutation(len(train))[:n]]
    targets = ("S2",) if method == "sa" else MORE
    warm = {} if method == "sa" else {"initial_temperature": 1e-4, "cooling": 0.9, "stages": 120}
    curves = describe(chosen, targets)
    return anneal(
        {name: curves[name] for name in targets},
        (side, side),
        chosen.mean(axis=(1, 2)),
        n=len(chosen),
        seed=seed,
        threads=1,
        **warm,
    ).realisations


def tell_methods(rock: str, options: argparse.Namespace) -> None:
    train, heldout = tiles_of(rock, options.side)
    stacks = dict(one.split("=", 1) for one in options.stacks)
    real = measured(heldout)
    lines = []
    for method in (*options.methods, *stacks):
        for seed in range(1, 1 + (1 if method in ("real", *stacks) else options.seeds)):
            seeded = seed_for(seed, rock, method)
            if method in stacks:
                images = read_stack(stacks[method])
            else:
                images = made_by(method, train, options.realisations, seeded)
            lines.append(compared(measured(images), real).assign(method=method, seed=seed))
            told = pd.concat(lines)
            shown = told[told["seed"].eq(seed) & told["method"].eq(method)]
            print(f"{rock}, {options.side} px, {method}, seed {seed}, n = {len(images)}")
            columns = ["descriptor", "conduct", "of real", "mean", "of real tiles"]
            columns += ["ratio", "p", "verdict"]
            print(shown[columns].to_string(index=False, float_format="%.3g"), flush=True)


def measured(images: np.ndarray) -> tuple[pd.DataFrame, WidthSet]:
    images = spread(images, 128)
    return measure_diffusivity(images, CONTRAST), WidthSet(
        measure_widths(images, 1000), len(images)
    )


def compared(made, real) -> pd.DataFrame:
    """Lines of errors in units of a pixel, with the means and the shares that conduct."""
    common = {
        "against": "heldout",
        "method": "",
        "replicate": "",
        "boundary": "unbiased",
        "seed": 1,
    }
    table = compare_diffusivities(made[0], real[0], floor_source=real[0], **common)
    table = pd.concat([table, compare_widths(made[1], real[1], floor_source=real[1], **common)])
    for column, share, one in (("mean", "conduct", made), ("of real tiles", "of real", real)):
        widths = one[1].widths
        means = {
            name: np.average(group["width_px"], weights=group["weight"])
            for name, group in widths.groupby("quantity")
        }
        means |= one[0].drop(columns="tile").mean().to_dict()
        table[column] = table["descriptor"].map(means)
        table[share] = table["descriptor"].map((one[0] > 0).mean())
    return table


if __name__ == "__main__":
    main()
