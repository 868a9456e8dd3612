"""How often diagnoses raise a false alarm on real rock, and the weakest fault that they find.

    python benchmarks/diagnosis.py alarms       # sets of real tiles against other real tiles
    python benchmarks/diagnosis.py faults       # sets of real tiles that were given a fault
    python benchmarks/diagnosis.py classifier   # real against real, and against annealed tiles

Synthetic rocks and thresholded Gaussian fields; with ROCKREC_TEST_DATA=<folder> real rocks too.
`--rocks` chooses some of them by name. Sets of 64 tiles stand against 128 training tiles (or
what a rock has), and 64 held-out ones, all drawn at random from the rock; `apart` draws them
from separate ends of it. A false alarm is counted for the family: in any of the diagnoses.
"""

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tifffile
from scipy.ndimage import gaussian_filter

from rockrec.annealing import anneal
from rockrec.descriptors import describe
from rockrec.diagnosis import TURNS, fit_checks
from rockrec.diagnosis.classifier import classifier_accuracy
from rockrec.images import in_pieces
from rockrec.plain.records.diagnoses import DIAGNOSES
from rockrec.plain.records.verdicts import FOUND
from rockrec.synthetic import make_rock

N = 64  # tiles in a set
N_TRAIN = 128
REFERENCES = 5  # pairs of training and held-out sets that faults are sought against
TURNED = ("identity", "mirror_turn_90")  # how copies are sought


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=["alarms", "faults", "classifier"])
    parser.add_argument("--rocks", nargs="+", help="names, by default all that are there")
    parser.add_argument("--faults", nargs="+", help="beginnings of names, by default all")
    parser.add_argument("--sets", type=int, default=40, help="per rock (alarms) or strength")
    options = parser.parse_args()
    rocks = {name: rock for name, rock in ROCKS.items() if name in (options.rocks or ROCKS)}
    if not os.environ.get("ROCKREC_TEST_DATA"):
        rocks = {name: rock for name, rock in rocks.items() if not name.startswith("real")}
    if options.part == "alarms":
        count_alarms(rocks, options.sets)
    elif options.part == "faults":
        find_weakest(rocks, options.faults, options.sets)
    else:
        score_classifier(rocks, options.sets)


# --- rocks ----------------------------------------------------------------------------------


class Drawn(NamedTuple):
    """Real tiles without overlap, and more of the same rock to choose faulty sets from."""

    generated: np.ndarray
    train: np.ndarray
    heldout: np.ndarray
    others: np.ndarray


def synthetic(kind: str, size: int):
    side = 1024 + 12 * size
    return lambda seed: in_pieces(make_rock(kind, side, side, seed).truth[None], size)


def gaussian(scale: float, phase_fraction: float):
    def tiles(seed: int) -> np.ndarray:
        noise = np.random.default_rng(seed).standard_normal((1792, 1792), np.float32)
        smooth = gaussian_filter(noise, scale, mode="wrap")
        return in_pieces((smooth > np.quantile(smooth, 1 - phase_fraction))[None], 64)

    return tiles


def slices(path: str, step: int, size: int, axis: int = 0):
    """Every `step`th slice of a volume, or the one image that a file holds."""

    def tiles(seed: int) -> np.ndarray:
        volume = tifffile.imread(Path(os.environ["ROCKREC_TEST_DATA"]) / path)
        volume = volume if volume.ndim == 3 else volume[None]
        return in_pieces(np.moveaxis(volume, axis, 0)[::step] > 0, size)

    return tiles


BEREA = "berea/pores_400x400x400.tif"
ROCKS = {
    "pores": synthetic("pores", 64),
    "fractures": synthetic("fractures", 64),
    "pores 128": synthetic("pores", 128),
    "fractures 128": synthetic("fractures", 128),
    "gaussian fine": gaussian(1.5, 0.2),
    "gaussian": gaussian(3, 0.35),
    "gaussian coarse": gaussian(6, 0.5),
    "real berea z": slices(BEREA, 25, 64, 0),
    "real berea y": slices(BEREA, 25, 64, 1),
    "real berea x": slices(BEREA, 25, 64, 2),
    "real berea 128": slices(BEREA, 16, 128, 0),
    "real sandstone": slices("sandstone_128/pores_128x128x128.tif", 8, 32),
    "real xct": slices("smd_reference/sandstone_xct.tif", 1, 32),
    "real salt a": slices("smd_reference/salt_a.tif", 1, 32),
    "real salt b": slices("smd_reference/salt_b.tif", 1, 32),
}


def draw(tiles: np.ndarray, rng: np.random.Generator | None) -> Drawn:
    """Part tiles into disjoint sets, at random, or (without `rng`) from one end to the other."""
    tiles = tiles.astype(np.uint8)
    n_train = min(N_TRAIN, len(tiles) - 2 * N)
    if rng is None:
        return Drawn(tiles[-N:], tiles[:n_train], tiles[n_train : n_train + N], tiles[-N:])
    tiles = tiles[rng.permutation(len(tiles))]
    generated, train, heldout, others = np.split(tiles, [N, N + n_train, 2 * N + n_train])
    return Drawn(generated, train, heldout, others)


# --- false alarms ---------------------------------------------------------------------------


def count_alarms(rocks: dict, sets: int) -> None:
    total, alarms = 0, dict.fromkeys((*DIAGNOSES, "family"), 0)
    for name, make in rocks.items():
        began, found_here = time.perf_counter(), dict.fromkeys(alarms, 0)
        for seed in range(sets):
            if seed % 4 == 0:
                tiles = make(seed)
            found = diagnosed(draw(tiles, np.random.default_rng(seed)), seed)
            for diagnosis in (*found, *(["family"] if found else [])):
                found_here[diagnosis] += 1
        total += sets
        for diagnosis, count in found_here.items():
            alarms[diagnosis] += count
        print(
            f"{name:16s} {sets} sets, {time.perf_counter() - began:.0f} s: {counts(found_here)}; "
            f"apart: {', '.join(diagnosed(draw(tiles, None), 0)) or 'none'}",
            flush=True,
        )
    print(f"false alarms in {total} real sets: {counts(alarms)}")
    print(f"of the family: {alarms['family'] / total:.3f}")


def diagnosed(drawn: Drawn, seed: int) -> list[str]:
    checks = fit_checks(
        drawn.train, drawn.heldout, N, seed=seed, turns=TURNED, originals=drawn.train
    )
    return [name for name, check in checks.items() if check(drawn.generated).verdict == FOUND]


def counts(found: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found.items() if count) or "none"


# --- faults ---------------------------------------------------------------------------------


def flipped(tiles: np.ndarray, probability: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return tiles ^ (rng.random(tiles.shape) < probability).astype(np.uint8)


def repeat_motif(drawn: Drawn, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the tiles repeats a third of itself three times, along rows."""
    tiles = drawn.generated.copy()
    chosen = rng.random(N) < share
    period = tiles.shape[1] // 3
    columns = np.arange(tiles.shape[1]) % period
    tiles[chosen] = tiles[chosen][:, :, columns]
    return tiles


def add_stripes(drawn: Drawn, amplitude: float, rng: np.random.Generator) -> np.ndarray:
    """Diagonal stripes of period 10 px, anywhere: pixels lean to their sign by the amplitude."""
    tiles = drawn.generated
    rows, columns = np.indices(tiles.shape[1:])
    phase = rng.uniform(0, 2 * np.pi, (N, 1, 1))
    wave = np.cos(2 * np.pi * (rows + columns) / 10 + phase)
    return lean(tiles, amplitude * wave, rng)


def lean(tiles: np.ndarray, towards: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Set zeros with the probability `towards`, clear ones with its negative."""
    return flipped(tiles, np.where(tiles == 1, -towards, towards), rng)


def checkerboard(period: int, locked: bool):
    def fault(drawn: Drawn, amplitude: float, rng: np.random.Generator) -> np.ndarray:
        tiles = drawn.generated
        rows, columns = np.indices(tiles.shape[1:])
        offset = np.zeros((2, N, 1, 1), int) if locked else rng.integers(period, size=(2, N, 1, 1))
        half = period // 2
        board = ((rows + offset[0]) // half + (columns + offset[1]) // half) % 2
        return lean(tiles, amplitude * (2 * board - 1), rng)

    return fault


def thicken_border(drawn: Drawn, ratio: float, rng: np.random.Generator) -> np.ndarray:
    """Within 2 px of the border the phase fraction is `ratio` times what it is inside."""
    tiles = drawn.generated
    phi = tiles.mean()
    border = np.ones(tiles.shape[1:])
    border[2:-2, 2:-2] = 0
    return lean(tiles, (ratio - 1) * phi / (1 - phi) * border, rng)


def copy_training(drawn: Drawn, overlap: float, rng: np.random.Generator, noise=0.02) -> np.ndarray:
    """One tile shows a share of a training tile, shifted and turned; 2 % of pixels differ."""
    tiles, size = drawn.generated.copy(), drawn.train.shape[1]
    shift = round(size * (1 - np.sqrt(overlap)))
    copied = drawn.train[rng.integers(len(drawn.train))]
    copied = TURNS[rng.choice(TURNED)](copied)
    tiles[0, shift:, shift:] = copied[: size - shift, : size - shift]
    tiles[:1] = flipped(tiles[:1], noise, rng)
    return tiles


def copy_training_loosely(drawn: Drawn, noise: float, rng: np.random.Generator) -> np.ndarray:
    """One tile is a turned training tile of which a share of pixels is flipped."""
    return copy_training(drawn, 1.0, rng, noise)


def repeat_tiles(drawn: Drawn, copies: float, rng: np.random.Generator) -> np.ndarray:
    """Some tiles are copies of others, shifted by a tenth of the side; 2 % of pixels differ."""
    tiles, k = drawn.generated.copy(), int(copies)
    shift = tiles.shape[1] // 10
    tiles[:k, shift:] = tiles[k : 2 * k, :-shift]
    tiles[:k] = flipped(tiles[:k], 0.02, rng)
    return tiles


def few_modes(drawn: Drawn, modes: float, rng: np.random.Generator) -> np.ndarray:
    """All are some few tiles, rolled anywhere, half of them turned by 180 degrees, with noise."""
    tiles = drawn.generated[rng.integers(int(modes), size=N)]
    turned = rng.random(N) < 0.5
    tiles[turned] = TURNS["turn_180"](tiles[turned])
    shifts = rng.integers(tiles.shape[1], size=(N, 2))
    rolled = [np.roll(tile, shift, (0, 1)) for tile, shift in zip(tiles, shifts, strict=True)]
    return flipped(np.stack(rolled), 0.02, rng)


def narrow(drawn: Drawn, share: float, rng: np.random.Generator) -> np.ndarray:
    """Only tiles whose S2 is among a share nearest to the mean curve."""
    curves = s2_of(drawn.others)
    distance = np.linalg.norm((curves - curves.mean(axis=0)) / curves.std(axis=0), axis=1)
    kept = np.argsort(distance)[: max(round(share * len(distance)), N)]
    return drawn.others[rng.choice(kept, N, replace=False)]


def s2_of(tiles: np.ndarray) -> np.ndarray:
    return describe(tiles, ["S2"])["S2"]


# Name: what makes it, the diagnoses that are to find it, its strengths from weak to strong.
FAULTS = {
    "motif repeated in a share of tiles": (
        repeat_motif,
        ["repeated_pattern"],
        [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0],
    ),
    "stripes of period 10, amplitude": (
        add_stripes,
        ["repeated_pattern"],
        [0.02, 0.04, 0.06, 0.1, 0.15, 0.2],
    ),
    **{
        f"checkerboard {period}, amplitude": (
            checkerboard(period, locked=True),
            ["checkerboard_phase", "checkerboard_power"],
            [0.0025, 0.005, 0.01, 0.02, 0.04, 0.08],
        )
        for period in (2, 4, 8, 16)
    },
    **{
        f"moving checkerboard {period}, amplitude": (
            checkerboard(period, locked=False),
            ["checkerboard_power"],
            [0.01, 0.02, 0.04, 0.08, 0.16],
        )
        for period in (4, 8, 16)
    },
    "edge ratio": (
        thicken_border,
        ["edge_excess"],
        [1.02, 1.05, 1.1, 1.2, 1.3, 1.5, 2.0],
    ),
    "training tile copied, overlap": (
        copy_training,
        ["memorised_tiles"],
        [0.5, 0.6, 0.75, 0.9],
    ),
    "training tile copied, pixels flipped": (
        copy_training_loosely,
        ["memorised_tiles"],
        [0.3, 0.2, 0.1, 0.05],
    ),
    "tiles repeated": (repeat_tiles, ["repeated_tiles"], [1, 2, 4]),
    "modes": (few_modes, ["low_spread", "similar_curves"], [32, 16, 8, 4, 2, 1]),
    "spread, share of tiles kept": (
        narrow,
        ["low_spread"],
        [0.95, 0.9, 0.8, 0.7, 0.5, 0.3],
    ),
}


def find_weakest(rocks: dict, chosen: list[str] | None, sets: int) -> None:
    for rock, make in rocks.items():
        references = [draw(make(seed), np.random.default_rng(seed)) for seed in range(REFERENCES)]
        for fault, (spoil, diagnoses, strengths) in FAULTS.items():
            if chosen and not fault.startswith(tuple(chosen)):
                continue
            if spoil is narrow and len(references[0].others) < 4 * N:
                continue
            began = time.perf_counter()
            rates = rates_of(references, spoil, diagnoses, strengths, sets)
            weakest = next((s for i, s in enumerate(strengths) if min(rates[i:]) >= 0.95), None)
            listed = ", ".join(
                f"{s:g}: {rate:.2f}" for s, rate in zip(strengths, rates, strict=True)
            )
            print(
                f"{rock:16s} {fault:38s} weakest found in 95 %: {weakest}   ({listed}; "
                f"{time.perf_counter() - began:.0f} s)",
                flush=True,
            )


def rates_of(references: list[Drawn], spoil, diagnoses, strengths, sets: int) -> list[float]:
    """Share of the faulty sets in which any of the diagnoses finds a fault, by strength."""
    found = np.zeros(len(strengths))
    for seed, drawn in enumerate(references):
        checks = fit_checks(
            drawn.train, drawn.heldout, N,
            seed=seed, turns=TURNED, originals=drawn.train, names=diagnoses,
        )  # fmt: skip
        for fresh, rng in fresh_sets(drawn, sets // len(references), seed):
            for i, strength in enumerate(strengths):
                faulty = spoil(fresh, strength, rng)
                found[i] += any(check(faulty).verdict == FOUND for check in checks.values())
    return list(found / (sets // len(references) * len(references)))


def fresh_sets(drawn: Drawn, sets: int, seed: int) -> Iterator[tuple[Drawn, np.random.Generator]]:
    """Sets of tiles that are neither training nor held-out ones."""
    rng = np.random.default_rng([seed, 1])
    pool = np.concatenate([drawn.generated, drawn.others])
    for _ in range(sets):
        yield drawn._replace(generated=pool[rng.choice(len(pool), N, replace=False)]), rng


# --- classifier -----------------------------------------------------------------------------


def score_classifier(rocks: dict, sets: int) -> None:
    """Print the accuracy on real against real, and on real against tiles annealed to S2."""
    for name, make in rocks.items():
        began, same, chance = time.perf_counter(), [], 0
        for seed in range(sets):
            drawn = draw(make(seed // 4), np.random.default_rng(seed))
            real = classifier_accuracy(drawn.train, drawn.others[:N_TRAIN], seed)
            same.append(real.accuracy)
            chance += real.low <= 0.5 <= real.high
        seconds = (time.perf_counter() - began) / sets
        models = np.concatenate([drawn.generated, drawn.heldout])
        annealed = anneal(
            {"S2": s2_of(models)}, models.shape[1:], models.mean(axis=(1, 2)),
            n=len(models), seed=1, threads=1,
        )  # fmt: skip
        found = classifier_accuracy(drawn.train, annealed.realisations, 1)
        print(
            f"{name:16s} real against real: mean {np.mean(same):.3f}, {min(same):.3f} to "
            f"{max(same):.3f}, interval holds 0.5 in {chance} of {sets}, {seconds:.1f} s each; "
            f"annealed to S2: {found.accuracy:.3f} ({found.low:.3f} to {found.high:.3f}, "
            f"n = {found.n})",
            flush=True,
        )


if __name__ == "__main__":
    main()
