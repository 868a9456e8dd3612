"""Operators and bytes of a step, counted without a card: `count` (see card.py).

Nothing is computed: tensors have shapes and no numbers. The passes are those of StyleGAN2-ADA in
the original's size, without augmentation, optimisers and running mean: `plain` both losses and
their derivatives, `R1` and `path length` a penalty and its derivative. Bytes are those of all
tensors that each operator reads and writes; views count nothing. What torch does group by group
inside one operator, the second derivative of a convolution, is counted as it is done.
"""

import argparse
import contextlib

import torch
from card_networks import ORIGINAL, QUICK
from card_speed import append
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from rockrec.gans.draws import Draws
from rockrec.gans.networks import build
from rockrec.gans.settings import at_size, gan_settings

NOTHING = ("aten::empty", "aten::detach", "aten::_unsafe_view", "aten::new_empty")


def add_options(part: str, parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--px", nargs="+", type=int, default=[512, 128])
    parser.add_argument("--label", default="", help="written into every line")
    parser.add_argument("--quick", action="store_true", help="tiny networks of 32 px")


def count(options: argparse.Namespace) -> None:
    """Write ``counts.csv``, a line for each size and kind of step."""
    for size in [32] if options.quick else options.px:
        block = ORIGINAL | {"ada": []} | (QUICK if options.quick else {})
        settings = at_size(gan_settings(block), size)
        networks = build(size, settings, seed=0).to("meta", memory_format=torch.channels_last)
        draws = Draws(0, settings.batch)
        real = torch.empty(settings.batch, 1, size, size, device="meta")
        for kind, step in steps(networks, draws, real).items():
            networks.zero_grad()
            with without_precision(), Counter() as counter:
                step()
            line = {"label": options.label, "px": size, "batch": settings.batch, "step": kind}
            line |= {"operators": counter.operators, "GB": counter.bytes / 1e9}
            line |= {"convolutions": counter.convolutions}
            append(options.out / "counts.csv", line)
            print("  ".join(f"{name} {value}" for name, value in line.items()), flush=True)


def steps(networks, draws: Draws, real: torch.Tensor) -> dict:
    device = real.device

    def plain():
        with torch.no_grad():
            fake = networks.generate(draws, device)
        networks.discriminator_loss(real, fake, draws)[0].backward()
        networks.discriminator.requires_grad_(False)
        networks.generator_loss(networks.generate(draws, device), real, draws).backward()
        networks.discriminator.requires_grad_(True)

    return {
        "plain": plain,
        "R1": lambda: networks.lazy_penalty("discriminator", real, draws).backward(),
        "path length": lambda: networks.lazy_penalty("generator", None, draws).backward(),
    }


@contextlib.contextmanager
def without_precision():
    """Take autocast away, which knows no tensors without numbers; all is float32."""
    own = torch.autocast
    torch.autocast = lambda *_, **__: contextlib.nullcontext()
    try:
        yield
    finally:
        torch.autocast = own


class Counter(TorchDispatchMode):
    """Counts what is called inside."""

    def __init__(self):
        super().__init__()
        self.operators = self.convolutions = self.bytes = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.name().split(".")[0]
        if name == "aten::_convolution_double_backward":
            with self:
                return func._op_dk(torch._C.DispatchKey.CompositeExplicitAutograd, *args)
        out = func(*args, **(kwargs or {}))
        if func.is_view or name.startswith(NOTHING):
            return out
        self.operators += 1
        self.convolutions += name.startswith("aten::convolution")
        self.bytes += sum(
            one.numel() * one.element_size()
            for one in tree_leaves((args, kwargs, out))
            if isinstance(one, torch.Tensor)
        )
        return out
