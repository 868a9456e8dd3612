"""Where a step's time goes: `profile` kernel by kernel, `timings` in seconds (see card.py).

A step of StyleGAN2-ADA is a plain one, or one with R1, or one with the path length besides. Each is
called for by the number of the step; R1 and the path length would fall together, so that for R1
alone the other's weight is 0. All are medians over `--repeats` of the time until the card is
through, after warm-up. The training's own step is the mean over `--steps` of them as they come.

`bare` is what the layers of DCGAN and WGAN-GP ask for: the same modules' plain passes, on numbers
that lie on the card, without losses, optimisers, data and random draws. For each update of the
discriminator the generator forward without gradient, and the discriminator forward and backward on
two batches; for WGAN-GP's penalty one forward and backward and one more forward, in float32 (the
slope's own derivative is a forward convolution and one for the weights); for the update of the
generator both networks forward and backward, the discriminator's weights held. Over the training's
plain step it says how much of the card the loop uses.
"""

import argparse
import contextlib
import csv
import dataclasses
import functools
import json
import os
import statistics
import time
from pathlib import Path

import numpy as np
import torch
from card_networks import ORIGINAL, PAPER, PAPER_BATCH, QUICK
from torch.profiler import ProfilerActivity

import train_gan
from rockrec.gans.loop import Training
from rockrec.gans.monitor import Monitor
from rockrec.gans.settings import at_size, gan_settings
from rockrec.housekeeping.devices import choose_device, device_name

QUICK_SIZE = 32
CASES = {
    f"{block['kind']}-{size}-{precision}": (size, block | {"precision": precision})
    for block, sizes in (
        (ORIGINAL, (512, 128)),
        ({"kind": "wgan_gp", **PAPER, **PAPER_BATCH}, (128,)),
        ({"kind": "dcgan", **PAPER, **PAPER_BATCH}, (128,)),
    )
    for precision in ("float32", "bfloat16")
    for size in sizes
}
PROFILED = ["stylegan2_ada-512-float32", "stylegan2_ada-128-float32"]
TILES = 64
WIDE = 76  # letters of a kernel's name that are printed
ANNOTATIONS = ("Optimizer.", "ProfilerStep")  # they span kernels that are listed themselves
COPIES = ("Memcpy", "Memset")
LAUNCHES = ("cudaLaunch", "cuLaunch", "cudaGraphLaunch")


def add_options(part: str, parser: argparse.ArgumentParser) -> None:
    cases = PROFILED if part == "profile" else list(CASES)
    parser.add_argument("--cases", nargs="+", default=cases, choices=CASES)
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])
    parser.add_argument("--settings", type=json.loads, default={}, help="JSON, keys of a method")
    parser.add_argument("--label", default="", help="written into every line")
    parser.add_argument("--warm-up", type=int, default=3, help="of each kind of step")
    parser.add_argument("--repeats", type=int, default=5, help="of each kind of step")
    parser.add_argument("--quick", action="store_true", help="tiny networks")
    if part == "profile":
        parser.add_argument("--top", type=int, default=5, help="kernels printed")
    else:
        parser.add_argument("--steps", type=int, default=16, help="a whole round of them")


def profile(options: argparse.Namespace) -> None:
    """Write ``profile.csv``, a line for each kind of step, and ``kernels.csv``."""
    device = choose_device(options.device)
    for case in options.cases:
        # Nothing is checked, which would first compile the descriptors.
        with noted_failure(options, case):
            training, _ = make_training(case, options, device, checked=False)
            for kind, step in steps_by_kind(training).items():
                seconds = median_seconds(step, options, device)
                lines, launches = kernels(step, device)
                told = profiled(lines, launches, seconds)
                first = {"label": options.label, "case": case, "step": kind}
                whole = {**first, **told, "device": device_name(device)}
                append(options.out / "profile.csv", whole)
                for rank, line in enumerate(lines[:40], start=1):
                    append(options.out / "kernels.csv", {**first, "rank": rank, **line})
                show(first, told, lines[: options.top])


def timings(options: argparse.Namespace) -> None:
    """Write ``timings.csv``, a line for each case."""
    device = choose_device(options.device)
    for case in options.cases:
        with noted_failure(options, case):
            began = time.perf_counter()
            training, settings = make_training(case, options, device, checked=True)
            line = timed(training, settings, options, device)
            took = time.perf_counter() - began
            line = {
                "label": options.label,
                "case": case,
                "batch": settings.batch,
                **line,
                "device": device_name(device),
                "took_s": took,
            }
            append(options.out / "timings.csv", line)
            print("  ".join(f"{k} {_short(v)}" for k, v in line.items() if v != ""), flush=True)
        training = None  # its memory is free before the next one asks
        if device.type == "cuda":
            torch.cuda.empty_cache()


# --- a training and the kinds of its steps ---------------------------------------------------


def make_training(case: str, options, device: torch.device, checked: bool):
    """Return a training of a case, and its settings; keys that this library lacks are left out."""
    size, block = CASES[case]
    if options.quick:
        size, block = QUICK_SIZE, block | QUICK
    block = block | options.settings
    known = {field.name for field in dataclasses.fields(gan_settings({"kind": block["kind"]}))}
    for name in block.keys() - known:
        print(f"{case}: no setting {name} here", flush=True)
    settings = gan_settings({name: value for name, value in block.items() if name in known})
    settings = at_size(settings, size)
    tiles = rock(size)
    monitor = Monitor(tiles, float(tiles.mean()), settings, seed=0) if checked else None
    return Training(tiles, monitor, settings, 0, device), settings


@functools.cache
def rock(size: int) -> np.ndarray:
    return train_gan.rock(size, TILES)


def steps_by_kind(training: Training) -> dict:
    """Return a function for each kind of step, which does one."""
    settings = training.settings
    r1_every = getattr(settings, "r1_every", None)
    path_every = getattr(settings, "path_length_every", None)
    kinds = {"plain": (1, settings)}
    if r1_every and settings.r1:
        alone = dataclasses.replace(settings, path_length=0.0)
        kinds["R1"] = (r1_every, alone)
    if path_every and settings.path_length:
        # Not a step at which R1 is due, too.
        kinds["path length"] = (path_every if path_every != r1_every else 2 * path_every, settings)

    def do(number, of_kind):
        training.step, training.settings = number, of_kind
        training.advance()
        training.settings = settings

    return {kind: functools.partial(do, *what) for kind, what in kinds.items()}


def seconds_of(work, device: torch.device) -> float:
    """Return the seconds until the device is through with something."""
    began = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - began


def median_seconds(work, options, device: torch.device) -> float:
    for _ in range(options.warm_up):
        seconds_of(work, device)
    return statistics.median(seconds_of(work, device) for _ in range(options.repeats))


# --- kernels ---------------------------------------------------------------------------------


def kernels(step, device: torch.device) -> tuple[list[dict], int]:
    """Return one step's kernels (on a processor its operators), and the launches it took."""
    on_gpu = device.type == "cuda"
    activities = [ProfilerActivity.CPU] + [ProfilerActivity.CUDA] * on_gpu
    with torch.profiler.profile(activities=activities) as profiler:
        seconds_of(step, device)
    lines, launches = [], 0
    for event in profiler.key_averages():
        launches += event.count if event.key.startswith(LAUNCHES) else 0
        on_device = event.device_type == torch.autograd.DeviceType.CUDA
        spans = getattr(event, "is_user_annotation", False) or event.key.startswith(ANNOTATIONS)
        if on_device != on_gpu or spans:
            continue
        spent = event.self_device_time_total if on_gpu else event.self_cpu_time_total
        lines.append({"ms": spent / 1e3, "calls": event.count, "kernel": event.key})
    return sorted(lines, key=lambda line: -line["ms"]), launches


def profiled(lines: list[dict], launches: int, seconds: float) -> dict:
    """A step in one line: the time of all kernels, and without the profiler that of the step."""
    copies = [line for line in lines if line["kernel"].startswith(COPIES)]
    total = sum(line["ms"] for line in lines)
    return {
        "wall_ms": 1e3 * seconds,
        "kernels_ms": total,
        "busy": total / (1e3 * seconds),
        "kernels": sum(line["calls"] for line in lines) - sum(line["calls"] for line in copies),
        "copies": sum(line["calls"] for line in copies),
        "copies_ms": sum(line["ms"] for line in copies),
        "launches": launches,
    }


def show(first: dict, told: dict, lines: list[dict]) -> None:
    print("\n" + "  ".join(filter(None, first.values())))
    print("  ".join(f"{name} {_short(value)}" for name, value in told.items()))
    for line in lines:
        share = line["ms"] / max(told["kernels_ms"], 1e-9)
        print(f"{line['ms']:10.3f} ms {share:6.1%} {line['calls']:6}  {line['kernel'][:WIDE]}")
    print(end="", flush=True)


# --- seconds ---------------------------------------------------------------------------------


def timed(training: Training, settings, options, device: torch.device) -> dict:
    """Time the kinds of steps, the training's own, the bare passes and a check."""
    on_gpu = device.type == "cuda"
    by_kind = steps_by_kind(training)
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
    kinds = {
        f"{kind.replace(' ', '_')}_s": median_seconds(by_kind[kind], options, device)
        if kind in by_kind
        else ""
        for kind in ("plain", "R1", "path length")
    }
    training.step = 0

    def own_steps():
        for _ in range(options.steps):
            training.advance()

    step = seconds_of(own_steps, device) / options.steps
    peak = torch.cuda.max_memory_allocated() / 1e9 if on_gpu else 0.0
    images = settings.batch * getattr(settings, "critic_steps", 1)
    bare = ""
    if hasattr(settings, "critic_steps"):
        bare = median_seconds(bare_step(training, settings, device), options, device)
    training.check()  # the first one compiles
    training.advance()
    check = seconds_of(training.check, device)
    return {
        **kinds,
        "step_s": step,
        "s_per_1000_images": 1000 * step / images,
        "bare_s": bare,
        "bare_share": bare / kinds["plain_s"] if bare else "",
        "check_s": check,
        "check_every": settings.check_every,
        "check_share": check / (check + step * settings.check_every),
        "peak_GB": peak,
    }


def bare_step(training: Training, settings, device: torch.device):
    """Return a function that does the plain passes of a step, see above."""
    generator, discriminator = training.networks.generator, training.networks.discriminator
    latent = torch.randn(settings.batch, settings.latent, device=device)
    size = training.tiles.shape[1]
    images = torch.randn(settings.batch, 1, size, size, device=device)
    images = images.contiguous(memory_format=torch.channels_last)
    with_slope = images.clone().requires_grad_()
    precision = functools.partial(torch.autocast, device.type, torch.bfloat16)
    is_half = settings.precision == "bfloat16"

    def forward_backward(work, half=is_half):
        training.networks.zero_grad()
        with precision(enabled=half):
            result = work()
        result.float().mean().backward()

    def step():
        for _ in range(settings.critic_steps):
            with torch.no_grad(), precision(enabled=is_half):
                generator(latent)
            for _ in range(2):
                forward_backward(lambda: discriminator(images))
            if getattr(settings, "penalty", None):
                with_slope.grad = None
                forward_backward(lambda: discriminator(with_slope), half=False)
                with torch.no_grad():
                    discriminator(images)
        discriminator.requires_grad_(False)
        forward_backward(lambda: discriminator(generator(latent)))
        discriminator.requires_grad_(True)

    return step


# --- tables ----------------------------------------------------------------------------------


@contextlib.contextmanager
def noted_failure(options, case: str):
    """Write what fails into ``failed.csv``, and go on with the next case."""
    try:
        yield
    except Exception as error:
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        print(f"{case}: {said}", flush=True)
        append(options.out / "failed.csv", {"label": options.label, "case": case, "error": said})


def append(path: Path, line: dict) -> None:
    """Append a line to a table, on disk at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with open(path, "a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, line)
        if is_new:
            writer.writeheader()
        writer.writerow({name: _short(value) for name, value in line.items()})
        file.flush()
        os.fsync(file.fileno())


def _short(value) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)
