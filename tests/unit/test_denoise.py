"""The filter is the published formula, to the last gray level; unfit images are refused."""

import numpy as np
import pytest

from rockrec.denoise import denoise, denoised_bands
from rockrec.mosaics import Contrast, Histogram


def bilateral(image, radius, sigma_space, sigma_gray):
    """The formula as written, in double precision, not rounded."""
    padded = np.pad(image.astype(np.float64), radius, mode="reflect")
    total = np.zeros(image.shape)
    weights = np.zeros(image.shape)
    height, width = image.shape
    for down in range(-radius, radius + 1):
        for right in range(-radius, radius + 1):
            squared = down**2 + right**2
            if squared > radius**2:
                continue
            neighbour = padded[radius + down :, radius + right :][:height, :width]
            weight = np.exp(-squared / (2 * sigma_space**2))
            weight = weight * np.exp(-((neighbour - image) ** 2) / (2 * sigma_gray**2))
            total += weight * neighbour
            weights += weight
    return total / weights


def contrast_of(image):
    histogram = Histogram(image.dtype)
    histogram.add(image)
    return histogram.contrast()


def noisy(seed, shape=(61, 83)):
    rng = np.random.default_rng(seed)
    image = np.where(np.arange(shape[1]) < 40, 60.0, 150.0) + rng.normal(0, 20, shape)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("radius", "sigma_space", "sigma_gray"),
    [
        (1, 1.0, 25.0),
        (2, 1.5, 30.0),
        (3, 2.0, 30.0),
        (4, 2.0, 30.0),
        (5, 50.0, 60.0),
        (4, 1.5, 400.0),
    ],
)
def test_exact_is_the_formula_rounded(seed, radius, sigma_space, sigma_gray):
    image = noisy(seed)
    wanted = bilateral(image, radius, sigma_space, sigma_gray)
    found = denoise(image, "exact", radius, sigma_space, sigma_gray)
    # To the nearest level, but for values so near a half that single precision decides.
    assert np.abs(found - wanted).max() <= 0.5 + 1e-3


def test_an_impulse_stays_where_it_is():
    image = np.zeros((41, 41), np.uint8)
    image[20, 20] = 255
    kernel = denoise(image, "exact", 4, 2.0, 1e4).astype(int)
    assert np.unravel_index(kernel.argmax(), kernel.shape) == (20, 20)
    for turned in (kernel.T, kernel[::-1], kernel[:, ::-1]):
        assert np.array_equal(kernel, turned)
    rows, columns = np.nonzero(kernel)
    assert np.hypot(rows - 20, columns - 20).max() <= 4


def test_noise_goes_and_the_edge_stays():
    image = noisy(5, (200, 80))
    result = denoise(image, "exact", 4, 2.0, 30.0).astype(float)
    assert result[:, 5:35].std() < 0.6 * image[:, 5:35].std()
    step = result[:, 41].mean() - result[:, 38].mean()
    assert step > 0.9 * 90


def test_skimage_kernel_is_scikit_images_own():
    from skimage.restoration import denoise_bilateral

    image = noisy(1)
    wanted = 255 * denoise_bilateral(
        image / 255, win_size=9, sigma_color=30 / 255, sigma_spatial=2.0, mode="reflect"
    )
    found = denoise(image, "skimage", 4, 2.0, 30.0, contrast_of(image))
    assert found.dtype == np.uint8
    assert np.abs(found - wanted).max() <= 0.5 + 1e-9


@pytest.mark.parametrize("rows", [1, 3, 7, 20, 60, 61, 100])
@pytest.mark.parametrize("radius", [1, 4])
@pytest.mark.parametrize(
    ("kernel", "bits"), [("exact", 8), ("skimage", 8), ("exact", 16), ("skimage", 16)]
)
def test_the_bands_do_not_show(kernel, bits, radius, rows):
    image = noisy(2)
    if bits == 16:
        image = image.astype(np.uint16) * 211 + 900
    image[3, 5] = np.iinfo(image.dtype).max  # the largest level stands in one band only
    settings = kernel, radius, 2.0, 30.0, contrast_of(image)
    bands = list(denoised_bands(image, *settings, rows=rows))
    assert np.array_equal(np.concatenate(bands), denoise(image, *settings))


def test_16_bit_is_the_formula_rounded_with_sigma_in_parts_of_the_contrast():
    image = noisy(4).astype(np.uint16) * 97 + 3000
    contrast = Contrast(low=5000, high=17000, minimum=3000, maximum=30000)
    wanted = bilateral(image, 4, 2.0, 30.0 * 12000 / 255)
    found = denoise(image, "exact", 4, 2.0, 30.0, contrast)
    assert found.dtype == np.uint16
    assert np.abs(found - wanted).max() <= 0.5 + 1e-6


def test_same_image_gives_same_pixels_and_is_left_alone():
    image = noisy(3)
    before = image.copy()
    first = denoise(image, "exact", 4, 2.0, 30.0)
    assert np.array_equal(first, denoise(image, "exact", 4, 2.0, 30.0))
    assert np.array_equal(image, before)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.arange(400, dtype=np.uint16).reshape(20, 20), "16 bit .* need the contrast"),
        (np.full((20, 20), np.nan), "8 or 16 bit .* float64"),
        (np.zeros((20, 20, 3), np.uint8), "two dimensions"),
        (np.zeros((0, 20), np.uint8), "two dimensions"),
        (np.eye(4, dtype=np.uint8), "radius 4 px is too large"),
    ],
)
def test_unfit_images_are_refused(image, message):
    with pytest.raises(ValueError, match=message):
        denoise(image, "exact", 4, 2.0, 30.0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (("gauss", 4, 2.0, 30.0), "kernel 'gauss'"),
        (("exact", 0, 2.0, 30.0), "radius .* not 0"),
        (("exact", 1.5, 2.0, 30.0), "radius .* not 1.5"),
        (("exact", 4, 0.0, 30.0), "sigma_space .* not 0"),
        (("skimage", 4, 2.0, float("nan")), "sigma_gray .* not nan"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        denoise(noisy(0), *settings)
