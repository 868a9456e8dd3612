"""One number of threads for every library that computes."""

import sys


def use_threads(n: int) -> None:
    """Hold numba, OpenCV and torch to `n` threads, each only if it is already imported.

    BLAS and OpenMP take theirs from ``OMP_NUM_THREADS`` and its kin, which have to be set
    before numpy is imported.
    """
    if "numba" in sys.modules:
        numba = sys.modules["numba"]
        numba.set_num_threads(min(n, numba.config.NUMBA_NUM_THREADS))
    if "cv2" in sys.modules:
        sys.modules["cv2"].setNumThreads(n)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(n)
