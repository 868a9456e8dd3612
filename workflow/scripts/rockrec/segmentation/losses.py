"""The loss of what strokes and a forest tell: cross-entropy, and Dice, of weighted pixels."""

import torch

LEAST = 1e-6  # a batch without a pixel that counts teaches nothing


def taught_loss(
    scores: torch.Tensor, shares: torch.Tensor, weights: torch.Tensor, dice_weight: float
) -> torch.Tensor:
    """Return cross-entropy + `dice_weight` x Dice loss.

    Cross-entropy judges pixel by pixel; Dice judges each class by its overlap, however few
    its pixels.

    Parameters
    ----------
    scores : (n, classes, h, w), before softmax.
    shares : (n, classes, h, w), the probabilities that are to be found.
    weights : (n, h, w), how much a pixel counts.
    """
    entropies = -(shares * scores.log_softmax(dim=1)).sum(dim=1)
    loss = (weights * entropies).sum() / weights.sum().clamp(min=LEAST)
    return loss + dice_weight * dice_loss(scores, shares, weights) if dice_weight else loss


def dice_loss(scores: torch.Tensor, shares: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """One minus the soft Dice coefficient of a batch, mean of the classes that are in it.

    With probabilities p found, t told, and weights w, the coefficient of a class is
    2 sum(w p t) / sum(w (p + t)) (Milletari et al., 3DV 2016, without squares).
    """
    found, weights = scores.softmax(dim=1), weights.unsqueeze(1)
    over = (0, 2, 3)
    overlap, total = (weights * found * shares).sum(over), (weights * (found + shares)).sum(over)
    present = (weights * shares).sum(over) > 0
    return 1 - (2 * overlap[present] / total[present]).mean() if present.any() else total.sum() * 0
