"""Tiles seen before: copies of training tiles, and of one another."""

from collections.abc import Iterable

import numpy as np

from rockrec.diagnosis.findings import LEVEL, Check, Finding
from rockrec.diagnosis.matching import Match, best_matches


def memorised_tiles(
    originals: np.ndarray, heldout: np.ndarray, n: int, turns: Iterable[str]
) -> Check:
    """Fit the check for copies of training tiles, under shifts, flips and turns.

    The value is the score of the tile that matches a training tile best (`Match`), against what
    held-out tiles, that no method has seen, score.

    Parameters
    ----------
    originals : (m, size, size) uint8 0/1, all training tiles, overlapping ones included.
    heldout : (k, size, size) uint8 0/1, real tiles that do not overlap.
    n : number of generated tiles that the threshold holds for.
    turns : the flips and turns that training used, see `TURNS`.
    """
    turns = tuple(turns)
    threshold = largest_of(n, best_matches(heldout, originals, turns))

    def check(generated: np.ndarray) -> Finding:
        matches = best_matches(generated, originals, turns)
        at = int(np.argmax([match.score for match in matches]))
        where = _in_words(at, matches[at], "training tile")
        return Finding("memorised_tiles", matches[at].score, threshold, where)

    return check


def repeated_tiles(train: np.ndarray, n: int) -> Check:
    """Fit the check for copies among the generated tiles, under shifts.

    The value is the score of the tile that matches another one best (`Match`), against what
    real tiles score among themselves.

    Parameters
    ----------
    train : (m, size, size) uint8 0/1 real tiles that do not overlap.
    n : number of generated tiles that the threshold holds for.
    """
    n = min(n, len(train))
    threshold = largest_of(n, best_matches(train[:n], train[:n], same=True))

    def check(generated: np.ndarray) -> Finding:
        matches = best_matches(generated[:n], generated[:n], same=True)
        at = int(np.argmax([match.score for match in matches]))
        where = _in_words(at, matches[at], "tile")
        return Finding("repeated_tiles", matches[at].score, threshold, where)

    return check


def largest_of(n: int, matches: list[Match]) -> float:
    """The score that the best of `n` real tiles exceeds with the probability `LEVEL`.

    Each score is itself the largest of many, so its distribution is taken to be Gumbel's, with
    the mean and variance of the scores at hand.
    """
    scores = np.array([match.score for match in matches])
    scale = scores.std(ddof=1) * np.sqrt(6) / np.pi
    mode = scores.mean() - np.euler_gamma * scale
    return float(mode - scale * np.log(-np.log1p(-LEVEL) / n))


def _in_words(tile: int, match: Match, what: str) -> str:
    turned = "" if match.turn == "identity" else f", {match.turn}"
    shift = f"shift {match.down} down {match.right} right px"
    return f"tile {tile} in {what} {match.original}, {shift}{turned}"
