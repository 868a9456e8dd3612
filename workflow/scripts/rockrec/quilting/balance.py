"""Patches that fit well have less to show than the rock: how far the choice has to lean back.

Where much lies at the edge of a patch few places fit, and those that fit best are the plain ones:
a phase in small pieces loses a tenth of its fraction, wide fractures a tenth of their perimeter.
"""

import logging
from collections.abc import Callable

import numpy as np

log = logging.getLogger(__name__)

ROUNDS, STEP = 12, 0.5
PATCHES = 2000  # that the scatter of single patches is known from
RIDGE = 0.05  # of their variance; pixels and pairs may go together
SEEN, STANDARD_ERRORS = 0.05, 4  # a balance that is off by more of both is warned of


def lean_for(
    tiles: np.ndarray,
    side: int,
    quilted: Callable[[np.ndarray, int], np.ndarray],
    seed: int,
) -> np.ndarray:
    """Return the lean with which quilted images have the rock's phase fraction and interfaces.

    A patch is drawn with a chance that grows by exp(lean) with each of its pixels of the phase and
    of its pairs of unlike neighbours: the least change of chances that brings given means (maximum
    entropy). Found by Newton's steps, from the scatter of single patches, over trial images; the
    mean over the later half of the rounds.

    Parameters
    ----------
    tiles : (n, H, W) uint8 0/1.
    side : of a patch, px.
    quilted : makes the images (m, h, w) of a round from a lean and the round's number.
    seed : of the patches drawn.

    Returns
    -------
    (2,) float64, per pixel of the phase and per pair; see `lay_patches`.
    """
    scatter = _scatter(tiles, side, np.random.default_rng(seed))
    wanted, area = densities(tiles), side * side
    lean, leans = np.zeros(2), []
    for number in range(ROUNDS):
        lacking = (wanted - densities(quilted(lean, number))) * area
        lean = lean + STEP * np.linalg.solve(scatter, lacking)
        leans.append(lean)
    return np.mean(leans[ROUNDS // 2 :], axis=0)


def tell_balance(found: np.ndarray, wanted: np.ndarray) -> None:
    """Log how near realisations are to the rock, and warn where the search found no lean.

    Parameters
    ----------
    found : `densities` of each realisation (n, 2).
    wanted : those of the training tiles (2,).
    """
    means, error = found.mean(axis=0), found.std(axis=0) / np.sqrt(len(found))
    for name, mean, scatter, real in zip(
        ("phase fraction", "unlike neighbours per pixel"), means, error, wanted, strict=True
    ):
        off = abs(mean - real) > max(SEEN * real, STANDARD_ERRORS * scatter)
        level = logging.WARNING if off else logging.INFO
        log.log(level, "%s %.4f, of the training tiles %.4f", name, mean, real)


def densities(images: np.ndarray) -> np.ndarray:
    """Pixels of the phase, and pairs of unlike neighbours, per pixel of images (n, H, W)."""
    down = np.mean(images[:, 1:] != images[:, :-1])
    right = np.mean(images[:, :, 1:] != images[:, :, :-1])
    return np.array([images.mean(), down + right])


def _scatter(tiles: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """Covariance of pixels and pairs over single patches (2, 2)."""
    height, width = tiles.shape[1:]
    number = rng.integers(len(tiles), size=PATCHES)
    rows = rng.integers(height - side + 1, size=PATCHES)
    columns = rng.integers(width - side + 1, size=PATCHES)
    counts = [
        densities(tiles[None, n, y : y + side, x : x + side]) * side * side
        for n, y, x in zip(number, rows, columns, strict=True)
    ]
    scatter = np.cov(np.transpose(counts))
    return scatter + RIDGE * np.diag(np.diag(scatter)) + 1e-9 * np.eye(2)
