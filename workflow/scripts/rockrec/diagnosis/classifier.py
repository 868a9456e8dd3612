"""Classifier two-sample test: can a small network tell generated tiles from real ones?

It sees what the eye sees and no descriptor does (Lopez-Paz and Oquab, 2017).
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from rockrec.plain.records.verdicts import FEWEST_TILES

CHANNELS = (16, 32, 64, 64)
LARGEST_CROP = 96  # px
EPOCHS, BATCH = 40, 16
LEARNING_RATE, WEIGHT_DECAY = 2e-3, 1e-2


class Accuracy(NamedTuple):
    """Share of the scored tiles told right, with its 95 % interval: 0.5 is chance.

    n : number of tiles scored, half of them real.
    """

    accuracy: float
    low: float
    high: float
    n: int


def classifier_accuracy(real: np.ndarray, generated: np.ndarray, seed: int) -> Accuracy:
    """Train a small convolutional network on half of the tiles and score it on the others.

    Of the larger set, as many tiles are drawn as the smaller one has. The network sees random
    crops of three quarters of a side (at most `LARGEST_CROP` px), not turned or mirrored, and
    tells a tile by the mean over nine crops. The same arguments give the same result on a CPU.

    Parameters
    ----------
    real, generated : (n, size, size) and (m, size, size) uint8 0/1, tiles that do not overlap.
    seed : of the halves, the weights and the crops.

    Raises
    ------
    ValueError : tiles of different sizes, or fewer than `FEWEST_TILES` in a set.
    """
    if real.ndim != 3 or real.shape[1:] != generated.shape[1:]:
        raise ValueError(f"tiles must be of one size: {real.shape}, {generated.shape}")
    n = min(len(real), len(generated))
    if n < FEWEST_TILES:
        raise ValueError(f"{n} tiles of a kind: at least {FEWEST_TILES} are needed")
    rng = np.random.default_rng(seed)
    chosen = [stack[rng.choice(len(stack), n, replace=False)] for stack in (real, generated)]
    learnt = np.concatenate([stack[: n // 2] for stack in chosen])
    scored = np.concatenate([stack[n // 2 :] for stack in chosen])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = _trained(learnt, rng)
        says_generated = _logits(network, scored) > 0
    right = says_generated == (np.arange(len(scored)) >= len(scored) // 2)
    return Accuracy(float(right.mean()), *wilson(int(right.sum()), len(right)), len(right))


def wilson(successes: int, n: int) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson, 1927)."""
    z = 1.959964
    middle = (successes + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(successes * (n - successes) / n + z**2 / 4)
    return float(middle - half), float(middle + half)


def _trained(tiles: np.ndarray, rng: np.random.Generator) -> nn.Module:
    """Train on tiles of which the second half is generated."""
    network = _network()
    is_generated = torch.arange(len(tiles)) >= len(tiles) // 2
    adam = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    per_epoch = -(-len(tiles) // BATCH)
    rate = torch.optim.lr_scheduler.OneCycleLR(adam, LEARNING_RATE, total_steps=EPOCHS * per_epoch)
    network.train()
    for _ in range(EPOCHS):
        for batch in np.array_split(rng.permutation(len(tiles)), per_epoch):
            logits = network(_images(_random_crops(tiles[batch], rng)))[:, 0]
            loss = binary_cross_entropy_with_logits(logits, is_generated[batch].float())
            adam.zero_grad()
            loss.backward()
            adam.step()
            rate.step()
    return network.eval()


def _network() -> nn.Module:
    """Convolutions of stride 2, then the mean over the tile: it holds textures, not places."""
    layers: list[nn.Module] = []
    for before, after in zip((1, *CHANNELS), CHANNELS, strict=False):
        layers += [
            nn.Conv2d(before, after, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(after),
            nn.LeakyReLU(0.2),
        ]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(CHANNELS[-1], 1)]
    return nn.Sequential(*layers, *head)


def _random_crops(tiles: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    crop = _crop_side(tiles)
    corners = rng.integers(0, tiles.shape[1] - crop + 1, (len(tiles), 2))
    return np.stack(
        [tile[i : i + crop, j : j + crop] for tile, (i, j) in zip(tiles, corners, strict=True)]
    )


@torch.no_grad()
def _logits(network: nn.Module, tiles: np.ndarray) -> np.ndarray:
    """Mean logit over three by three crops of each tile, (n,)."""
    crop = _crop_side(tiles)
    starts = np.linspace(0, tiles.shape[1] - crop, 3).astype(int)
    crops = [tiles[:, i : i + crop, j : j + crop] for i in starts for j in starts]
    return np.mean([network(_images(some))[:, 0].numpy() for some in crops], axis=0)


def _crop_side(tiles: np.ndarray) -> int:
    return min(3 * tiles.shape[1] // 4, LARGEST_CROP)


def _images(tiles: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(tiles)).float()[:, None] * 2 - 1
