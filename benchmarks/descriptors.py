"""How fast the descriptors are, against plain loops, FFT and PoreSpy, on this machine.

    python benchmarks/descriptors.py             # per image, on one core and then on all
    python benchmarks/descriptors.py --mosaic    # one mosaic of 17,920 x 54,784 px to lag 1024

The six functions of `describe` at all lags, on thresholded Gaussian fields; times are the best
of several runs over a stack. PoreSpy is left out, with a word, where it is not installed.
"""

import argparse
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import numba
import numpy as np
import scipy.fft
from scipy.ndimage import gaussian_filter

from rockrec.descriptors import describe, describe_mosaic

SIZE, TILE, IMAGES, RUNS = 512, 128, 16, 7


def rock(n: int, size: int, phase_fraction: float) -> np.ndarray:
    """Thresholded Gaussian fields with grains of about ten pixels, (n, size, size) uint8."""
    noise = np.random.default_rng(0).standard_normal((n, size, size))
    field = gaussian_filter(noise, (0, 4, 4))
    return (field > np.quantile(field, 1 - phase_fraction)).astype(np.uint8)


@numba.njit(parallel=True)
def plain_loops(images: np.ndarray, n_lags: int) -> np.ndarray:
    """Counts of S2H, S2V, P3H, P3V, P4, P6, L in rows, L in columns: pixel by pixel."""
    n, height, width = images.shape
    counts = np.zeros((n, 8, n_lags), np.int64)
    for i in numba.prange(n):
        a, count = images[i], counts[i]
        for r in range(n_lags):
            h, q = int(math.ceil(math.sqrt(3) / 2 * r)), r // 2
            hh = int(math.ceil(math.sqrt(3) * r))
            for y in range(height):
                for x in range(width - r):
                    count[0, r] += a[y, x] & a[y, x + r]
            for y in range(height - r):
                for x in range(width):
                    count[1, r] += a[y, x] & a[y + r, x]
            for y in range(height - h):
                for x in range(width - r):
                    count[2, r] += a[y, x] & a[y, x + r] & a[y + h, x + q]
            for y in range(height - r):
                for x in range(width - h):
                    count[3, r] += a[y, x] & a[y + r, x] & a[y + q, x + h]
            for y in range(height - r):
                for x in range(width - r):
                    count[4, r] += a[y, x] & a[y, x + r] & a[y + r, x] & a[y + r, x + r]
            for y in range(height - hh):
                for x in range(width - 2 * r):
                    upper = a[y, x + q] & a[y, x + q + r]
                    middle = a[y + h, x] & a[y + h, x + 2 * r]
                    lower = a[y + hh, x + q] & a[y + hh, x + q + r]
                    count[5, r] += upper & middle & lower
        for y in range(height):
            length = 0
            for x in range(width):
                length = length + 1 if a[y, x] else 0
                for r in range(min(length, n_lags)):
                    count[6, r] += 1
        for x in range(width):
            length = 0
            for y in range(height):
                length = length + 1 if a[y, x] else 0
                for r in range(min(length, n_lags)):
                    count[7, r] += 1
    return counts


def fft_s2(images: np.ndarray, n_lags: int, workers: int) -> np.ndarray:
    """S2 by the autocorrelation of rows and of columns, padded so that nothing wraps."""
    both = []
    for axis, along in ((2, images.shape[2]), (1, images.shape[1])):
        padded = scipy.fft.next_fast_len(along + n_lags, real=True)
        spectrum = scipy.fft.rfft(images.astype(np.float32), padded, axis=axis, workers=workers)
        power = (np.abs(spectrum) ** 2).sum(axis=3 - axis)
        counts = scipy.fft.irfft(power, padded, axis=1)[:, :n_lags]
        both.append(counts / (images.shape[3 - axis] * (along - np.arange(n_lags))))
    return sum(both) / 2


def milliseconds(function: Callable[[], object], n_images: int, runs: int = RUNS) -> float:
    """Best time per image; a first call compiles."""
    function()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times) * 1e3 / n_images


def check(images: np.ndarray) -> None:
    """All that is timed here computes the same numbers."""
    curves = describe(images)
    counts = plain_loops(images, SIZE // 2)
    lags = np.arange(SIZE // 2)
    pairs = SIZE * (SIZE - lags)
    assert np.array_equal(curves["S2"], (counts[:, 0] / pairs + counts[:, 1] / pairs) / 2)
    assert np.array_equal(curves["L"], (counts[:, 6] / pairs + counts[:, 7] / pairs) / 2)
    assert np.array_equal(curves["P4"], counts[:, 4] / (SIZE - lags) ** 2)
    assert np.allclose(curves["S2"], fft_s2(images, SIZE // 2, 1), atol=1e-5)


def porespy_correlation() -> Callable[[np.ndarray], object] | None:
    """PoreSpy's two_point_correlation, or None."""
    try:
        from porespy.metrics import two_point_correlation
    except ImportError:
        return None
    return two_point_correlation


def compare(threads: int) -> None:
    """Print one block of the table."""
    numba.set_num_threads(threads)
    print(f"\n{threads} core{'s' if threads > 1 else ''}, ms per {SIZE} x {SIZE} image")
    correlation = porespy_correlation()
    for phase_fraction in (0.35, 0.05):
        images = rock(IMAGES, SIZE, phase_fraction)
        check(images[:2])
        ours = milliseconds(lambda images=images: describe(images), IMAGES)
        rows = [("(a) six functions, rockrec", ours)]
        loops = milliseconds(lambda images=images: plain_loops(images, SIZE // 2), IMAGES, 2)
        rows.append(("(b) six functions, plain numba loops", loops))
        if correlation:
            one = milliseconds(lambda images=images: correlation(images[0]), 1, 3)
            rows.append(("(c) radial S2, PoreSpy", one))
        transform = milliseconds(lambda i=images: fft_s2(i, SIZE // 2, threads), IMAGES)
        rows.append(("(d) S2, FFT of rows and columns", transform))
        alone = milliseconds(lambda images=images: describe(images, ["S2"]), IMAGES)
        rows.append(("    S2, rockrec", alone))
        for what, value in rows:
            ratio = f"{value / ours:8.1f} x (a)"
            print(f"  phi {phase_fraction:.2f}  {what:38s} {value:9.3f} {ratio}")
        tiles = images.reshape(IMAGES, SIZE // TILE, TILE, SIZE // TILE, TILE)
        tiles = np.ascontiguousarray(tiles.swapaxes(2, 3).reshape(-1, TILE, TILE))
        small = milliseconds(lambda tiles=tiles: describe(tiles), len(tiles))
        print(f"  phi {phase_fraction:.2f}  six functions, {TILE} x {TILE} tile {small:22.4f}")
    if not correlation:
        print("  (c) left out: PoreSpy is not installed")


def first_call() -> None:
    """Print how long compilation takes in a new process, and then the cached call in another."""
    program = (
        "import time; import numpy as np;"
        "from rockrec.descriptors import describe; t = time.perf_counter();"
        "describe(np.zeros((2, 64, 64), np.uint8)); print(f'{time.perf_counter() - t:.2f} s')"
    )
    with tempfile.TemporaryDirectory() as cache:
        for what in ("compiled", "from the cache"):
            environment = os.environ | {"NUMBA_CACHE_DIR": cache}
            took = subprocess.run(
                [sys.executable, "-c", program], env=environment, capture_output=True, check=True
            ).stdout.decode()
            print(f"first call, {what}: {took.strip()}")


def mosaic() -> None:
    """Print the time and the memory that one gigapixel takes."""
    height, width, n_lags = 17_920, 54_784, 1024
    pattern = rock(1, 2048, 0.35)[0]

    def read_rows(first: int, last: int) -> np.ndarray:
        rows = pattern[np.arange(first, last) % 2048]
        return np.tile(rows, (1, -(-width // 2048)))[:, :width]

    describe(pattern[:128, :128])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    start = time.perf_counter()
    describe_mosaic(read_rows, (height, width), n_lags=n_lags)
    took = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{height} x {width} px, six functions to lag {n_lags}, {numba.get_num_threads()} cores: "
        f"{took:.1f} s, {after:.2f} GB at most ({before:.2f} GB before)"
    )


def main() -> None:
    command = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    command.add_argument("--mosaic", action="store_true", help="time one gigapixel instead")
    if command.parse_args().mosaic:
        mosaic()
        return
    print(f"{numba.config.NUMBA_NUM_THREADS} cores, {numba.core.config.CPU_NAME or 'host'} code")
    first_call()
    for threads in dict.fromkeys((1, numba.config.NUMBA_NUM_THREADS)):
        compare(threads)


if __name__ == "__main__":
    main()
