"""Uneven brightness is measured and divided out, and what is even stays."""

import numpy as np
import pytest
import tifffile
from scipy.ndimage import gaussian_filter

from rockrec.illumination import Background, Lit, TilePattern, made_even
from rockrec.mosaics import open_mosaic
from rockrec.plain.grid import Grid
from rockrec.synthetic import make_rock

GRID = Grid(rows=3, columns=4, overlap=24)
SIDE = 200


class Opened(np.ndarray):
    """An array that says of itself what an open mosaic does."""

    path = "rock.tif"


def even_rock(height, width, seed=0):
    """Pores in a matrix of one brightness, with noise."""
    rng = np.random.default_rng(seed)
    pores = gaussian_filter(rng.standard_normal((height, width)), 6) > 0.08
    gray = np.where(pores, 50.0, 120.0) + rng.normal(0, 6, pores.shape)
    return gray, pores


def ramp(height, width, strength=0.35):
    y, x = np.mgrid[:height, :width]
    return 1 + strength * (2 * x / width - 1) - 0.5 * strength * (2 * y / height - 1)


def iou(gray, phase):
    """Of the phase with what lies below the best single threshold."""
    smooth = gaussian_filter(gray.astype(float), 1.5)
    darker = (smooth < level for level in np.quantile(smooth, np.linspace(0.02, 0.6, 40)))
    return max((one & phase).sum() / (one | phase).sum() for one in darker)


def stored(gray, bits=8):
    scale, dtype = (1, np.uint8) if bits == 8 else (200, np.uint16)
    return np.clip(np.rint(gray * scale), 0, np.iinfo(dtype).max).astype(dtype).view(Opened)


@pytest.mark.parametrize("bits", [8, 16])
def test_a_background_is_found_to_the_border_and_divided_out(bits):
    gray, _ = even_rock(700, 1100)
    shading = ramp(700, 1100)
    field = Background(stored(gray * shading, bits), 512).at(range(700), range(1100))
    assert np.abs(field / shading - 1).max() < 0.03
    even = made_even(stored(gray * shading, bits), "background", 512)
    assert (even.shape, even.dtype) == ((700, 1100), stored(gray, bits).dtype)
    piece = even[100:350, 30:900]
    assert np.array_equal(piece, even[:, :][100:350, 30:900])
    difference = piece.astype(float) - stored(gray, bits)[100:350, 30:900]
    assert np.abs(np.median(difference)) < 0.03 * 120 * (1 if bits == 8 else 200)


def test_what_is_even_stays():
    gray, _ = even_rock(700, 1100)
    field = Background(stored(gray), 512).at(range(700), range(1100))
    assert np.abs(field - 1).max() < 0.01


def test_shaded_fractures_are_told_from_the_rock_again():
    rock = make_rock("fractures", 1024, 1536, 1)
    truth = rock.truth == 1
    shaded = stored(0.9 * rock.gray * ramp(1024, 1536))
    before, after = iou(shaded, truth), iou(made_even(shaded, "background", 512)[:, :], truth)
    assert after > before + 0.1


def test_what_is_outside_does_not_count():
    gray, _ = even_rock(600, 900)
    shading = ramp(600, 900)
    outside = np.zeros((600, 900), bool)
    outside[:, :330] = outside[400:, 600:] = True
    damaged = stored(np.where(outside, 0, gray * shading))
    field = Background(damaged, 256, outside).at(range(600), range(900))
    wanted = shading / shading[~outside].mean()
    assert np.abs(field / wanted - 1)[~outside].max() < 0.05


@pytest.fixture
def vignetted(tmp_path):
    """A mosaic in tiles that all are darker at their corners; the same with even light."""
    step = SIDE - GRID.overlap
    height, width = GRID.rows * step + GRID.overlap, GRID.columns * step + GRID.overlap
    gray, pores = even_rock(height, width, seed=3)
    y, x = np.mgrid[:SIDE, :SIDE]
    vignette = 1.1 - 0.5 * ((y / SIDE - 0.5) ** 2 + (x / SIDE - 0.5) ** 2) * 2
    paths = GRID.paths(str(tmp_path / "{row}_{column}.tif"))
    for k, path in enumerate(paths):
        top, left = k // GRID.columns * step, k % GRID.columns * step
        tile = gray[top : top + SIDE, left : left + SIDE] * vignette
        tifffile.imwrite(path, np.asarray(stored(tile)))
    return paths, gray, pores


def test_what_all_tiles_have_in_common_is_divided_out(vignetted):
    paths, gray, pores = vignetted
    with open_mosaic(paths, GRID) as mosaic:
        even = made_even(mosaic, "tiles", 512)
        assert isinstance(even, Lit)
        image = even[:, :]
        assert np.array_equal(image[50:300, 100:], even[50:300, 100:])
        field = TilePattern(mosaic).at(*map(range, mosaic.shape))
        before = mosaic[:, :]
    assert iou(image, pores) > iou(before, pores) + 0.02
    matrix = ~pores
    spread = [gaussian_filter((one / gray)[matrix], 300).std() for one in (before, image)]
    assert np.std((before / field / gray)[matrix]) < 0.5 * np.std((before / gray)[matrix])
    assert spread[1] < spread[0]


def test_nothing_is_done_where_nothing_is_asked():
    gray = stored(even_rock(200, 200)[0])
    assert made_even(gray, "none", 512) is gray
