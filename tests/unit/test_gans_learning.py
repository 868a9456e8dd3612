"""A training learns the rock, whatever the seed and the processor."""

import numpy as np
import pandas as pd
import pytest
from tiny_training import TRAIN, VALIDATION, tiny

from rockrec.gans.monitor import Monitor
from rockrec.gans.networks import build
from rockrec.gans.sampling import load_model, sample
from rockrec.gans.training import train

SHORT = {
    "steps": 50,
    "check_every": 5,
    "channels": 8,
    "decay_to": 100,
    "ema_ramp": 0.05,
    "learning_rate": 0.01,
}
SETTINGS = {
    "dcgan": tiny(
        "dcgan", steps=150, check_every=10, learning_rate=0.006, threshold="zero", decay_to=150
    ),
    "stylegan2": tiny(
        "stylegan2_ada",
        **SHORT,
        threshold="zero",
        start="learnt",
        smooth_noise=False,
        shown_s2=False,
        discriminator_rate=0.0015,
    ),
    "stylegan2 from waves": tiny(
        "stylegan2_ada",
        **SHORT,
        threshold="zero",
        start="waves",
        smooth_noise=True,
        loss="relativistic",
        discriminator_rate=0.015,
    ),
}
# Times that the weights kept, and the last five checks, are below the error of untrained networks.
# Measured over five seeds and six instruction sets: at least 55 and 20, 15 and 8, 61 and 24.
BELOW = {"dcgan": (25, 10), "stylegan2": (10, 5), "stylegan2 from waves": (30, 12)}


@pytest.mark.parametrize("name", SETTINGS)
def test_training_learns(tmp_path, name, any_seed, threads):
    """Random weights draw as much of one phase as of the other; the rock has 0.14 of one.

    The first checks come too late to compare with: some networks know the phase fraction by then.
    Nor do the last ones stand still: with `threshold` at zero the phase fraction swings.
    """
    settings, (kept_below, last_below) = SETTINGS[name], BELOW[name]
    monitor = Monitor(VALIDATION, TRAIN.mean(), settings, seed=0)
    untrained = [build(16, settings, seed).generator.eval() for seed in range(8)]
    before = np.mean([monitor.s2_error(generator) for generator in untrained])
    files = train(TRAIN, VALIDATION, settings, seed=any_seed, checkpoints=tmp_path, threads=threads)
    kept = load_model(files.model)
    assert kept.metrics["s2_error"] < before / kept_below
    checked = pd.read_csv(files.history).dropna(subset="s2_error")
    assert checked["s2_error"].iloc[-5:].mean() < before / last_below
    assert sample(kept, 3, seed=1).shape == (3, 16, 16)
