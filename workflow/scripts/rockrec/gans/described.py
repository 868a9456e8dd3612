"""The tiles of a check made binary and described where they were drawn.

On a GPU nothing but curves and counts leaves it; the numbers are those of `rockrec.descriptors` and
`rockrec.minkowski`, counted exactly in either place.
"""

import math

import numpy as np
import torch

from rockrec.descriptors import FUNCTIONS, describe
from rockrec.descriptors.torch_twin import describe_torch
from rockrec.gans.sampling import threshold
from rockrec.minkowski import euler_number, perimeter

TILES_AT_ONCE = 64


def binary(gray: torch.Tensor, how: str, phase_fraction: float) -> torch.Tensor:
    """Make gray tiles (n, size, size) binary as `sampling.threshold` does: uint8, where they are.

    On a GPU that is done there for ``zero`` and ``phase_fraction``.
    """
    if gray.device.type == "cpu" or how == "otsu":
        found = threshold(gray.cpu().numpy(), how, phase_fraction)
        return torch.from_numpy(found).to(gray.device)
    return binary_there(gray, how, phase_fraction)


def binary_there(gray: torch.Tensor, how: str, phase_fraction: float) -> torch.Tensor:
    """Do so on any device, for ``zero`` and ``phase_fraction``."""
    if how == "zero":
        return (gray > 0).to(torch.uint8)
    wanted = round(phase_fraction * gray.numel())
    if wanted == 0:
        return torch.zeros_like(gray, dtype=torch.uint8)
    lowest_in = gray.flatten().sort().values[gray.numel() - wanted]
    above, from_it = gray > lowest_in, gray >= lowest_in
    fewer, more = int(above.sum()), int(from_it.sum())
    return (above if wanted - fewer < more - wanted else from_it).to(torch.uint8)


def curves(tiles: torch.Tensor, functions: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Describe tiles (n, size, size) uint8 by some functions, as `describe` does."""
    if tiles.device.type == "cpu":
        return describe(tiles.numpy(), functions)
    return curves_there(tiles, functions)


def curves_there(tiles: torch.Tensor, functions: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Do so on any device."""
    parts = [describe_torch(some, functions) for some in tiles.split(TILES_AT_ONCE)]
    return {name: torch.cat([part[name] for part in parts]).cpu().numpy() for name in functions}


def described(tiles: torch.Tensor) -> dict[str, np.ndarray]:
    """Describe tiles by all that a check looks at."""
    if tiles.device.type == "cpu":
        plain = tiles.numpy()
        shapes = {"euler_number": euler_number(plain), "perimeter": perimeter(plain)}
    else:
        shapes = shapes_there(tiles)
    fractions = tiles.double().mean(dim=(1, 2)).cpu().numpy()
    return {**curves(tiles, FUNCTIONS), "phase_fraction": fractions, **shapes}


def shapes_there(tiles: torch.Tensor) -> dict[str, np.ndarray]:
    """Count what `minkowski.euler_number` and `minkowski.perimeter` do, on any device."""
    stack = tiles.bool()

    def count(pixels):
        return pixels.sum(dim=(1, 2))

    framed = torch.nn.functional.pad(stack, (1, 1, 1, 1))
    beside = framed[:, :, 1:] | framed[:, :, :-1]
    above = framed[:, 1:] | framed[:, :-1]
    corners = beside[:, 1:] | beside[:, :-1]
    euler = count(corners) - count(beside) - count(above) + count(stack)
    straight = count(stack[:, :, 1:] != stack[:, :, :-1]) + count(stack[:, 1:] != stack[:, :-1])
    falling = count(stack[:, 1:, 1:] != stack[:, :-1, :-1])
    diagonal = falling + count(stack[:, 1:, :-1] != stack[:, :-1, 1:])
    area = stack.shape[1] * stack.shape[2]
    length = math.pi / 8 * (straight.double() + diagonal.double() / math.sqrt(2)) / area
    return {"euler_number": euler.cpu().numpy(), "perimeter": length.cpu().numpy()}
