"""The names of devices, on whatever machine the tests run."""

import pytest
import torch

from rockrec.housekeeping.devices import choose_device


def test_devices():
    assert choose_device("cpu").type == "cpu"
    with pytest.raises(ValueError, match="tpu"):
        choose_device("tpu")
    if torch.cuda.is_available():
        assert choose_device("auto").type == choose_device("cuda").type == "cuda"
    else:
        assert choose_device("auto").type == "cpu"
        with pytest.raises(ValueError, match="no GPU"):
            choose_device("cuda")
