"""Training speed: images per second of each network and size.

One line per network, tile size and precision: generator steps per second, training images seen per
second (critic steps counted), seconds of one check of the monitor, and what share of the training
it takes at ``check_every``. On a GPU also the memory at its peak.

    python benchmarks/train_gan.py --device cpu --sizes 64 --channels 16 --batch 32
    python benchmarks/train_gan.py --device cuda --sizes 128 512 --channels 64 --batch 128
    python benchmarks/train_gan.py --device cuda --sizes 128 512 --kinds stylegan2_ada \\
        --settings '{"channels": null, "max_channels": 512, "batch": null, "latent": 512,
        "style_mixing": 0.9, "path_length": 2, "r1": null, "r1_every": 16, "unshuffle": false,
        "discriminator_width": 1, "shown_s2": false, "start": "learnt", "smooth_noise": false,
        "input_noise": 0, "mapping_layers": 8}'

The last line is StyleGAN2's own size and regularisation. Official implementation on one V100:
12.8 to 13.7 s per thousand images at 128 px, 72.5 to 74.9 s at 512 px.
"""

import argparse
import itertools
import json
import time

import numpy as np
import torch
from scipy.ndimage import gaussian_filter

from rockrec.gans.loop import Training
from rockrec.gans.monitor import Monitor
from rockrec.gans.settings import at_size, gan_settings
from rockrec.housekeeping.devices import choose_device
from rockrec.housekeeping.threads import use_threads
from rockrec.plain.records.kinds import NETWORKS
from rockrec.plain.records.settings import PRECISIONS


def main() -> None:
    options = read_options()
    device = choose_device(options.device)
    use_threads(options.threads)
    print(
        "kind          size precision  steps/s  images/s  s/1000_images  check_s  "
        "check_share  peak_GB"
    )
    for size in options.sizes:
        tiles = rock(size)
        for kind, precision in itertools.product(options.kinds, options.precisions):
            training = make_training(tiles, kind, precision, options, device)
            seconds, check, peak = measure(training, options.steps)
            settings = training.settings
            share = check / (check + seconds * settings.check_every)
            images = settings.batch * settings.critic_steps / seconds
            print(
                f"{kind:13} {size:4} {precision:9} {1 / seconds:8.2f} {images:9.0f} "
                f"{1000 / images:14.1f} {check:8.2f} {share:12.1%} {peak:8.1f}",
                flush=True,
            )


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--kinds", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument("--sizes", nargs="+", type=int, default=[64])
    parser.add_argument("--channels", type=int, default=16)
    parser.add_argument("--max-channels", type=int, default=1024)
    parser.add_argument("--settings", type=json.loads, default={}, help="JSON, keys of a method")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--check-tiles", type=int, default=1024, help="tiles drawn for a check")
    parser.add_argument("--steps", type=int, default=16, help="timed for each line")
    parser.add_argument("--precisions", nargs="+", default=list(PRECISIONS), choices=PRECISIONS)
    return parser.parse_args()


def rock(size: int, count: int = 256) -> np.ndarray:
    """Tiles of a thresholded Gaussian field: the speed does not depend on what is learnt."""
    noise = np.random.default_rng(0).normal(size=(count, size, size))
    return (gaussian_filter(noise, (0, 3, 3)) > 0).astype(np.uint8)


def make_training(tiles, kind, precision, options, device) -> Training:
    given = gan_settings(
        {
            "kind": kind,
            "channels": options.channels,
            "max_channels": options.max_channels,
            "batch": options.batch,
            "check_tiles": options.check_tiles,
            "precision": precision,
            **options.settings,
        }
    )
    settings = at_size(given, tiles.shape[1])
    monitor = Monitor(tiles[:128], float(tiles.mean()), settings, seed=0)
    return Training(tiles, monitor, settings, 0, device)


def measure(training: Training, steps: int) -> tuple[float, float, float]:
    """Return the seconds of a step and of a check, and the peak memory in GB (GPU only)."""
    on_gpu = training.device.type == "cuda"
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()

    def seconds_of(work) -> float:
        began = time.perf_counter()
        work()
        if on_gpu:
            torch.cuda.synchronize()
        return time.perf_counter() - began

    def advance() -> None:
        for _ in range(steps):
            training.advance()

    for _ in range(2):  # the first steps allocate, and compile
        training.advance()
    step = seconds_of(advance) / steps
    seconds_of(training.check)
    training.advance()
    check = seconds_of(training.check)
    return step, check, torch.cuda.max_memory_allocated() / 1e9 if on_gpu else 0.0


if __name__ == "__main__":
    main()
