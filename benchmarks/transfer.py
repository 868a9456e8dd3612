"""What a forest that others' labels taught is worth on a specimen that it never saw.

Scored on an unseen specimen: a forest taught elsewhere, without a label of that specimen; the same
labels and those of one field of 256 px of it; and a forest of that field alone, trained anew. The
field is placed by the seed and labelled throughout; elsewhere 5 % are labelled, in patches.

``sandstone``: taught on the columns left of 1500, scored on columns from 1500 on.
``ebc``: micrographs of coatings (1 background, 2 oxide, 3 crack), at half their resolution. Of the
training images those of one specimen are unseen, those of all others teach.

    ROCKREC_TEST_DATA=<folder> python benchmarks/transfer.py --seeds 1 2 3
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import tifffile
from segmentation import CHOOSING, EBC, PERCENTILES, ebc_pair

from rockrec.denoise import denoise
from rockrec.plain.records.forest import ForestSettings
from rockrec.segmentation.fields import labelled_fields
from rockrec.segmentation.forests.features import HALO
from rockrec.segmentation.forests.inference import forest_bands
from rockrec.segmentation.forests.training import train_forest
from rockrec.segmentation.joined import Joined, Part
from rockrec.segmentation.scores import class_ious, confusion

DENOISING = {"kernel": "exact", "radius": 4, "sigma_space": 2.0, "sigma_gray": 30.0}
SANDSTONE = {1: "pore", 2: "grain"}
LEFT, ROWS = 1500, 1024  # px of the sandstone
FIELD, PATCH, SHARE = 256, 16, 0.05
Image = tuple[np.ndarray, np.ndarray]  # gray, labels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--scenes", nargs="+", default=["sandstone", "ebc"])
    options = parser.parse_args()
    folder, lines = Path(os.environ["ROCKREC_TEST_DATA"]), []
    for scene in options.scenes:
        for specimen, names, elsewhere, unseen in SCENES[scene](folder):
            for seed in options.seeds:
                found = scored(names, elsewhere, unseen, seed)
                lines += [{"specimen": specimen, **line} for line in found]
            table = pd.DataFrame(lines).query("specimen == @specimen")
            print(table.groupby(["specimen", "way"], sort=False).median().to_string(), flush=True)
    mean = pd.DataFrame(lines).query("specimen != 'sandstone'").groupby("way", sort=False)
    print(f"mean of the coatings\n{mean.mean(numeric_only=True).to_string()}")


def sandstone(folder: Path) -> Iterator[tuple[str, dict, list[Image], list[Image]]]:
    gray, pores = (
        tifffile.imread(folder / "sandstone_bse" / f"{name}.tif")[:ROWS]
        for name in ("mosaic", "pores")
    )
    gray, truth = denoise(gray, **DENOISING), np.where(pores == 1, 1, 2).astype(np.uint8)
    left, right = np.s_[:, :LEFT], np.s_[:, LEFT:]
    yield "sandstone", SANDSTONE, [(gray[left], truth[left])], [(gray[right], truth[right])]


def ebc(folder: Path) -> Iterator[tuple[str, dict, list[Image], list[Image]]]:
    paths = sorted((folder / "ebc_sem" / "train").glob("*.image.tif"))
    images = {path.name: ebc_pair(path) for path in paths}
    images = {name: (gray, labels[::2, ::2]) for name, (gray, labels) in images.items()}
    for specimen in sorted({name.rpartition("_")[0] for name in CHOOSING}):
        own = [name for name in images if name.startswith(specimen)]
        elsewhere = [images[name] for name in images if name not in own]
        yield specimen, EBC, elsewhere, [images[name] for name in own]


SCENES = {"sandstone": sandstone, "ebc": ebc}


def scored(names: dict, elsewhere: Sequence[Image], unseen: Sequence[Image], seed: int):
    """Yield for each way IoU by class, over all of the specimen but the field."""
    random = np.random.default_rng(seed)
    teachers = [(gray, sparse(labels, random)) for gray, labels in elsewhere]
    (gray, labels), *_ = unseen
    row, column = (int(random.integers(0, side - FIELD + 1)) for side in gray.shape)
    place, only = np.s_[row : row + FIELD, column : column + FIELD], np.zeros_like(labels)
    only[place] = labels[place]
    field = [(gray, only)]
    for way, taught_by in (
        ("elsewhere", teachers),
        ("elsewhere, one field", [*field, *teachers]),
        ("one field, anew", field),
    ):
        joined = Joined(list(map(part, map(str, range(len(taught_by))), taught_by)))
        forest = train_forest(
            joined.fields(),
            classes=names,
            gray_range=joined.gray_range,
            settings=ForestSettings(),
            seed=seed,
        ).forest
        counts = 0
        for number, (levels, truth) in enumerate(unseen):
            forest.gray_range = tuple(np.percentile(levels, PERCENTILES))
            found = np.concatenate(list(forest_bands(forest, levels)))
            asked = truth.copy()
            if number == 0:
                asked[place] = 0
            counts = counts + confusion(asked, found, tuple(names))
        ious = class_ious(counts)
        yield {"way": way, "mean IoU": ious.mean(), **dict(zip(names.values(), ious, strict=True))}


def part(name: str, image: Image) -> Part:
    gray, labels = image
    levels = tuple(np.percentile(gray, PERCENTILES))
    return Part(name, gray, levels, None, labelled_fields(gray, labels, HALO))


def sparse(labels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Keep a share of the labels, in patches."""
    cells = [-(-side // PATCH) for side in labels.shape]
    kept = (random.random(cells) < SHARE).repeat(PATCH, axis=0).repeat(PATCH, axis=1)
    return np.where(kept[: labels.shape[0], : labels.shape[1]], labels, 0).astype(np.uint8)


if __name__ == "__main__":
    main()
