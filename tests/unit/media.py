"""Random media whose statistics are known."""

import numpy as np


def discs(shape, radius, density, seed):
    """Discs at random places (a Boolean model), `density` of them per px²: uint8."""
    random = np.random.default_rng(seed)
    room = np.array(shape) + 2 * radius
    places = random.random((random.poisson(density * room.prod()), 2)) * room - radius
    reach = np.arange(-int(radius) - 1, int(radius) + 2)
    down, right = (one.ravel() for one in np.meshgrid(reach, reach, indexing="ij"))
    rows = np.floor(places[:, :1]).astype(int) + down
    columns = np.floor(places[:, 1:]).astype(int) + right
    inside = (rows - places[:, :1]) ** 2 + (columns - places[:, 1:]) ** 2 <= radius**2
    inside &= (rows >= 0) & (rows < shape[0]) & (columns >= 0) & (columns < shape[1])
    image = np.zeros(shape, np.uint8)
    image[rows[inside], columns[inside]] = 1
    return image
