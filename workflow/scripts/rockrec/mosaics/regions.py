"""What all images that are read region by region have in common."""

from rockrec.images import ImageError


class Sized:
    """What states the size of its pixels, or states it in a way that none can use."""

    _pixel_size: float | ImageError | None

    @property
    def pixel_size_nm(self) -> float | None:
        """By the metadata, as `rockrec.pixel_sizes` finds it, None without; ImageError if unfit."""
        if isinstance(self._pixel_size, ImageError):
            raise self._pixel_size
        return self._pixel_size


def ranges_of(region, shape: tuple[int, int]) -> tuple[range, range]:
    rows, columns = region if isinstance(region, tuple) else (region, slice(None))
    return range(*rows.indices(shape[0])), range(*columns.indices(shape[1]))
