"""The filter 1 3 3 1 in each of its forms: `filters` (see card.py).

A filter of 8 images at a resolution of StyleGAN2, and the halving convolution that it stands
before, with the derivative by the images. ``convolved`` is one depthwise convolution, ``means``
three means of 2 x 2, ``shifted`` sums of shifted images, compiled into one kernel or two, and
``merged`` filter and convolution as one of 6 x 6, which needs four times the arithmetic and no
filter. `GB_s` counts the images read once and written once, each way.
"""

import argparse
import functools
from unittest import mock

import torch
from card_speed import append, median_seconds
from torch.nn import functional

from rockrec.gans.stylegan2 import filters as library
from rockrec.housekeeping.devices import choose_device, device_name

SHAPES = ((8, 64, 512), (8, 256, 128), (8, 512, 32))  # images, channels, px
FORMS = ("convolved", "means", "shifted", "merged")


def add_options(part: str, parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])
    parser.add_argument("--forms", nargs="+", default=list(FORMS), choices=FORMS)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="few pixels")


def filters(options: argparse.Namespace) -> None:
    """Write ``filters.csv``."""
    device = choose_device(options.device)
    for n, channels, px in [(2, 8, 16)] if options.quick else SHAPES:
        for kind in (torch.float32, torch.bfloat16):
            images = torch.randn(n, channels, px, px, device=device, dtype=kind)
            images = images.contiguous(memory_format=torch.channels_last).requires_grad_()
            weight = torch.randn(channels, channels, 3, 3, device=device, dtype=kind) / 3
            for form in options.forms:
                line = {"px": px, "channels": channels, "type": str(kind), "form": form}
                line |= timed(form, images, weight, options, device)
                append(options.out / "filters.csv", line | {"device": device_name(device)})
                print("  ".join(f"{k} {v}" for k, v in line.items()), flush=True)


def timed(form: str, images, weight, options, device: torch.device) -> dict:
    with mock.patch.object(library, "form_for", lambda images: form):
        smooth = functools.partial(library.smoothed, padding=2)
        if form == "shifted":
            smooth = torch.compile(smooth, dynamic=False)
        steps = {
            "filter": smooth,
            "halving": lambda x: functional.conv2d(smooth(x), weight, stride=2),
        }
        if form == "merged":
            six = merged(weight)
            steps = {"halving": lambda x: functional.conv2d(x, six, stride=2, padding=2)}
        told = {}
        for name, step in steps.items():
            try:
                seconds = median_seconds(
                    functools.partial(there_and_back, step, images), options, device
                )
            except Exception as error:  # no compiler, or no memory
                print(f"{form}: {error}"[:200], flush=True)
                seconds = float("nan")
            told[f"{name}_ms"] = 1e3 * seconds
    moved = 4 * images.numel() * images.element_size()
    rate = moved / (1e6 * told["filter_ms"]) if "filter_ms" in told else ""
    return {"filter_ms": "", "GB_s": rate} | told


def there_and_back(step, images: torch.Tensor) -> None:
    out = step(images)
    torch.autograd.grad(out, images, torch.ones_like(out))


def merged(weight: torch.Tensor) -> torch.Tensor:
    """Return weights (o, i, 6, 6) that filter and convolve at once."""
    o, i = weight.shape[:2]
    line = torch.tensor(library.LINE, device=weight.device, dtype=weight.dtype) / sum(library.LINE)
    square = (line[:, None] * line)[None, None]
    flat = functional.conv2d(weight.reshape(o * i, 1, 3, 3), square, padding=3)
    return flat.view(o, i, 6, 6)
