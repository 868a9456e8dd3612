"""Trainings of seconds on tiles of 16 px, and a death in the middle of one."""

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter

from rockrec.gans import loop
from rockrec.gans.settings import at_size, gan_settings
from rockrec.gans.training import train

TINY = {
    "latent": 8,
    "channels": 4,
    "batch": 8,
    "steps": 12,
    "check_every": 4,
    "check_tiles": 16,
    "decay_from": 4,
    "decay_to": 40,
}

# Of StyleGAN2-ADA, with state that is carried from step to step.
EVERYTHING = {
    "channels": None,
    "max_channels": 8,
    "start": "waves",
    "smooth_noise": True,
    "shown_s2": True,
    "loss": "relativistic",
    "style_mixing": 0.9,
    "path_length": 2.0,
    "r1": None,
    "r1_every": 3,
    "ada": ["flips", "shifts", "rotation", "stretching", "brightness"],
    "ada_target": -0.9,
    "ada_every": 2,
    "ada_images": 100,
}


def tiny(kind="wgan_gp", **more):
    return at_size(gan_settings({"kind": kind, **TINY, **more}), 16)


def rock(n, seed, size=16):
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=(n, size, size)), (0, 1.5, 1.5))
    return (noise > noise.std()).astype(np.uint8)


TRAIN, VALIDATION = rock(40, 1), rock(20, 2)


def run(folder, settings, seed=3, **more):
    return train(TRAIN, VALIDATION, settings, seed=seed, checkpoints=folder, threads=1, **more)


class Killed(BaseException):
    """As sudden as SIGKILL, as far as the training can tell."""


def killed_after(monkeypatch, step):
    """Let the training die right before its next step."""
    advance = loop.Training.advance

    def dying(self):
        if self.step == step:
            raise Killed
        advance(self)

    monkeypatch.setattr(loop.Training, "advance", dying)


def history_without_time(files):
    return pd.read_csv(files.history).drop(columns="seconds")
