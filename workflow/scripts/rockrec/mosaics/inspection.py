"""What of a mosaic is rock, before anything is made of it: one look at all its pixels."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from imagecodecs import zstd_decode, zstd_encode

from rockrec.images import ImageError
from rockrec.mosaics.areas import BAND, Areas
from rockrec.mosaics.contrast import Histogram
from rockrec.mosaics.inspected import Inspection
from rockrec.mosaics.outside import MASKED, NOT_SCANNED, ROCK
from rockrec.mosaics.reading import row_bands

log = logging.getLogger(__name__)

SHARE = 0.005  # of the pixels, from which an area of one value asks for an answer
LEAST = 64  # px of an area of a value that is outside: a dark pixel of the rock is none
MOST_TOLD = 5  # areas in one message
ISLAND = 0.01  # of the largest piece of rock; less, and apart from it, is writing on a banner


@dataclass(frozen=True)
class Found:
    """A connected area of one exact value: its pixels, and the rows and columns it lies in."""

    value: int
    pixels: int
    top: int
    left: int
    bottom: int
    right: int
    at_border: bool

    def told(self, of: int) -> str:
        """Say what and where it is, and which share it has of `of` pixels."""
        kind = "an area at the border" if self.at_border else "a rectangle"
        return (
            f"{kind} of the exact value {self.value} ({self.pixels / of:.1%} of the pixels; rows "
            f"{self.top} to {self.bottom - 1}, columns {self.left} to {self.right - 1})"
        )


def inspect(
    mosaic,
    *,
    asked: bool,
    values: Sequence[int],
    masks: Sequence,
    is_gray: bool,
    place: str = "the sample's block",
) -> tuple[Inspection, Iterator[np.ndarray]]:
    """Look at all pixels of a mosaic, and mark what of it is outside.

    Parameters
    ----------
    mosaic : an open mosaic.
    asked : whether the user has said what is outside, be it nothing.
    values, masks : what she said, see `marked`.
    is_gray : or a mosaic of labels, in which nothing is looked for.
    place : where in the config the user may say what is outside.

    Returns
    -------
    What was found, and the marks (see `Outside`) as bands of rows.

    Raises
    ------
    ImageError : areas that are no rock, as it seems, of which the user said nothing; or nothing is
        rock.
    """
    height, width = mosaic.shape
    nothing = asked and not values and not masks
    scan_rows = height if nothing or not is_gray else mosaic.scan_rows
    histogram = Histogram(mosaic.dtype) if is_gray else None
    if is_gray:
        found = look_for_areas(mosaic, histogram, scan_rows)
        _judge(mosaic.path, found, asked, values, height * width, place)
    if scan_rows < height:
        log.info(
            "%s: rows %d to %d are a banner, as its own tags say (%d rows were scanned): outside",
            *(mosaic.path, scan_rows, height - 1, scan_rows),
        )
    if not values and not masks and scan_rows == height:
        contrast, median = (histogram.contrast(), histogram.median()) if is_gray else (None, None)
        found = Inspection(height, width, height * width, {}, contrast, median)
        return found, (np.zeros((_height(rows), width), np.uint8) for rows in row_bands(height))
    marks, outside = marked(mosaic, values, masks, scan_rows, is_gray)
    rock = height * width - sum(outside.values())
    if not rock:
        raise ImageError(f"{mosaic.path}: no pixel of it is rock; outside: {outside}")
    for value in values:
        if f"value {value}" not in outside:
            log.warning("%s: no area of the value %d is in it", mosaic.path, value)
    contrast = median = None
    if is_gray:
        histogram = Histogram(mosaic.dtype)
        for rows, band in zip(row_bands(height, BAND), marks(), strict=True):
            histogram.add(mosaic[rows], band != ROCK)
        contrast, median = histogram.contrast(), histogram.median()
    found = Inspection(height, width, rock, outside, contrast, median)
    log.info("%s: %s", mosaic.path, found)
    return found, marks()


def _judge(
    path: str | os.PathLike,
    found: Sequence[Found],
    asked: bool,
    values: Sequence[int],
    pixels: int,
    place: str,
) -> None:
    """Raise ImageError for areas of which the user said nothing, or warn of those left over."""
    left = [area for area in found if area.value not in values]
    told = "; ".join(area.told(pixels) for area in left[:MOST_TOLD])
    told += f"; and {len(left) - MOST_TOLD} more" if len(left) > MOST_TOLD else ""
    if left and not asked:
        named = sorted({area.value for area in left})
        line = f"outside: {named[0]}" if len(named) == 1 else f"outside: {{value: {named}}}"
        raise ImageError(
            f"{path}: not all of it seems to be rock: {told}. Write `{line}` into {place} of the "
            "config, and these areas count nowhere (or the path of a mask image); `outside: none` "
            "if they are rock"
        )
    if left and values:
        log.warning("%s: taken as rock, though it seems none: %s", path, told)


def look_for_areas(mosaic, histogram: Histogram, rows: int) -> list[Found]:
    """Find areas of one exact value that are no rock, as it seems, in a gray mosaic.

    These are connected areas that touch the border, or rectangles, of more than 0.5 % of the
    pixels.

    Parameters
    ----------
    mosaic : 2D uint8 or uint16, an array or an open mosaic.
    histogram : an empty one, which then holds all gray levels of the mosaic.
    rows : of the scan; what is below them is not looked at.

    Returns
    -------
    The areas, the largest first.
    """
    from rockrec.mosaics.counting import count_flat  # compiled

    height, width = mosaic.shape
    most = SHARE * height * width
    flat = np.zeros_like(histogram.counts)
    for span in row_bands(height):
        band = mosaic[span]
        histogram.add(band)
        count_flat(band[: max(rows - span.start, 0)], flat)
    # An area that large has more pixels in it than along its rim.
    found = []
    for value in np.flatnonzero((flat > most / 4) & (histogram.counts > most)):
        areas = Areas(lambda span, value=value: mosaic[span] == value, (rows, width), LEAST)
        at_border = areas.touch_border()
        for at in np.flatnonzero((areas.pixels > most) & (at_border | areas.are_rectangles())):
            box = map(int, areas.boxes[at])
            found.append(Found(int(value), int(areas.pixels[at]), *box, bool(at_border[at])))
    return sorted(found, key=lambda area: -area.pixels)


def marked(
    mosaic,
    values: Sequence[int],
    masks: Sequence,
    scan_rows: int,
    is_gray: bool,
) -> tuple[Callable[[], Iterator[np.ndarray]], dict[str, int]]:
    """Mark what of a mosaic is outside.

    A label value is outside wherever it stands. A gray value is where it makes up areas that
    touch the border of the scan, rectangles, or areas of more than 0.5 % of the pixels; what
    rock is cut off by such areas, pieces of less than 1 % of the largest, is so with them. (A
    pore may be as black as what was not scanned.)

    Parameters
    ----------
    values : that are outside.
    masks : images of the mosaic's shape, read like arrays; outside is where they are not 0.
    scan_rows : rows that were scanned; those below them are a banner.

    Returns
    -------
    A function that yields the marks (see `Outside`), rows from top to bottom, as often as it is
    called; and the number of marked pixels by what makes them so.
    """
    height, width = mosaic.shape
    number = {f"value {value}": 0 for value in values}
    number |= {"islands": 0, "banner": (height - scan_rows) * width, "masks": 0}
    not_scanned = _Packed((scan_rows, width))
    for value in values:

        def image(rows, value=value):
            return mosaic[rows] == value

        if is_gray:
            areas = Areas(image, (scan_rows, width), LEAST)
            large = (areas.pixels > SHARE * height * width) & (areas.pixels >= LEAST)
            shaped = areas.touch_border() | areas.are_rectangles()
            chosen = large | (shaped & (areas.pixels >= LEAST))
            bands = areas.bands(chosen)
        else:
            bands = ((rows, image(rows)) for rows in row_bands(scan_rows, BAND))
        number[f"value {value}"] = not_scanned.add(bands)
    if is_gray and values:
        rock = Areas(lambda rows: ~not_scanned[rows], (scan_rows, width))
        islands = rock.pixels < ISLAND * rock.pixels.max(initial=0)
        number["islands"] = not_scanned.add(rock.bands(islands))
    masked = _Packed((height, width))
    for mask in masks:
        masked.add(_bands_of_mask(mask))

    def marks() -> Iterator[np.ndarray]:
        for rows in row_bands(height, BAND):
            band = np.where(masked[rows], np.uint8(MASKED), np.uint8(0))
            scanned = max(min(rows.stop, scan_rows) - rows.start, 0)
            if scanned:
                band[:scanned][not_scanned[slice(rows.start, rows.start + scanned)]] = NOT_SCANNED
            band[scanned:] = NOT_SCANNED
            yield band

    number["masks"] = sum(int(np.count_nonzero(band == MASKED)) for band in marks())
    return marks, {what: pixels for what, pixels in number.items() if pixels}


def _bands_of_mask(mask) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield rows and where a mask is not 0; ImageError if it has several other values."""
    found = set()
    for rows in row_bands(mask.shape[0], BAND):
        band = mask[rows, :]
        found |= set(np.unique(band).tolist()) - {0}
        if len(found) > 1:
            raise ImageError(
                f"{mask.path}: has the values {', '.join(map(str, sorted(found)))}; a mask is 0 "
                "where the mosaic is rock, and one other value where it is none"
            )
        yield rows, band != 0


def _height(rows: slice) -> int:
    return rows.stop - rows.start


class _Packed:
    """A yes-or-no image that is kept compressed in memory, in bands of rows."""

    def __init__(self, shape: tuple[int, int]):
        self.shape, self._bands = shape, {}

    def add(self, bands) -> int:
        """Set the pixels that bands (rows, 2D bool) hold; return how many were not set before."""
        new = 0
        for rows, band in bands:
            if band.any():
                before = self[rows]
                new += int(np.count_nonzero(band & ~before))
                self._bands[rows.start] = zstd_encode(np.packbits(band | before).tobytes())
        return new

    def __getitem__(self, rows: slice) -> np.ndarray:
        shape = _height(rows), self.shape[1]
        if rows.start not in self._bands:
            return np.zeros(shape, bool)
        packed = np.frombuffer(zstd_decode(self._bands[rows.start]), np.uint8)
        return np.unpackbits(packed, count=shape[0] * shape[1]).reshape(shape).astype(bool)
