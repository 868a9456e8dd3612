"""The strata that points are drawn from: what the model found, and how sure it was."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rockrec.mosaics import row_bands
from rockrec.segmentation.confidence import SURE
from rockrec.segmentation.points.interval import Judged, fraction_of

NOWHERE = 255  # the stratum of what is no rock
LEVELS = SURE + 1
# A model that is sure errs, too: points are divided as if its errors had this variance besides.
NEVER_SURE = 0.01
FEWEST = 5  # points of a stratum


@dataclass(frozen=True)
class Strata:
    """A division of the rock by the class found (the phase or another) and the confidence there.

    Attributes
    ----------
    number_of : (2, 256) uint8, the stratum of a pixel by whether the phase was found and by the
        level of confidence; `NOWHERE` where there is none.
    pixels : of each stratum.
    doubt : of each, the mean of 1 - the probability of the class that was found.
    is_phase : of each, whether the phase was found.
    """

    number_of: np.ndarray
    pixels: np.ndarray
    doubt: np.ndarray
    is_phase: np.ndarray

    def points(self, number: int) -> np.ndarray:
        """Divide points among the strata, such that the fraction's variance is least.

        By the strata's size and their standard deviation as the model expects it (Neyman, 1934),
        with at least five in each that has as many pixels.
        """
        spread = self.pixels * _spread(self.doubt)
        least = np.minimum(FEWEST, self.pixels)
        shares = np.maximum(spread / spread.sum() * number, least)
        shares *= number / shares.sum()
        given = np.minimum(np.floor(shares).astype(int), self.pixels)
        for place in np.argsort(given - shares, kind="stable"):
            if given.sum() < number and given[place] < self.pixels[place]:
                given[place] += 1
        return np.maximum(given, np.minimum(1, self.pixels))

    def half_width(self, number: int) -> float:
        """Return half of the interval to expect of so many points, if the model doubts justly."""
        points = self.points(number)
        found = np.where(self.is_phase, 1 - self.doubt, self.doubt) * points
        strata = zip(self.pixels, points, found, strict=True)
        expected = fraction_of([Judged(*one) for one in strata])
        return (expected.high - expected.low) / 2


class Found:
    """What a model found of a mosaic: read as a map of two classes and levels of confidence.

    Parameters
    ----------
    segmented : 2D label image, an array or an open mosaic; 0 is no rock.
    confidence : 2D uint8, see `rockrec.segmentation.confidence`.
    cell_px : height and width of its pixels, in pixels of the mosaic.
    phase : the label of the phase.
    """

    def __init__(self, segmented, confidence: np.ndarray, cell_px: Sequence[float], phase: int):
        self.shape, self._segmented, self._phase = tuple(segmented.shape), segmented, phase
        self._confidence = confidence
        self._rows, self._columns = (
            np.minimum((np.arange(side) / cell).astype(int), cells - 1)
            for side, cell, cells in zip(self.shape, cell_px, confidence.shape, strict=True)
        )

    def bands(self) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
        """Yield (first row, rock, whether the phase was found, level) of bands of rows."""
        for rows in row_bands(self.shape[0]):
            labels = np.asarray(self._segmented[rows])
            levels = self._confidence[self._rows[rows]][:, self._columns]
            yield rows.start, labels > 0, labels == self._phase, levels

    def strata(self) -> Strata:
        """Divide the rock into up to four strata.

        Of the pixels of the phase, and of the others, those where the model is surer and those
        where it doubts more, such that both have their half of the expected standard deviations.

        Raises
        ------
        ValueError : there is no rock.
        """
        counts = np.zeros((2, LEVELS), np.int64)
        for _, rock, is_phase, levels in self.bands():
            places = is_phase[rock] * LEVELS + levels[rock]
            counts += np.bincount(places, minlength=counts.size).reshape(counts.shape)
        if not counts.any():
            raise ValueError("no pixel of rock is segmented")
        doubts = 1 - np.arange(LEVELS) / SURE
        number_of = np.full((2, LEVELS), NOWHERE, np.uint8)
        members = []
        for side, of_level in enumerate(counts):
            spread = (of_level * _spread(doubts)).cumsum()
            doubtful = spread <= spread[-1] / 2
            for chosen in (~doubtful, doubtful):
                if of_level[chosen].any():
                    number_of[side, chosen] = len(members)
                    members.append((side, of_level * chosen))
        pixels = np.array([levels.sum() for _, levels in members])
        doubt = np.array([levels @ doubts for _, levels in members]) / pixels
        return Strata(number_of, pixels, doubt, np.array([bool(side) for side, _ in members]))

    def drawn(
        self, strata: Strata, points: Sequence[int], random: np.random.Generator
    ) -> list[tuple[int, int, int]]:
        """Draw pixels at random, so many of each stratum: (row, column, stratum), shuffled.

        Of the first ones each stratum has its share: who stops early has a sample, too.
        """
        wanted = [
            np.sort(random.choice(pixels, number, replace=False))
            for pixels, number in zip(strata.pixels, points, strict=True)
        ]
        passed, found = np.zeros(len(wanted), np.int64), [[] for _ in wanted]
        for top, rock, is_phase, levels in self.bands():
            numbers = np.where(rock, strata.number_of[is_phase.astype(np.uint8), levels], NOWHERE)
            numbers = numbers.ravel()
            here = np.bincount(numbers, minlength=LEVELS)[: len(wanted)]
            for stratum, ranks in enumerate(wanted):
                first, end = np.searchsorted(ranks, passed[stratum] + [0, here[stratum]])
                if first < end:
                    flat = np.flatnonzero(numbers == stratum)[ranks[first:end] - passed[stratum]]
                    rows, columns = np.unravel_index(flat, rock.shape)
                    found[stratum] += zip((top + rows).tolist(), columns.tolist(), strict=True)
            passed += here
        order = []
        for stratum, places in enumerate(found):
            turns = (np.arange(len(places)) + random.random(len(places))) / len(places)
            shuffled = random.permutation(len(places))
            order += [
                (turn, (*places[at], stratum)) for turn, at in zip(turns, shuffled, strict=True)
            ]
        return [place for _, place in sorted(order)]


def _spread(doubt: np.ndarray) -> np.ndarray:
    """The standard deviation of a pixel's error that a model's doubt lets expect."""
    return np.sqrt(doubt * (1 - doubt) + NEVER_SURE)
