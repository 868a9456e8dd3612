"""Plane motions as 3 x 3 matrices on (x, y, 1), px from the centre of the image: (n, 3, 3)."""

import torch


def translation(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Shift by (x, y), each (n,) px."""
    matrix = torch.eye(3).repeat(len(x), 1, 1)
    matrix[:, 0, 2], matrix[:, 1, 2] = x, y
    return matrix


def scaling(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Stretch x and y by factors (n,)."""
    return torch.diag_embed(torch.stack([x, y, torch.ones_like(x)], dim=1))


def rotation(angle: torch.Tensor) -> torch.Tensor:
    """Turn by angles (n,), from x to y."""
    cos, sin = torch.cos(angle), torch.sin(angle)
    matrix = torch.eye(3).repeat(len(angle), 1, 1)
    matrix[:, 0, 0], matrix[:, 0, 1] = cos, -sin
    matrix[:, 1, 0], matrix[:, 1, 1] = sin, cos
    return matrix
