"""Penalties on the slope of a discriminator; always in float32, less loses the slope's slope."""

from collections.abc import Callable

import torch

from rockrec.gans.draws import Draws
from rockrec.gans.transfer import sent

Scores = Callable[[torch.Tensor], torch.Tensor]


def gradient_penalty(
    critic: Scores, real: torch.Tensor, fake: torch.Tensor, draws: Draws
) -> torch.Tensor:
    """Return E[(‖∇D(x̂)‖₂ - 1)²], x̂ at a random point between a real and a fake image."""
    along = sent(draws.uniform(1, 1, 1), real.device)
    slope = _slope(critic, torch.lerp(fake.float(), real.float(), along))
    return (slope.norm(dim=1) - 1).square().mean()


def r1_penalty(discriminator: Scores, real: torch.Tensor) -> torch.Tensor:
    """Return E[‖∇D(x)‖²] / 2 at the real images x (Mescheder et al., 2018)."""
    return _slope(discriminator, real.float()).square().sum(dim=1).mean() / 2


def _slope(discriminator: Scores, images: torch.Tensor) -> torch.Tensor:
    """Gradient of the score with respect to each image (n, pixels), differentiable again.

    A compiled discriminator would not be: here it is passed as it is written.
    """
    uncompiled = torch.compiler.set_stance("force_eager")
    with uncompiled, torch.autocast(images.device.type, enabled=False):
        images = images.detach().requires_grad_()
        score = discriminator(images).sum()
        (slope,) = torch.autograd.grad(score, images, create_graph=True)
        return slope.flatten(1)
