"""The size of a pixel, from what microscopes and image programs write into a TIFF."""

import logging
import math
import os

import tifffile

from rockrec.images import ImageError

log = logging.getLogger(__name__)

NM_PER_UNIT = {
    "pm": 1e-3,
    "å": 0.1,
    "nm": 1.0,
    "nanometer": 1.0,
    "nanometers": 1.0,
    "µm": 1e3,
    "μm": 1e3,
    "um": 1e3,
    "micron": 1e3,
    "microns": 1e3,
    "micrometer": 1e3,
    "micrometers": 1e3,
    "mm": 1e6,
    "inch": 2.54e7,
    "cm": 1e7,
    "m": 1e9,
}
TIFF_UNITS = {2: "inch", 3: "cm"}
LARGEST_BARE = 10_000  # nm; a larger one beside no microscope's name is a screen's or a printer's
BARE_UNITS = ("inch", "cm")  # of screens and printers; ImageJ keeps them
OME_DEFAULT = (1000.0, 1000.0)  # nm, where a program knew of none
OWN = 'Creator="rockrec"'  # who writes none that is not known
SQUARE = 0.01  # what the sides may differ by; a size may differ as much from the config's


def pixel_size_of(
    tiff: tifffile.TiffFile, path: str | os.PathLike, number: int = 0
) -> float | None:
    """Return the pixel size in nm that a file states of its image `number`, None without.

    By OME, ImageJ, the microscopes of FEI/Thermo and Zeiss, or the bare resolution tags, where
    what they say is a microscope's.

    Raises
    ------
    ImageError : the metadata cannot be read, or the pixels are not square (by over 1 %).
    """
    try:
        stated = _stated(tiff, number)
    except Exception as error:  # broken text and broken numbers, of five formats
        raise ImageError(f"{path}: its metadata cannot be read: {error!r}") from error
    if stated is None:
        return None
    size_x, size_y = stated
    if not math.isclose(size_x, size_y, rel_tol=SQUARE):
        raise ImageError(f"{path}: pixels of {size_x:g} x {size_y:g} nm are not square")
    if tiff.is_ome and stated == OME_DEFAULT and OWN not in tiff.ome_metadata:
        log.warning("%s: pixels of exactly 1 µm, as OME has them by default: not believed", path)
        return None
    return (size_x + size_y) / 2


def _stated(tiff: tifffile.TiffFile, number: int) -> tuple[float, float] | None:
    if tiff.is_ome:
        return _by_ome(tiff.ome_metadata, number)
    tags = tiff.series[number].keyframe.tags
    if tiff.is_imagej:
        unit = str(tiff.imagej_metadata.get("unit", "")).replace("\\u00B5", "µ")
        stated = _lengths(_resolution(tags), (unit, unit))
        return stated if unit.strip().lower() not in BARE_UNITS else _if_fine(stated)
    if tiff.is_fei:
        scan = tiff.fei_metadata.get("Scan", {})
        return _lengths((scan.get("PixelWidth"), scan.get("PixelHeight")), ("m", "m"))
    if tiff.is_sem:
        stated = tiff.sem_metadata.get("ap_image_pixel_size", ())  # name, number and unit
        size, unit = stated[1:] if len(stated) == 3 else (None, "")
        return _lengths((size, size), (unit, unit))
    unit = TIFF_UNITS.get(tags.valueof("ResolutionUnit", 1), "")
    return _if_fine(_lengths(_resolution(tags), (unit, unit)))


def _if_fine(bare: tuple[float, float] | None) -> tuple[float, float] | None:
    return bare if bare and max(bare) <= LARGEST_BARE else None


def _by_ome(metadata: str, number: int) -> tuple[float, float] | None:
    content = tifffile.xml2dict(metadata)["OME"]
    if "BinaryOnly" in content:  # of a set whose metadata stand in another file
        return None
    images = content["Image"]
    pixels = (images[number] if isinstance(images, list) else images)["Pixels"]
    return _lengths(
        [pixels.get(f"PhysicalSize{axis}") for axis in "XY"],
        [pixels.get(f"PhysicalSize{axis}Unit", "µm") for axis in "XY"],
    )


def _resolution(tags: tifffile.TiffTags) -> list[float | None]:
    """Lengths of a pixel in both directions, None where the pixels of a unit are 0."""
    stated = [tags.valueof(name, (0, 1)) for name in ("XResolution", "YResolution")]
    return [unit / pixels if pixels else None for pixels, unit in stated]


def _lengths(sizes, units) -> tuple[float, float] | None:
    """Sizes in nm; None if one is not stated, is no length, or has a unit of no length."""
    known = [NM_PER_UNIT.get(str(unit).strip().lower()) for unit in units]
    if any(size in (None, "") for size in sizes) or None in known:
        return None
    size_x, size_y = (float(size) * nm for size, nm in zip(sizes, known, strict=True))
    return (size_x, size_y) if size_x > 0 and size_y > 0 else None
