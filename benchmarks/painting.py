"""What painting where a forest doubts gains over painting anywhere, with as many strokes.

A simulated painter paints some fields at random, and a forest is fitted to them. Then she paints as
many more in the fields that it proposes, in the order of its doubt, or in others at random; all her
strokes teach a new one. Scored on all pixels of a built-in rock, or of a BSE mosaic of sandstone,
whose labels come from a watershed.

    ROCKREC_TEST_DATA=<folder> python benchmarks/painting.py --seeds 1 2 3
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tifffile

from rockrec.denoise import denoise
from rockrec.plain.records.forest import ForestSettings
from rockrec.segmentation.confidence import Confidence
from rockrec.segmentation.fields import labelled_fields
from rockrec.segmentation.forests.features import HALO
from rockrec.segmentation.forests.inference import forest_bands
from rockrec.segmentation.forests.model import Forest
from rockrec.segmentation.forests.training import train_forest
from rockrec.segmentation.paint_next import SIDE, doubtful_fields
from rockrec.segmentation.scores import class_ious, confusion
from rockrec.synthetic import make_rock
from rockrec.synthetic.painter import MARGIN, paint

DENOISING = {"kernel": "exact", "radius": 4, "sigma_space": 2.0, "sigma_gray": 30.0}
Places = Sequence[tuple[int, int]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", nargs="+", default=["pores", "fractures", "sandstone"])
    parser.add_argument("--first", type=int, default=2, help="fields painted at the beginning")
    parser.add_argument("--more", type=int, default=4, help="fields painted then")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--side", type=int, default=2048, help="of a built-in rock, px")
    options = parser.parse_args()
    for scene in options.scenes:
        gains = [gained(scene, seed, options) for seed in options.seeds]
        print(f"{scene}: IoU of the phase at first, then (proposed, at random)")
        for seed, (first, proposed, random) in zip(options.seeds, gains, strict=True):
            print(f"  seed {seed}: {first:.4f}, {proposed - first:+.4f}, {random - first:+.4f}")
        medians = (
            np.median(np.diff(gains, axis=1)[:, 0]),
            np.median([random - first for first, _, random in gains]),
        )
        print(f"  medians of the gains: {medians[0]:+.4f}, {medians[1]:+.4f}", flush=True)


def gained(scene: str, seed: int, options: argparse.Namespace) -> tuple[float, float, float]:
    """IoU of the phase after the first fields, and after more: proposed ones, or others."""
    gray, truth = scene_of(scene, seed, options.side)
    rng = np.random.default_rng(seed)
    first = at_random(gray.shape, options.first, [], rng)
    iou, proposed = taught(gray, truth, first, seed)
    chosen = [place for place in proposed if apart(place, first)][: options.more]
    others = at_random(gray.shape, len(chosen), first, rng)
    return iou, *(taught(gray, truth, [*first, *more], seed)[0] for more in (chosen, others))


def scene_of(scene: str, seed: int, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Denoised gray, and where the phase is (uint8)."""
    if scene == "sandstone":
        folder = Path(os.environ["ROCKREC_TEST_DATA"], "sandstone_bse")
        gray, truth = (tifffile.imread(folder / f"{name}.tif") for name in ("mosaic", "pores"))
    else:
        rock = make_rock(scene, side, side, seed)
        gray, truth = rock.gray, rock.truth
    return denoise(gray, **DENOISING), (truth == 1).astype(np.uint8)


def at_random(shape, number: int, taken: Places, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Corners of fields that overlap neither one another nor others."""
    found = []
    while len(found) < number:
        place = tuple(int(rng.integers(0, side - SIDE + 1)) for side in shape)
        if apart(place, [*taken, *found]):
            found.append(place)
    return found


def apart(place: tuple[int, int], others: Places) -> bool:
    return all(max(abs(a - b) for a, b in zip(place, one, strict=True)) >= SIDE for one in others)


def taught(gray, truth, places: Places, seed: int) -> tuple[float, list[tuple[int, int]]]:
    """IoU of the phase by a forest of the strokes in some fields, and which it proposes next."""
    forest, confidence = fitted(gray, painted(truth, places, seed), seed), Confidence()
    found = np.concatenate(list(forest_bands(forest, gray, confidence=confidence)))
    fields = doubtful_fields(confidence.image, confidence.told(gray.shape)["cell_px"], gray.shape)
    iou = class_ious(confusion(2 - truth, found, (1, 2)))[0]
    return float(iou), [(field["row"], field["column"]) for field in fields]


def painted(truth, places: Places, seed: int) -> np.ndarray:
    """Labels of the strokes that a simulated painter draws in some fields."""
    labels, around = np.zeros(truth.shape, np.uint8), np.pad(truth, MARGIN, mode="reflect")
    for row, column in places:
        field = around[row : row + SIDE + 2 * MARGIN, column : column + SIDE + 2 * MARGIN]
        random = np.random.default_rng([seed, row, column])
        labels[row : row + SIDE, column : column + SIDE] = paint(field, random)
    return labels


def fitted(gray, labels, seed: int) -> Forest:
    return train_forest(
        labelled_fields(gray, labels, HALO),
        classes={1: "phase", 2: "rest"},
        gray_range=np.percentile(gray, (0.5, 99.5)),
        settings=ForestSettings(),
        seed=seed,
    ).forest


if __name__ == "__main__":
    main()
