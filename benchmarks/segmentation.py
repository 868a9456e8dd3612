"""How well a U-Net segments real images that it never saw, with how many labels.

``ebc``: scanning electron micrographs of environmental barrier coatings, labelled throughout
(1 background, 2 oxide, 3 crack), segmented at half their resolution. Settings are chosen with
``--choose``: 12 of the 16 training images are learnt from, 2 choose the epoch and 2 test it.
Without it 14 are learnt from, and the 3 images of ``val`` are scored, which no choice may use.

``sandstone``: a BSE mosaic of sandstone (1 pore, 2 grain), of whose columns left of 1200 a few
pixels are labelled, in patches of 16 px at random; scored on all columns from 1200 on. Its labels
come from a watershed, so they tell how well that is imitated.

    ROCKREC_TEST_DATA=<folder> python benchmarks/segmentation.py ebc --choose \\
        --settings '{"crop": 256, "batch": 4, "epochs": 4}'
    ROCKREC_TEST_DATA=<folder> python benchmarks/segmentation.py sandstone --labelled 0.01 0.05
"""

import argparse
import json
import logging
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import tifffile

from rockrec.denoise import denoise
from rockrec.segmentation import Field, UNet, UNetSettings, labelled_fields, segment, train_unet
from rockrec.segmentation.scores import boundary_counts, confusion, score_rows

DENOISING = {"kernel": "exact", "radius": 4, "sigma_space": 2.0, "sigma_gray": 30.0}
PERCENTILES = (0.5, 99.5)
# Of several specimens, each seen in other images or, as in `val`, in hardly any.
CHOOSING = (
    "040617_3_S0410028",
    "010417_4_S2480023",
    "050317_3_S0440027",
    "070516_3_S2470007",
)
LABELLED_COLUMNS = 1200  # of the sandstone
PATCH = 16  # px
COLUMNS = ["part", "class", "iou", "precision", "recall", "boundary_f1", "fraction_labelled",
           "fraction_predicted"]  # fmt: skip


def main() -> None:
    options = read_options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    began = time.monotonic()
    data = Path(os.environ["ROCKREC_TEST_DATA"])
    if options.data == "ebc":
        print(table(ebc(data / "ebc_sem", options)))
    else:
        for share in options.labelled:
            print(
                f"{share:.0%} labelled\n{table(sandstone(data / 'sandstone_bse', share, options))}"
            )
    print(f"{options.settings}, seed {options.seed}, {time.monotonic() - began:.0f} s")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--settings", type=json.loads, default={}, help="of the U-Net, JSON")
    shared.add_argument("--seed", type=int, default=1)
    shared.add_argument("--device", default="cpu")
    data = parser.add_subparsers(dest="data", required=True)
    ebc_parser = data.add_parser("ebc", parents=[shared])
    ebc_parser.add_argument("--choose", action="store_true", help="leave `val` alone")
    sandstone_parser = data.add_parser("sandstone", parents=[shared])
    sandstone_parser.add_argument("--labelled", type=float, nargs="+", default=[0.01, 0.05, 0.25])
    return parser.parse_args()


def ebc(folder: Path, options: argparse.Namespace) -> list[dict]:
    """Scores on the choosing images, at half their resolution; or on `val`, at full resolution."""
    chosen = [folder / "train" / f"{name}.image.tif" for name in CHOOSING]
    learnt = sorted(set((folder / "train").glob("*.image.tif")) - set(chosen))
    images, labels = zip(*map(ebc_pair, learnt + chosen), strict=True)
    mosaic = np.concatenate(images, axis=1)  # fields side by side: no crop sees two of them
    columns = np.cumsum([0, *(image.shape[1] for image in images)])
    fields = [
        Field(mosaic, 0, column, one[::2, ::2])
        for column, one in zip(columns[:-1].tolist(), labels, strict=True)
    ]
    share = (2 if options.choose else 1) / len(fields)
    settings = UNetSettings(
        **{"validation_fraction": share, "test_fraction": share, **options.settings}
    )
    trained = train_unet(
        fields,
        mosaic.shape,
        classes={1: "background", 2: "oxide", 3: "crack"},
        gray_range=(-1.0, 1.0),
        settings=settings,
        seed=options.seed,
        device=options.device,
    )
    if options.choose:
        return trained.scores
    pairs = []
    for path in sorted((folder / "val").glob("*.image.tif")):
        gray, labels = ebc_pair(path)
        halved = predict(trained.unet, gray)
        pairs.append((labels, halved.repeat(2, axis=0).repeat(2, axis=1)))
    return rows("val", pairs, trained.unet.classes)


def ebc_pair(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Gray at half resolution, on its own scale, and labels at full resolution.

    Halved, because the oxide is told from the substrate by what lies around it.
    """
    gray = stretched(denoise(tifffile.imread(path), **DENOISING))
    height, width = gray.shape
    halved = gray.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
    labels = tifffile.imread(str(path).replace(".image.", ".labels.")) + np.uint8(1)
    return halved, labels


def sandstone(folder: Path, share: float, options: argparse.Namespace) -> list[dict]:
    """Scores on the columns without labels when a share of the others' pixels is labelled."""
    mosaic = denoise(tifffile.imread(folder / "mosaic.tif"), **DENOISING)
    truth = np.where(tifffile.imread(folder / "pores.tif") == 1, 1, 2).astype(np.uint8)
    labels = np.where(patches(truth.shape, share, options.seed), truth, 0).astype(np.uint8)
    shares = {"validation_fraction": 0.2, "test_fraction": 0.1}
    unet = train_unet(
        labelled_fields(mosaic, labels),
        mosaic.shape,
        classes={1: "pore", 2: "grain"},
        gray_range=np.percentile(mosaic, PERCENTILES),
        settings=UNetSettings(**shares, **options.settings),
        seed=options.seed,
        device=options.device,
    ).unet
    unseen = (slice(None), slice(LABELLED_COLUMNS, None))
    predicted = predict(unet, mosaic[unseen])
    return rows("unseen", [(truth[unseen], predicted)], unet.classes)


def predict(unet: UNet, gray: np.ndarray) -> np.ndarray:
    """Segment as the scores of the training do."""
    crop, precision = unet.settings.crop, unet.settings.precision
    return segment(unet, gray, window=2 * crop, overlap=crop // 2, precision=precision)


def rows(part: str, pairs: list[tuple[np.ndarray, np.ndarray]], classes: tuple) -> list[dict]:
    """Scores of all images (truth, predicted) together."""
    counts = sum(confusion(*pair, classes) for pair in pairs)
    boundaries = sum(boundary_counts(*pair, classes) for pair in pairs)
    return score_rows(part, "trained", counts, boundaries, classes, {})


def patches(shape: tuple[int, int], share: float, seed: int) -> np.ndarray:
    """Choose squares at random that make up a share of the columns to label."""
    down, right = shape[0] // PATCH, LABELLED_COLUMNS // PATCH
    chosen = np.zeros(down * right, bool)
    n = round(share * shape[0] * LABELLED_COLUMNS / PATCH**2)
    chosen[np.random.default_rng(seed).choice(len(chosen), n, replace=False)] = True
    mask = np.zeros(shape, bool)
    grid = chosen.reshape(down, right).repeat(PATCH, axis=0).repeat(PATCH, axis=1)
    mask[: grid.shape[0], : grid.shape[1]] = grid
    return mask


def stretched(gray: np.ndarray) -> np.ndarray:
    """Map each image's own contrast range to -1 to 1: the images are of several sessions."""
    low, high = np.percentile(gray, PERCENTILES)
    return ((gray - low) * (2 / (high - low)) - 1).astype(np.float32)


def table(scores: list[dict]) -> str:
    return pd.DataFrame(scores)[COLUMNS].to_string(index=False, float_format="%.4f")


if __name__ == "__main__":
    main()
