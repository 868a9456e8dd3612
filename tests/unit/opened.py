"""A mosaic's pixels, and what is known of it once its file is closed."""

from rockrec.mosaics import open_mosaic


def read(path):
    with open_mosaic(path) as mosaic:
        return mosaic[:]


def inspect(path):
    with open_mosaic(path) as mosaic:
        return mosaic
