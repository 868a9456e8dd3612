"""How well judged points tell the phase fraction: coverage and interval score of several ways.

A simulated painter paints four fields of a rock, a forest is fitted to her strokes and segments it.
Then points are drawn over and over and judged by the truth, and each way makes an interval of them:

plain        counting the points (Wilson's interval), the model unheard
hard, soft   simple random points: mean of the labels (probabilities) found, and mean residual at
             the points, +- 1.96 standard errors; soft, tuned: with the weight of the predictions
             that lets expect the least variance (PPI++, Angelopoulos et al. 2023)
strata       as the workflow does: strata by label and confidence, more points where the model
             doubts; with Jeffreys' intervals, as it has them, or from the variance, or with
             Wilson's intervals of the strata put together (MOVER)

Interval score: width and 40 times the miss (Gneiting & Raftery 2007), over that of plain counting.

    ROCKREC_TEST_DATA=<folder> python benchmarks/points.py --seeds 1 2 --draws 200
"""

import argparse

import numpy as np
import pandas as pd
from painting import at_random, fitted, painted, scene_of

from rockrec.segmentation.confidence import Confidence
from rockrec.segmentation.forests.inference import forest_bands
from rockrec.segmentation.points.interval import Judged, fraction_of
from rockrec.segmentation.points.strata import Found, Strata

Z = 1.959964
MISS = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", nargs="+", default=["pores", "fractures", "sandstone"])
    parser.add_argument("--fields", type=int, default=4, help="painted, of 256 px")
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--draws", type=int, default=100, help="for each seed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--side", type=int, default=1024, help="of a built-in rock, px")
    options = parser.parse_args()
    for scene in options.scenes:
        draws = pd.concat([drawn(scene, seed, options) for seed in options.seeds])
        sums = draws.groupby("way", sort=False).mean(numeric_only=True)
        sums["score"] /= sums.loc["plain", "score"]
        print(f"{scene}, {options.points} points, {len(draws) // len(sums)} draws")
        print(sums.round(4).to_string(), flush=True)


def drawn(scene: str, seed: int, options: argparse.Namespace) -> pd.DataFrame:
    """A row for each way and draw: whether it covers, width, score, absolute error."""
    gray, truth = scene_of(scene, seed, options.side)
    random = np.random.default_rng(seed)
    places = at_random(gray.shape, options.fields, [], random)
    confidence = KeptConfidence()
    forest = fitted(gray, painted(truth, places, seed), seed)
    labels = np.concatenate(list(forest_bands(forest, gray, confidence=confidence)))
    sure = np.concatenate(confidence.kept)
    soft = np.where(labels == 1, sure, 1 - sure)
    found = Found(labels, confidence.image, confidence.told(gray.shape)["cell_px"], 1)
    strata, phi = found.strata(), truth.mean()
    print(
        f"{scene}, seed {seed}: φ {phi:.4f}, found {(labels == 1).mean():.4f}, wrong "
        f"{((labels == 1) != truth).mean():.4f}; half an interval is expected to be "
        f"{strata.half_width(options.points):.4f}"
    )
    rows = []
    for _ in range(options.draws):
        at = random.integers(0, truth.size, options.points)
        judged = truth.ravel()[at].astype(float)
        limits = plain(judged) | differences(judged, (labels == 1), soft, at)
        limits |= in_strata(found, strata, truth, options.points, random)
        for way, (value, low, high) in limits.items():
            miss = max(low - phi, phi - high, 0)
            score = high - low + MISS * miss
            rows.append((way, miss == 0, high - low, score, abs(value - phi)))
    return pd.DataFrame(rows, columns=["way", "covers", "width", "score", "error"])


class KeptConfidence(Confidence):
    """A confidence that keeps what it is told of each pixel."""

    def begin(self, shape, outside=None):
        super().begin(shape, outside)
        self.kept = []

    def add(self, probability):
        super().add(probability)
        self.kept.append(probability)


def plain(judged: np.ndarray) -> dict[str, tuple]:
    share = judged.mean()
    return {"plain": (share, *wilson(share, len(judged)))}


def wilson(share, number) -> tuple:
    middle = (share + Z**2 / 2 / number) / (1 + Z**2 / number)
    half = Z * np.sqrt(share * (1 - share) / number + Z**2 / 4 / number**2) / (1 + Z**2 / number)
    return middle - half, middle + half


def differences(judged, hard, soft, at) -> dict[str, tuple]:
    """The mean prediction and the mean residual of simple random points."""
    limits = {}
    for way, predicted, tuned in (("hard", hard, 0), ("soft", soft, 0), ("soft, tuned", soft, 1)):
        here = predicted.ravel()[at].astype(float)
        weight = np.clip(np.cov(here, judged)[0, 1] / max(here.var(), 1e-9), 0, 1) if tuned else 1
        residual = judged - weight * here
        value = weight * predicted.mean() + residual.mean()
        half = Z * residual.std(ddof=1) / np.sqrt(len(judged))
        limits[way] = value, value - half, value + half
    return limits


def in_strata(found: Found, strata: Strata, truth, number: int, random) -> dict[str, tuple]:
    """Points of strata: the workflow's interval, and others of the same points."""
    points = strata.points(number)
    rows, columns, stratum = np.array(found.drawn(strata, points, random)).T
    of_phase = np.bincount(stratum, weights=truth[rows, columns], minlength=len(points))
    counts = zip(strata.pixels, points, of_phase, strict=True)
    limits = {"strata, Jeffreys": fraction_of([Judged(*one) for one in counts])}
    weights, shares = strata.pixels / strata.pixels.sum(), of_phase / points
    value = weights @ shares
    half = Z * np.sqrt(weights**2 @ (shares * (1 - shares) / np.maximum(points - 1, 1)))
    limits["strata, variance"] = value, value - half, value + half
    low, high = wilson(shares, points)
    limits["strata, MOVER"] = (
        value,
        value - np.sqrt(weights**2 @ (shares - low) ** 2),
        value + np.sqrt(weights**2 @ (high - shares) ** 2),
    )
    return limits


if __name__ == "__main__":
    main()
