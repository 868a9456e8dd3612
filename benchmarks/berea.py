"""How near a network comes to a real rock that varies: Berea sandstone at 128 x 128 px.

Slices z < 240 train, 260 to 279 validate, z >= 300 are held out. Three numbers for each descriptor:
reconstructed against train (what was learnt), reconstructed against held-out, and train against
held-out (what no network can beat). Writes the model, its history, the errors and a picture.

    ROCKREC_TEST_DATA=<folder> python benchmarks/berea.py wgan_gp --device cuda --seed 1 \\
        --settings '{"channels": 64, "steps": 3000}' --out berea_1
"""

import argparse
import json
import logging
import os
import shutil
import time
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import tifffile

from rockrec.comparison import compare_sets
from rockrec.description import describe_set
from rockrec.gans.sampling import load_model, sample, threshold
from rockrec.gans.settings import gan_settings
from rockrec.gans.training import train
from rockrec.plain.records.kinds import NETWORKS

SIZE = 128
SLICES = {"train": range(0, 240), "validation": range(260, 280), "heldout": range(300, 400)}
STRIDE = {"train": 34, "validation": 136, "heldout": 136}
# One slice in seven is described: nearer ones show the same pores.
APART = 7
REALISATIONS = 2560


def main() -> None:
    options = read_options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    options.out.mkdir(parents=True, exist_ok=True)
    volume = read_volume()
    train_tiles = tiles_of(volume, SLICES["train"], STRIDE["train"])
    validation_tiles = tiles_of(volume, SLICES["validation"], STRIDE["validation"])
    logging.info("%d training, %d validation tiles", len(train_tiles), len(validation_tiles))

    settings = gan_settings({"kind": options.kind, **options.settings})
    began = time.monotonic()
    files = train(
        train_tiles,
        validation_tiles,
        settings,
        seed=options.seed,
        checkpoints=options.out / "checkpoints",
        device=options.device,
    )
    seconds = time.monotonic() - began
    shutil.copy(files.model, options.out / "model.pt")
    shutil.copy(files.history, options.out / "history.csv")

    model = load_model(files.model, options.device)
    gray = sample(model, REALISATIONS, options.seed)
    realisations = threshold(gray, settings.threshold, model.phase_fraction)
    errors = compare(volume, realisations, settings)
    errors.to_csv(options.out / "errors.csv", index=False)
    picture(options.out / "tiles.png", gray, realisations, train_tiles)
    print(ratios(errors).to_string(float_format="%.2f"))
    print(f"{settings.steps} steps in {seconds:.0f} s, weights of step {model.step}")
    print(
        f"phase fraction in the outer 8 px over the whole: real {edge(train_tiles):.3f}, ", end=""
    )
    print(f"reconstructed {edge(realisations):.3f}")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=NETWORKS)
    parser.add_argument("--settings", type=json.loads, default={}, help="JSON, keys of a method")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def read_volume() -> np.ndarray:
    """Read the rock (z, y, x), uint8, 1 for pores."""
    path = Path(os.environ["ROCKREC_TEST_DATA"], "berea", "pores_400x400x400.tif")
    return tifffile.imread(path).astype(np.uint8)


def tiles_of(volume: np.ndarray, slices: range, stride: int, size: int = SIZE) -> np.ndarray:
    """Windows (n, size, size) of slices of a volume."""
    corners = range(0, volume.shape[1] - size + 1, stride)
    windows = [volume[slices, r : r + size, c : c + size] for r in corners for c in corners]
    return np.concatenate(windows)


def compare(volume: np.ndarray, realisations: np.ndarray, settings) -> pd.DataFrame:
    """Reconstructed and train against held-out, reconstructed against train."""
    real = {
        part: describe_set(tiles_of(volume, SLICES[part][::APART], 136), 1.0, "unbiased")
        for part in ("train", "heldout")
    }
    made = describe_set(realisations, 1.0, "unbiased")
    targeted = ["phase_fraction"] if settings.threshold == "phase_fraction" else []
    tables = []
    for method, against in (
        (settings.kind, "train"),
        (settings.kind, "heldout"),
        ("real", "heldout"),
    ):
        a = made if method == settings.kind else real["train"]
        tables.append(
            compare_sets(
                a,
                real[against],
                against=against,
                method=method,
                replicate="1",
                targeted=targeted,
                seed=1,
                floor_source=real[against],
            )
        )
    return pd.concat(tables, ignore_index=True)


def ratios(errors: pd.DataFrame) -> pd.DataFrame:
    """Ratio to the floor by descriptor, a column for each pair of sets."""
    pair = errors["method"] + " / " + errors["against"]
    rows = ["quantity", "form", "descriptor"]
    table = errors.assign(pair=pair).pivot(index=rows, columns="pair", values="ratio")
    return table[table.notna().any(axis=1)]


def edge(tiles: np.ndarray, width: int = 8) -> float:
    """Phase fraction of the outer pixels of the tiles over that of the whole."""
    inner = tiles[:, width:-width, width:-width]
    outer = (tiles.sum() - inner.sum()) / (tiles.size - inner.size)
    return float(outer / tiles.mean())


def picture(path: Path, gray: np.ndarray, realisations: np.ndarray, train_tiles: np.ndarray):
    """Two rows of gray, two of binary realisations, two of training tiles."""
    drawn = train_tiles[np.linspace(0, len(train_tiles) - 1, 16).astype(int)]
    rows = [(gray[:16] + 1) / 2, realisations[:16], drawn]
    padded = np.pad(
        np.concatenate(rows).astype(float), ((0, 0), (1, 1), (1, 1)), constant_values=0.5
    )
    side = SIZE + 2
    sheet = padded.reshape(6, 8, side, side).transpose(0, 2, 1, 3).reshape(6 * side, 8 * side)
    matplotlib.image.imsave(path, sheet, cmap="gray", vmin=0, vmax=1)


if __name__ == "__main__":
    main()
