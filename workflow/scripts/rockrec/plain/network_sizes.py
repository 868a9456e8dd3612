"""Sizes of images that networks can take, and what a network's settings make of the tiles'."""

from collections.abc import Mapping

UNET_STRIDE = 32  # it halves its input five times; its sides must be multiples of this
SAME_PIXELS = 1.1  # factor of pixel sizes up to which a U-Net sees the same


def can_be_drawn(size: int) -> bool:
    """Say whether a network can draw tiles of `size` px: 16 · 2^k."""
    return size >= 16 and not size & (size - 1)


def check_size(size: int) -> None:
    """Raise ValueError unless a network can draw tiles of `size` px."""
    if not can_be_drawn(size):
        raise ValueError(f"a network draws tiles of 16, 32, 64, 128, ... px, not {size}")


def with_automatic_values(settings: Mapping, size: int) -> dict:
    """Return a network's settings, those filled in that are null until the size [px] is known.

    The values are the original StyleGAN2's (Karras et al., 2020 a).
    """
    batch = settings.get("batch") or min(32, max(4, 4096 // size))
    automatic = {
        "channels": max(1, (32768 if size >= 512 else 16384) // size),
        "batch": batch,
        "ema": 0.5 ** (32 / 10_000),  # a half-life of batch · 10 / 32 thousand images
        "r1": 0.0002 * size**2 / batch,
        "discriminator_rate": settings.get("learning_rate"),
    }
    return {
        name: automatic.get(name) if value is None else value for name, value in settings.items()
    }
