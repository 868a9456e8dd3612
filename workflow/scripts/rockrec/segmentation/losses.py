"""The loss of sparse labels: cross-entropy and Dice over the labelled pixels."""

import torch
from torch.nn.functional import cross_entropy, one_hot

NOT_LABELLED = -1


def segmentation_loss(
    scores: torch.Tensor,
    targets: torch.Tensor,
    dice_weight: float,
    class_weights: torch.Tensor | None = None,
) -> torch.Tensor:
    """Return cross-entropy + `dice_weight` x Dice loss.

    Cross-entropy judges pixel by pixel; Dice judges each class by its overlap, however few
    its pixels.

    Parameters
    ----------
    scores : (n, classes, h, w), before softmax.
    targets : (n, h, w) class numbers, -1 = not labelled.
    class_weights : (classes,) of the cross-entropy.
    """
    loss = cross_entropy(scores, targets, class_weights, ignore_index=NOT_LABELLED)
    return loss + dice_weight * dice_loss(scores, targets) if dice_weight else loss


def dice_loss(scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """One minus the soft Dice coefficient of a batch, mean of the classes labelled in it.

    With probabilities p and targets t of the labelled pixels of the batch, the coefficient of a
    class is 2 sum(p t) / (sum(p) + sum(t)) (Milletari et al., 3DV 2016, without squares).
    """
    labelled = targets != NOT_LABELLED
    probabilities = scores.softmax(dim=1).movedim(1, -1)[labelled]
    truth = one_hot(targets[labelled], scores.shape[1]).to(probabilities.dtype)
    overlap, total = (probabilities * truth).sum(0), (probabilities + truth).sum(0)
    present = truth.sum(0) > 0
    return 1 - (2 * overlap[present] / total[present]).mean()
