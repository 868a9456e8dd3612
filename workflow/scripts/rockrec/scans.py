"""How many rows of an image were scanned, as the microscope wrote it: below stands its banner."""

import re

import tifffile

FEI, ZEISS = (34682, 34680), 34118  # tags of the microscope's settings
TESCAN = 50431  # the same, as text, a key in each line


def scan_rows_of(page: tifffile.TiffPage) -> int:
    """Return how many rows of a page were scanned, by the tags of FEI/Thermo, Zeiss or Tescan.

    All rows where the tags tell nothing, or of an image of another width: a mosaic of many scans
    may carry the tags of one.
    """
    height, width = page.shape[:2]
    for stated in (_fei, _zeiss, _tescan):
        found = stated(page.tags, width, height)
        if found and found[0] == width and 0 < found[1] < height:
            return found[1]
    return height


def _fei(tags: tifffile.TiffTags, width: int, height: int) -> tuple[int, int] | None:
    for name in FEI:
        image = _block(tags.valueof(name)).get("Image", {})
        sides = [str(image.get(f"Resolution{axis}", "")) for axis in "XY"]
        if all(side.isdecimal() for side in sides):
            return int(sides[0]), int(sides[1])
    return None


def _zeiss(tags: tifffile.TiffTags, width: int, height: int) -> tuple[int, int] | None:
    stored = _block(tags.valueof(ZEISS)).get("dp_image_store", ("",))  # a name, and "1024 * 768"
    sides = re.fullmatch(r"\s*(\d+)\s*\*\s*(\d+)\s*", str(stored[-1]))
    return sides and (int(sides[1]), int(sides[2]))


def _tescan(tags: tifffile.TiffTags, width: int, height: int) -> tuple[int, int] | None:
    text = tags.valueof(TESCAN, b"")
    text = text.decode("latin-1") if isinstance(text, bytes) else str(text)
    strip = re.search(r"^\s*ImageStripSize\s*=\s*(\d+)\s*$", text, re.MULTILINE)
    return strip and (width, height - int(strip[1]))


def _block(value) -> dict:
    return value if isinstance(value, dict) else {}
