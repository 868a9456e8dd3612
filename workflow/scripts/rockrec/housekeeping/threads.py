"""One number of threads for every library that computes."""

import ctypes
import sys
from concurrent.futures import ThreadPoolExecutor

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of glibc's mallopt
LARGE = 2**30


def use_threads(n: int) -> None:
    """Hold numba, OpenCV and torch to `n` threads, each only if it is already imported.

    BLAS and OpenMP take theirs from ``OMP_NUM_THREADS`` and its kin, which have to be set
    before numpy is imported; Snakemake sets them for every job.
    """
    if "numba" in sys.modules:
        numba = sys.modules["numba"]
        numba.set_num_threads(min(n, numba.config.NUMBA_NUM_THREADS))
    if "cv2" in sys.modules:
        sys.modules["cv2"].setNumThreads(n)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(n)


def worker_thread() -> ThreadPoolExecutor:
    """Return an executor of one thread that computes with as many threads as this one.

    OpenCV and torch have one number for the process, numba one for each thread that calls it.
    """
    if "numba" not in sys.modules:
        return ThreadPoolExecutor(1)
    numba = sys.modules["numba"]
    return ThreadPoolExecutor(
        1, initializer=numba.set_num_threads, initargs=(numba.get_num_threads(),)
    )


def keep_large_blocks() -> None:
    """Let the C library keep freed memory of up to 1 GiB for the next call, where it is glibc.

    Networks and bands of a mosaic ask for the same large blocks again and again; given back to
    the system and zeroed anew each time, they cost a network 10 to 25 % of its speed.
    """
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return
    mallopt(M_MMAP_THRESHOLD, LARGE)
    mallopt(M_TRIM_THRESHOLD, LARGE)
