"""How well a U-Net or a forest segments images that it never saw, with how many labels.

``ebc``: scanning electron micrographs of environmental barrier coatings, labelled throughout
(1 background, 2 oxide, 3 crack), segmented at half their resolution. Settings are chosen with
``--choose``: 12 of the 16 training images are learnt from, and 4 are scored. Without it all 16 are
learnt from, and the 3 images of ``val`` are scored, which no choice may use.
The kind ``reference`` is what users have elsewhere: a random forest of 100 trees (scikit-learn) on
20 classical features (scikit-image; intensity, edges and Hessian eigenvalues at σ = 1 to 16 px).

``sandstone``: a BSE mosaic of sandstone (1 pore, 2 grain), of whose columns left of 1200 a few
pixels are labelled, in patches of 16 px at random; scored on all columns from 1200 on. Its labels
come from a watershed, so they tell how well that is imitated.

``rock``: the built-in rocks, with all the fields of strokes that are painted on them or a share of
these; scored on all pixels.

    ROCKREC_TEST_DATA=<folder> python benchmarks/segmentation.py ebc --choose \\
        --settings '{"crop": 256, "batch": 4, "epochs": 4}'
    ROCKREC_TEST_DATA=<folder> python benchmarks/segmentation.py sandstone --labelled 0.01 0.05
    python benchmarks/segmentation.py rock --kind forest --seeds 1 2 3
"""

import argparse
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import tifffile
from skimage.feature import multiscale_basic_features
from sklearn.ensemble import RandomForestClassifier

from rockrec.denoise import denoise
from rockrec.plain.records.forest import ForestSettings
from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation.fields import Field, extent, labelled_fields
from rockrec.segmentation.forests.inference import forest_bands
from rockrec.segmentation.forests.training import train_forest
from rockrec.segmentation.forests.trees import trees_of
from rockrec.segmentation.inference import segment
from rockrec.segmentation.model import UNet
from rockrec.segmentation.scores import boundary_counts, confusion, score_rows
from rockrec.segmentation.training import train_unet
from rockrec.synthetic import make_rock
from rockrec.synthetic.painter import FIELD
from rockrec.synthetic.painter import fields as fields_painted

DENOISING = {"kernel": "exact", "radius": 4, "sigma_space": 2.0, "sigma_gray": 30.0}
PERCENTILES = (0.5, 99.5)
# Of several specimens, each seen in other images or, as in `val`, in hardly any.
CHOOSING = (
    "040617_3_S0410028",
    "010417_4_S2480023",
    "050317_3_S0440027",
    "070516_3_S2470007",
)
EBC = {1: "background", 2: "oxide", 3: "crack"}
LABELLED_COLUMNS = 1200  # of the sandstone
PATCH = 16  # px
MOST = 200_000  # labelled pixels that the reference learns from, at random
COLUMNS = ["part", "class", "iou", "precision", "recall", "boundary_f1", "fraction_labelled",
           "fraction_predicted", "seconds"]  # fmt: skip


def main() -> None:
    options = read_options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    scenes = {"ebc": ebc_scenes, "sandstone": sandstone_scenes, "rock": rock_scenes}
    for scene, scores_of in scenes[options.data](options):
        found = []
        for seed in options.seeds:
            began = time.monotonic()
            found += [row | {"seconds": time.monotonic() - began} for row in scores_of(seed)]
        print(f"{scene}, {options.kind}\n{table(found)}", flush=True)
    print(f"medians of the seeds {options.seeds}, settings {options.settings}")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--kind", choices=("unet", "forest", "reference"), default="unet")
    shared.add_argument("--settings", type=json.loads, default={}, help="of the kind, JSON")
    shared.add_argument("--seeds", type=int, nargs="+", default=[1])
    shared.add_argument("--device", default="cpu")
    data = parser.add_subparsers(dest="data", required=True)
    ebc_parser = data.add_parser("ebc", parents=[shared])
    ebc_parser.add_argument("--choose", action="store_true", help="leave `val` alone")
    sandstone_parser = data.add_parser("sandstone", parents=[shared])
    sandstone_parser.add_argument("--labelled", type=float, nargs="+", default=[0.01, 0.05, 0.25])
    rock_parser = data.add_parser("rock", parents=[shared])
    rock_parser.add_argument("--strokes", type=float, nargs="+", default=[1, 0.1])
    rock_parser.add_argument("--side", type=int, default=2048, help="px")
    return parser.parse_args()


def ebc_scenes(options: argparse.Namespace) -> Iterator[tuple]:
    yield "ebc", lambda seed: ebc(data_folder() / "ebc_sem", seed, options)


def sandstone_scenes(options: argparse.Namespace) -> Iterator[tuple]:
    for share in options.labelled:
        yield (
            f"sandstone, {share:.1%} labelled",
            partial(sandstone, data_folder() / "sandstone_bse", share, options=options),
        )


def rock_scenes(options: argparse.Namespace) -> Iterator[tuple]:
    for kind in ("pores", "fractures"):
        for share in options.strokes:
            yield f"{kind}, {share:.0%} of the strokes", partial(rock, kind, share, options=options)


def data_folder() -> Path:
    return Path(os.environ["ROCKREC_TEST_DATA"])


def taught(
    fields: Sequence[Field],
    names: dict[int, str],
    gray_range: tuple[float, float],
    seed: int,
    options: argparse.Namespace,
) -> tuple[Callable, list[dict]]:
    """Return what segments an image, taught by some fields, and the scores of the training."""
    given = {"classes": names, "gray_range": gray_range, "seed": seed}
    if options.kind == "forest":
        made = train_forest(fields, settings=ForestSettings(**options.settings), **given)
        return lambda gray: np.concatenate(list(forest_bands(made.forest, gray))), made.scores
    if options.kind == "reference":
        return reference(fields, seed), []
    settings = UNetSettings(**options.settings)
    made = train_unet(fields, settings=settings, device=options.device, **given)
    return partial(predict, made.unet), made.scores


def reference(fields: Sequence[Field], seed: int) -> Callable:
    """Return what segments an image with a random forest, fitted to the fields' labels."""
    features, classes = [], []
    for field in fields:
        labelled = field.labels > 0
        features.append(classical(field.gray)[labelled])
        classes.append(field.labels[labelled])
    features, classes = np.concatenate(features), np.concatenate(classes)
    if len(classes) > MOST:
        kept = np.random.default_rng(seed).choice(len(classes), MOST, replace=False)
        features, classes = features[kept], classes[kept]
    model = RandomForestClassifier(100, random_state=seed).fit(features, classes)
    trees = trees_of(model.estimators_, len(model.classes_), np.arange(len(model.classes_)))

    def segmented(gray: np.ndarray) -> np.ndarray:
        columns = np.ascontiguousarray(classical(gray).reshape(-1, features.shape[1]).T)
        return model.classes_[trees.votes(columns).argmax(axis=0)].reshape(gray.shape)

    return segmented


def classical(gray: np.ndarray) -> np.ndarray:
    """(rows, columns, 20) float32."""
    return multiscale_basic_features(gray.astype(np.float32), sigma_min=1, sigma_max=16, workers=1)


def ebc(folder: Path, seed: int, options: argparse.Namespace) -> list[dict]:
    """Scores on the choosing images, at half their resolution; or on `val`, at full resolution."""
    chosen = [folder / "train" / f"{name}.image.tif" for name in CHOOSING]
    learnt = sorted(set((folder / "train").glob("*.image.tif")) - set(chosen))
    unseen = chosen if options.choose else sorted((folder / "val").glob("*.image.tif"))
    if not options.choose:
        learnt += chosen
    images, labels = zip(*map(ebc_pair, learnt), strict=True)
    mosaic = np.concatenate(images, axis=1)  # side by side
    columns = np.cumsum([0, *(image.shape[1] for image in images)])
    fields = [
        Field(mosaic, 0, column, one[::2, ::2])
        for column, one in zip(columns[:-1].tolist(), labels, strict=True)
    ]
    segmented, _ = taught(fields, EBC, (-1.0, 1.0), seed, options)
    pairs = []
    for gray, truth in map(ebc_pair, unseen):
        pairs.append((truth, segmented(gray).repeat(2, axis=0).repeat(2, axis=1)))
    scores = [rows(f"image {number}", [pair], tuple(EBC)) for number, pair in enumerate(pairs, 1)]
    return sum(scores, []) + rows("all images", pairs, tuple(EBC))


def ebc_pair(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Gray at half resolution, on its own scale, and labels at full resolution.

    Halved, because the oxide is told from the substrate by what lies around it.
    """
    gray = stretched(denoise(tifffile.imread(path), **DENOISING))
    height, width = gray.shape
    halved = gray.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
    labels = tifffile.imread(str(path).replace(".image.", ".labels.")) + np.uint8(1)
    return halved, labels


def sandstone(folder: Path, share: float, seed: int, options: argparse.Namespace) -> list[dict]:
    """Scores on the columns without labels when a share of the others' pixels is labelled."""
    mosaic = denoise(tifffile.imread(folder / "mosaic.tif"), **DENOISING)
    truth = np.where(tifffile.imread(folder / "pores.tif") == 1, 1, 2).astype(np.uint8)
    labels = np.where(patches(truth.shape, share, seed), truth, 0).astype(np.uint8)
    learnt = (slice(None), slice(LABELLED_COLUMNS))
    fields = labelled_fields(mosaic[learnt], labels[learnt])
    gray_range = np.percentile(mosaic, PERCENTILES)
    names = {1: "pore", 2: "grain"}
    segmented, _ = taught(fields, names, gray_range, seed, options)
    unseen = (slice(None), slice(LABELLED_COLUMNS, None))
    return rows("unseen", [(truth[unseen], segmented(mosaic[unseen]))])


def rock(kind: str, share: float, seed: int, options: argparse.Namespace) -> list[dict]:
    """Scores on all pixels of a built-in rock when a share of its painted fields is kept."""
    made = make_rock(kind, options.side, options.side, seed)
    mosaic, labels = denoise(made.gray, **DENOISING), np.zeros_like(made.labels)
    painted = fields_painted(seed, options.side, options.side)
    kept = np.random.default_rng(seed).permutation(len(painted))[: round(share * len(painted))]
    for row, column in (painted[number] for number in kept):
        piece = extent(row, column, (FIELD, FIELD))
        labels[piece] = made.labels[piece]
    fields, gray_range = labelled_fields(mosaic, labels), np.percentile(mosaic, PERCENTILES)
    segmented, _ = taught(fields, {}, gray_range, seed, options)
    truth = np.where(made.truth == 1, 1, 2).astype(np.uint8)
    return rows("all pixels", [(truth, segmented(mosaic))])


def predict(unet: UNet, gray: np.ndarray) -> np.ndarray:
    """Segment as the scores of the training do."""
    crop, precision = unet.settings.crop, unet.settings.precision
    return segment(unet, gray, window=2 * crop, overlap=crop // 2, precision=precision)


def rows(part: str, pairs: list[tuple[np.ndarray, np.ndarray]], classes=(1, 2)) -> list[dict]:
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
    """Medians over the seeds."""
    by_line = pd.DataFrame(scores)[COLUMNS].groupby(["part", "class"], sort=False)
    return by_line.median().reset_index().to_string(index=False, float_format="%.4f")


if __name__ == "__main__":
    main()
