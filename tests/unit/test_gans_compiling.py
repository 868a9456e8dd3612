"""Compiled passes: the same training, penalties left as they are, and no compiler, no failure."""

import numpy as np
import pytest
import torch

from rockrec.gans import compiling
from rockrec.gans.averaging import ready_to_sample
from rockrec.gans.loop import Training
from rockrec.gans.settings import at_size, gan_settings

SMALL = {"latent": 6, "channels": 3, "batch": 4}
CASES = [
    {"kind": "stylegan2_ada", "style_mixing": 0.5, "path_length": 1, "path_length_every": 1},
    {"kind": "wgan_gp"},
    {"kind": "dcgan", "upsampling": "blur", "r1": 1.0},
]


def training(case, **more):
    settings = at_size(gan_settings(SMALL | case | more), 16)
    tiles = np.random.default_rng(0).integers(0, 2, (8, 16, 16), dtype=np.uint8)
    return Training(tiles, None, settings, 0, torch.device("cpu"))


def after_steps(case, **more):
    one = training(case, **more)
    for _ in range(2):
        one.advance()
    return one


def no_compiler(graph, inputs):
    raise RuntimeError("no compiler")


@pytest.fixture
def by_another(monkeypatch):
    """Compile by what needs no compiler of C++: the same graphs, run operator by operator."""
    monkeypatch.setattr(compiling, "BACKEND", "aot_eager")
    torch.compiler.reset()
    yield
    torch.compiler.reset()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["kind"])
def test_compiled_passes_train_as_plain_ones(by_another, case):
    plain, compiled = after_steps(case), after_steps(case, compile="passes")
    assert not plain.compiled and compiled.compiled
    before = training(case)
    for name, weights in plain.networks.state_dict().items():
        if not weights.is_floating_point():
            continue
        moved = (weights - before.networks.state_dict()[name]).abs().max()
        difference = (weights - compiled.networks.state_dict()[name]).abs().max()
        assert difference <= 1e-6 + 1e-2 * moved, name
    # What is saved, copied and sampled knows nothing of it.
    assert plain.networks.state_dict().keys() == compiled.networks.state_dict().keys()
    ready = ready_to_sample(compiled.networks.generator, 0)
    assert ready._compiled_call_impl is None


def test_where_nothing_can_be_compiled_the_plain_passes_run(monkeypatch, caplog):
    monkeypatch.setattr(compiling, "BACKEND", no_compiler)
    torch.compiler.reset()
    one = after_steps(CASES[1], compile="passes")
    assert not one.compiled
    assert "nothing can be compiled here" in caplog.text and "no compiler" in caplog.text
    plain = after_steps(CASES[1])
    for mine, others in zip(one.networks.parameters(), plain.networks.parameters(), strict=True):
        assert torch.equal(mine, others)
