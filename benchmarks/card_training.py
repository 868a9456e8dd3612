"""One training that is over when its seconds are, and what its tiles are worth.

The rate is constant for the first 40 % of the time and then falls to 0 as the time ends, however
fast the steps turn out to be, alone on the card or not. A check, at every 24th part of the time
(more rarely where it would take more than a ninth of it), does what a training's check does, and
holds the same tiles against training tiles that do not overlap: error over floor of S2, P3H, P4 and
L. Seconds are those of a clock from the first step on, with checks and with what the library
prepares at a first step. `all_near_s` is the first check with all four within 2 floors, and so
known to a 24th of the time. These floors are those of 256 generated tiles (`check_tiles`), below
those of the 128 of the final comparison.

What is kept, by the score on the validation tiles as in any training, is compared as recipes.py and
berea.py do it: ratios of 20 pairs of sets of 128 tiles, against training tiles and held-out ones.
"""

import dataclasses
import functools
import tempfile
import time
from pathlib import Path

import card_rocks
import numpy as np
import recipes
import torch

from rockrec.comparison import compare_sets
from rockrec.comparison.errors import floor, mse
from rockrec.comparison.measures import Measure
from rockrec.description import describe_set
from rockrec.descriptors import describe
from rockrec.gans.batches import phase_fraction
from rockrec.gans.loop import Training, TrainingDiverged
from rockrec.gans.monitor import Monitor
from rockrec.gans.sampling import FORMAT, load_model, sample, threshold
from rockrec.gans.settings import as_dict, at_size, gan_settings
from rockrec.housekeeping.states import save_whole
from rockrec.plain.seeds import seed_for

CHECKS = 24
RARELY = 8  # times what a check takes lie between two, at least
CONSTANT = 0.4  # share of the time before the rate falls
ROUND_SECONDS, ROUND_STEPS = 0.5, 20  # at most, between two looks at the clock
WATCHED = {name: Measure(name, *recipes.SHOWN[name]) for name in ("S2", "P3H", "P4", "L")}
NEAR = 2.0  # floors
SHOWN = 16  # tiles in the picture
LARGEST_MODEL = 16 * 2**20  # bytes


class Watch(Monitor):
    """A monitor that also holds the tiles of each check against training tiles."""

    def __init__(self, parts: card_rocks.Parts, settings, seed: int):
        fraction = phase_fraction(parts.train)
        super().__init__(parts.validation, fraction, settings, seed)
        real = describe(parts.apart, tuple(WATCHED))
        self.trained_on, self.told = {}, {}
        for name, measure in WATCHED.items():
            tiles = measure.of_tiles(real)
            least = floor(measure.linearised(tiles), settings.check_tiles, len(parts.apart))
            self.trained_on[name] = measure.of_set(tiles), least

    def check(self, generator):
        check, gray = super().check(generator)
        made = describe(
            threshold(gray.cpu().numpy(), self.how, self.training_fraction), tuple(WATCHED)
        )
        self.told = {
            "S2_validation": check.s2_error / self.floor,
            "score": check.score,
            "guard": check.guard,
        }
        for name, measure in WATCHED.items():
            curve, least = self.trained_on[name]
            error = mse(measure.of_set(measure.of_tiles(made)), curve)
            self.told[name] = float(error / least)
        return check, gray


class Pace:
    """Settings by the clock: the rate falls to 0 as the time ends."""

    def __init__(self, settings, seconds: float):
        self.settings, self.seconds = settings, seconds
        self.rate, self.falls_from = 0.0, None

    def note(self, steps: int, seconds: float) -> None:
        """Take in how long some steps took."""
        rate = steps / seconds
        self.rate = rate if self.rate < rate / 2 else 0.8 * self.rate + 0.2 * rate

    def at(self, step: int, elapsed: float):
        """Return the settings for the next steps."""
        if elapsed < CONSTANT * self.seconds or step == 0:
            return self.settings
        if self.falls_from is None:
            self.falls_from = step
        end = step + max(2, round(self.rate * (self.seconds - elapsed)))
        return dataclasses.replace(
            self.settings, decay_from=self.falls_from, decay_to=end, steps=end // 2 * 2
        )

    def steps_until_a_look(self, elapsed: float) -> int:
        seconds = min(ROUND_SECONDS, self.seconds - elapsed)
        return max(1, min(int(self.rate * seconds), ROUND_STEPS))


def settings_of(block: dict, size: int):
    """Return a method's settings without an end; one is set by the clock."""
    clockless = {"decay_from": None, "decay_to": None, "check_every": 2, "steps": 2}
    return at_size(gan_settings(block | clockless), size)


def train(parts, job: dict, device) -> tuple[Training, list, dict]:
    """Train until it is time to evaluate; return the training, its checks, time and error."""
    settings = settings_of(job["block"], parts.train.shape[1])
    watch = Watch(parts, settings, seed_for(job["seed"], "monitor"))
    training = Training(parts.train, watch, settings, job["seed"], device)
    seconds = max(job["until"] - job["reserve"] - time.monotonic(), 1.0)
    pace, checks, error = Pace(settings, seconds), [], ""
    began, elapsed = time.monotonic(), 0.0
    every = due = seconds / CHECKS

    def check():
        training.check()
        checks.append({"step": training.step, "seconds": elapsed, **watch.told})

    try:
        while elapsed < seconds:
            training.settings = pace.at(training.step, elapsed)
            steps = pace.steps_until_a_look(elapsed)
            for _ in range(steps):
                training.advance()
            training.read_losses()  # waits for the card
            since, elapsed = elapsed, time.monotonic() - began
            pace.note(steps, elapsed - since)
            if due <= elapsed < seconds - every / 2:
                check()
                since, elapsed = elapsed, time.monotonic() - began
                every = max(every, RARELY * (elapsed - since))
                due = elapsed + every
        if not checks or checks[-1]["step"] < training.step:
            check()
    except TrainingDiverged as diverged:
        error = str(diverged)
    return training, checks, {"train_s": elapsed, "error": error}


def job_done(job: dict, device: torch.device) -> dict:
    """Do a training: what the table says of it, its checks, its tiles and a small model."""
    began = time.monotonic()
    parts = card_rocks.rock_parts(job["path"], job["rock"], job["px"])
    training, checks, told = train(parts, job, device)
    settings = training.settings
    images = training.step * settings.batch * getattr(settings, "critic_steps", 1)
    name = {key: job[key] for key in ("rock", "px", "method", "seed")}
    row = name | {"train_s": told["train_s"], "steps": training.step, "images": images}
    done = {"checks": [name | line for line in checks], "real": shown(parts.apart)}
    if training.best is not None:
        model = saved_and_loaded(training, parts, device, done if job["wants_model"] else {})
        gray = sample(model, job["tiles"], job["seed"])
        made = threshold(gray, settings.threshold, model.phase_fraction)
        row |= {"kept_step": model.step, **seconds_to_near(checks)}
        row |= worth(describe_set(made, 1.0, "unbiased"), made, parts, job)
        done["made"] = made[:SHOWN]
    ended = time.monotonic()
    late = ended - (job["until"] - job["reserve"])
    row |= {"all_s": ended - began, "evaluate_s": late, "error": told["error"]}
    return done | {"row": row}


def saved_and_loaded(training: Training, parts, device: torch.device, done: dict):
    """Return the kept generator by way of a model's file; one that is small goes into `done`."""
    content = {
        "format": FORMAT,
        "settings": as_dict(training.settings),
        "size": parts.train.shape[1],
        "phase_fraction": phase_fraction(parts.train),
        **training.best,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.pt"
        save_whole(content, path)
        if path.stat().st_size <= LARGEST_MODEL:
            done["model"] = path.read_bytes()
        return load_model(path, str(device))


def real_row(job: dict) -> dict:
    """What no network can beat: training tiles that do not overlap against held-out ones."""
    place = job["path"], job["rock"], job["px"]
    parts, described = card_rocks.rock_parts(*place), described_parts(*place)
    compared = ratios(described["apart"], described["heldout"], "heldout")
    spreads = {part: spread(curves) for part, curves in described.items()}
    borders = [recipes.border(tiles) for tiles in (parts.heldout, parts.apart)]
    return {
        **{key: job[key] for key in ("rock", "px")},
        "method": "real",
        "seed": 0,
        **{f"{name} heldout": ratio for name, ratio in compared.items()},
        "spread": spreads["heldout"] / spreads["apart"],
        "border": borders[0] / borders[1],
        "error": "",
    }


def seconds_to_near(checks: list[dict]) -> dict:
    """The first check with all four within two floors, and with each of them."""

    def first(names):
        near = (c["seconds"] for c in checks if all(c[name] <= NEAR for name in names))
        return next(near, np.nan)

    return {"all_near_s": first(WATCHED), **{f"{name}_near_s": first([name]) for name in WATCHED}}


# --- what tiles are worth --------------------------------------------------------------------


@functools.lru_cache(maxsize=4)
def described_parts(path: Path, rock: str, px: int) -> dict:
    """Descriptions of a rock's disjoint training tiles and held-out ones."""
    parts = card_rocks.rock_parts(path, rock, px)
    return {
        part: describe_set(getattr(parts, part), 1.0, "unbiased") for part in ("apart", "heldout")
    }


def worth(described: dict, made: np.ndarray, parts, job: dict) -> dict:
    """Ratios against training and held-out tiles, spread and border over those of rock."""
    real = described_parts(job["path"], job["rock"], job["px"])
    told = {}
    for against, part in (("train", "apart"), ("heldout", "heldout")):
        for name, ratio in ratios(described, real[part], against).items():
            told[f"{name} {against}"] = ratio
    return told | {
        "spread": spread(described) / spread(real["apart"]),
        "border": recipes.border(made) / recipes.border(parts.apart),
    }


def ratios(made: dict, real: dict, against: str) -> dict[str, float]:
    errors = compare_sets(
        made,
        real,
        against=against,
        method="",
        replicate="",
        targeted=["phase_fraction"],
        seed=1,
        floor_source=real,
        permutations=9,  # no p is asked for
    )
    table = errors.set_index(["descriptor", "quantity", "form"])["ratio"]
    return {name: float(table[name, *how]) for name, how in recipes.SHOWN.items()}


def spread(described: dict) -> float:
    """As recipes.spread, of tiles that are described already."""
    return float(np.sqrt(described["S2"].var(axis=0, ddof=1).mean()))


def shown(tiles: np.ndarray) -> np.ndarray:
    return tiles[np.linspace(0, len(tiles) - 1, SHOWN).astype(int)]
