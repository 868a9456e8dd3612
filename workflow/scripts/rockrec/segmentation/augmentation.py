"""Change gray levels as an electron microscope does from field to field."""

import numpy as np
from scipy.ndimage import gaussian_filter

# Gray is on the scale where the mosaic's contrast range is -1 to 1.
CONTRAST = (0.75, 1.33)
BRIGHTNESS_SD = 0.15
LARGEST_BLUR = 1.5  # px, standard deviation
LARGEST_NOISE = 0.15
STREAKED = 0.25  # share of the crops
MOST_STREAKS, TALLEST_STREAK, STREAK_SD = 4, 8, 0.3  # number, px, gray


def augmented(gray: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a crop with other focus, contrast, brightness, charging and noise.

    Half the crops are blurred. Charging shows as bands along the scan lines, the rows.

    Parameters
    ----------
    gray : (h, w) float32, the mosaic's contrast range being -1 to 1.
    """
    if rng.random() < 0.5:
        gray = gaussian_filter(gray, rng.uniform(0.0, LARGEST_BLUR), truncate=3.0)
    gray = gray * rng.uniform(*CONTRAST) + rng.normal(0.0, BRIGHTNESS_SD)
    if rng.random() < STREAKED:
        gray = gray + _streaks(len(gray), rng)[:, None]
    noise = rng.standard_normal(gray.shape, np.float32) * rng.uniform(0.0, LARGEST_NOISE)
    return (gray + noise).astype(np.float32)


def _streaks(height: int, rng: np.random.Generator) -> np.ndarray:
    """What charging adds to each row."""
    added = np.zeros(height)
    for _ in range(rng.integers(1, MOST_STREAKS + 1)):
        top = rng.integers(height)
        added[top : top + rng.integers(1, TALLEST_STREAK + 1)] += rng.normal(0.0, STREAK_SD)
    return added
