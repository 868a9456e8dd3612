"""How fast a gigapixel mosaic goes through the workflow, and in how much memory.

    python benchmarks/mosaic.py --folder <scratch folder with 10 GB>

Makes a synthetic mosaic of the size of the paper's larger one (a rock of some million pixels,
mirrored over and over, each copy with noise of its own), runs the stages of the workflow on it
one after another, and prints for each its time, that of all cores, its speed and the most memory
that it held. Beside it the bare library calls on one block in memory: OpenCV's bilateral filter,
and the network's forward pass. The ratio of segmentation is net of the overlap of its windows.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import torch
import yaml

from rockrec.housekeeping.threads import keep_large_blocks, use_threads
from rockrec.mosaics import open_mosaic, write_mosaic
from rockrec.segmentation.model import autocast, load_unet
from rockrec.synthetic import make_rock

ROOT = Path(__file__).parents[1]
PIXEL_SIZE_NM = 50
ROCK = (2240, 3424)  # px
SPACING = 200  # px between strewn labels
NOISE = 6.0  # gray levels, beside that of the rock itself
FILTER = dict(radius=4, sigma_space=2.0, sigma_gray=30.0)
STAGES = {
    "denoise_mosaic": "results/big/mosaic/denoised.tif",
    "train_unet": "results/big/unet/model.pt",
    "segment_mosaic": "results/big/mosaic/segmented.tif",
    "cut_tiles": "results/big/comparison/tiles.tif",
    "analyse_res": "results/big/res/errors.csv",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--height", type=int, default=17_920)
    parser.add_argument("--width", type=int, default=54_784)
    parser.add_argument("--window", type=int, default=512, help="of the tiles")
    parser.add_argument("--stride", type=int, default=256)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--strewn", action="store_true", help="labels all over the mosaic")
    parser.add_argument("--cores", type=int, default=os.cpu_count())
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    # In a process of its own: the most memory of a stage is at least that of who starts it.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        apart.submit(make_mosaic, folder, options.height, options.width).result()
    config = folder / "big.yaml"
    config.write_text(yaml.safe_dump(config_of(folder, options)), encoding="utf-8")

    speeds = {}
    for stage, target in STAGES.items():
        memory, core_seconds = run_stage(folder, config, target, options.cores)
        seconds = wall_time(folder, stage)
        speeds[stage] = options.height * options.width / seconds / 1e6
        print(
            f"{stage:<16}{seconds:8.1f} s {core_seconds:8.1f} core-s {speeds[stage]:8.1f} Mpx/s "
            f"{memory:6.2f} GB",
            flush=True,
        )
    tiles = pd.read_csv(folder / "results/big/comparison/tiles.csv")
    print(f"{len(tiles)} windows of {options.window} px")

    use_threads(options.cores)
    keep_large_blocks()
    bare = bare_filter(folder)
    print(f"bilateral filter alone {bare:.1f} Mpx/s: ratio {speeds['denoise_mosaic'] / bare:.2f}")
    settings = config_of(folder, options)["segmentation"]
    bare = bare_network(folder, settings)
    seen = (settings["window"] / (settings["window"] - settings["overlap"])) ** 2
    ratio = speeds["segment_mosaic"] * seen / bare
    print(f"network alone {bare:.2f} Mpx/s, {seen:.2f} px seen for each: ratio {ratio:.2f}")


def config_of(folder: Path, options) -> dict:
    tiles = {"window": options.window, "stride": options.stride, "size": 128}
    labels = [{"file": str(folder / "labels.npy"), "row": 0, "column": 0}]
    if options.strewn:
        labels = str(folder / "strewn.tif")
    return {
        "samples": {
            "big": {
                "mosaic": str(folder / "raw.tif"),
                "labels": labels,
                "pixel_size_nm": PIXEL_SIZE_NM,
            }
        },
        "denoise": FILTER,
        "unet": {"epochs": 3, "precision": options.precision},
        "segmentation": {
            "window": 512,
            "overlap": 64,
            "batch": 8,
            "precision": options.precision,
        },
        "res": {"sizes": [128, 256, 512, 1024, 2048]},
        "methods": {},
        "experiments": {"comparison": {"tiles": tiles, "methods": []}},
    }


def make_mosaic(folder: Path, height: int, width: int) -> None:
    """Write raw.tif and labels: of its upper left corner, and strewn over it; kept if there."""
    if (folder / "raw.tif").exists():
        with open_mosaic(folder / "raw.tif") as mosaic:
            if mosaic.shape == (height, width):
                return
    rock = make_rock("pores", *ROCK, seed=1)
    np.save(folder / "labels.npy", rock.labels)
    strewn = np.zeros(ROCK, np.uint8)
    strewn[::SPACING, ::SPACING] = np.where(rock.truth, 1, 2)[::SPACING, ::SPACING]
    noise = np.random.default_rng(1)

    def noisy(band):
        grains = noise.normal(0, NOISE, band.shape).astype(np.float32)
        return np.clip(band + grains + 0.5, 0, 255).astype(np.uint8)

    for name, bands in (
        ("raw.tif", map(noisy, mirrored(rock.gray, height, width))),
        ("strewn.tif", mirrored(strewn, height, width)),
    ):
        write_mosaic(folder / name, bands, PIXEL_SIZE_NM, (height, width), np.uint8, 2)


def mirrored(image: np.ndarray, height: int, width: int) -> Iterator[np.ndarray]:
    """Bands of rows of an image that is mirrored over and over."""
    across = np.concatenate([image, image[:, ::-1]], axis=1)
    across = np.tile(across, -(-width // across.shape[1]))[:, :width]
    down = np.concatenate([np.arange(len(image)), np.arange(len(image))[::-1]])
    for top in range(0, height, 512):
        yield across[down[np.arange(top, min(top + 512, height)) % len(down)]]


def run_stage(folder: Path, config: Path, target: str, cores: int) -> tuple[float, float]:
    """Make a target anew; return the most memory that one process of it held, in GB, and core-s.

    The core seconds are those of all processes, Snakemake's own few seconds among them; its own
    measure samples a job, and misses its end.
    """
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile"]
    command += ["--directory", folder, "--configfile", config, "--cores", str(cores)]
    command += ["--force", target, "--quiet", "all"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{target} failed: see {folder}/logs")
    return used.ru_maxrss * 1024 / 1e9, used.ru_utime + used.ru_stime


def wall_time(folder: Path, stage: str) -> float:
    (path,) = (folder / "results/benchmarks/big").rglob(f"{stage}.tsv")
    return float(pd.read_csv(path, sep="\t")["s"].iloc[0])


def bare_filter(folder: Path) -> float:
    """Mpx/s of the filter on an array in memory, median of five."""
    block = np.random.default_rng(0).normal(120, 30, (4096, 4096)).clip(0, 255).astype(np.uint8)
    size = 2 * FILTER["radius"] + 1

    def call():
        cv2.bilateralFilter(block, size, FILTER["sigma_gray"], FILTER["sigma_space"])

    return block.size / 1e6 / median_seconds(call)


def bare_network(folder: Path, settings: dict) -> float:
    """Mpx/s of the forward pass on a tensor in memory, median of five."""
    unet = load_unet(folder / STAGES["train_unet"])
    unet.network.eval()
    side = settings["window"]
    crops = torch.zeros(settings["batch"], 1, side, side)
    crops = crops.contiguous(memory_format=torch.channels_last)

    def call():
        with torch.inference_mode(), autocast(unet.device, settings["precision"]):
            unet.network(crops)

    return crops.numel() / 1e6 / median_seconds(call)


def median_seconds(call) -> float:
    call()
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    return float(np.median(seconds))


if __name__ == "__main__":
    main()
