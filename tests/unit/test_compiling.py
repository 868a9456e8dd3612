"""Compiled functions are kept where that is possible, and work where it is not."""

import numba
import pytest

from rockrec.housekeeping.compiling import compiled
from rockrec.mosaics.counting import count


def test_machine_code_is_kept_beside_the_module():
    assert count.stats.cache_path.endswith("__pycache__") or numba.config.CACHE_DIR


def test_a_function_that_has_no_place_to_be_kept_is_compiled_all_the_same():
    names = {}
    exec("def twice(number): return 2 * number", names)  # in no file, so in no folder
    with pytest.raises(RuntimeError, match="no locator available"):
        numba.njit(cache=True)(names["twice"])
    assert compiled(nogil=True)(names["twice"])(21) == 42
