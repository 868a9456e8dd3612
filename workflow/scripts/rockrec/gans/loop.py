"""One training loop for every kind of network: its steps, its checks, and its whole state."""

import math
import time
from dataclasses import asdict, astuple

import numpy as np
import torch

from rockrec.gans.augmentation import moved
from rockrec.gans.averaging import RunningMean, ready_to_sample
from rockrec.gans.batches import Crops, TileSubset, crop_side, images_of
from rockrec.gans.compiling import begin_step, compile_passes
from rockrec.gans.draws import Draws
from rockrec.gans.guide import Guide
from rockrec.gans.history import History
from rockrec.gans.monitor import Check, Monitor
from rockrec.gans.networks import build
from rockrec.gans.processes import Processes
from rockrec.gans.schedules import adam, critic_steps, ema_at, lazy, rate_at
from rockrec.gans.strip import SHOWN, Strip
from rockrec.plain.motions import motions
from rockrec.plain.records.kinds.networks import NetworkSettings
from rockrec.plain.seeds import seed_for


class TrainingDiverged(RuntimeError):
    """The losses are no longer numbers; the message says since when, and what was last good."""


class Training:
    """A network in training. The state after a step depends on nothing but settings, tiles, seed.

    Parameters
    ----------
    processes : those that train this network together; all of them call the same methods.

    Attributes
    ----------
    size : side of the tiles, px; `tiles` are what the network is shown, which may be crops.
    step : updates of the generator so far.
    best : the kept generator: step, metrics and weights; None before the first check.
    compiled : whether its passes are.
    devices : (first step, name) of each device that the training has run on.
    """

    def __init__(
        self,
        tiles: np.ndarray | TileSubset,
        monitor: Monitor,
        settings: NetworkSettings,
        seed: int,
        device: torch.device,
        processes: Processes | None = None,
    ):
        self.processes = processes or Processes()
        self.monitor, self.settings, self.device = monitor, settings, device
        self.size = tiles.shape[1]
        side = crop_side(settings, self.size)
        self.tiles = tiles if side == self.size else Crops(tiles, side)
        networks = build(self.size, settings, seed_for(seed, "weights"))
        networks.prepare(self.tiles, torch.Generator().manual_seed(seed_for(seed, "start")))
        self.networks = networks.to(device, memory_format=torch.channels_last)
        self.compiled = compile_passes(self.networks, settings.compile, device)
        self.mean = RunningMean(self.networks.generator)
        self.optimisers = {
            name: torch.optim.Adam(network.parameters(), *adam(settings, name), fused=True)
            for name, network in self._players().items()
        }
        self.motions = motions(settings.augmentation)
        self.guide = None
        if settings.guide:
            self.guide = Guide(self.tiles, settings.guide, self.processes).to(device)
        self.draws = Draws(seed_for(seed, "training"), settings.batch, self.processes)
        self.statistics_seed = seed_for(seed, "statistics") % 2**32
        self.step = 0
        self.best = None
        self.history = History()
        self.strip = Strip()
        self.seconds = self.check_seconds = 0.0
        self.devices = []
        self._unread = []

    def _players(self):
        return {
            "generator": self.networks.generator,
            "discriminator": self.networks.discriminator,
        }

    def advance(self) -> None:
        """Do one step: `critic_steps` updates of the discriminator, one of the generator."""
        began = time.perf_counter()
        if self.compiled:
            begin_step(self.settings.compile, self.device)
        for player, optimiser in self.optimisers.items():
            for group in optimiser.param_groups:
                group["lr"] = rate_at(self.settings, self.step, player)
        for _ in range(critic_steps(self.settings)):
            real, loss_discriminator, real_score, fake_score = self._update_discriminator()
        self._regularise("discriminator", real)
        loss_generator = self._update_generator(real)
        self._regularise("generator")
        self.mean.update(self.networks.generator, ema_at(self.settings, self.step))
        self.step += 1
        self.seconds += time.perf_counter() - began
        numbers = {
            "loss_generator": loss_generator,
            "loss_discriminator": loss_discriminator,
            "score_real": real_score.mean(),
            "score_fake": fake_score.mean(),
            **self.networks.told(),
        }
        values = self.processes.average(torch.stack(list(numbers.values())).detach())
        self._unread.append((self.step, self.seconds, values, tuple(numbers)))

    def _update_discriminator(self):
        real = images_of(self.tiles, self.draws.lines(len(self.tiles)), self.device)
        if len(self.motions) > 1:
            real = moved(real, self.draws.lines(len(self.motions)), self.motions)
        with torch.no_grad(), self._precision():
            fake = self.networks.generate(self.draws, self.device).float()
        self.optimisers["discriminator"].zero_grad()
        with self._precision():
            loss, *scores = self.networks.discriminator_loss(real, fake, self.draws)
        loss.backward()
        self._update("discriminator")
        return real, loss, *scores

    def _update_generator(self, real):
        self.networks.discriminator.requires_grad_(False)
        self.optimisers["generator"].zero_grad()
        with self._precision():
            fake = self.networks.generate(self.draws, self.device)
            loss = self.networks.generator_loss(fake, real, self.draws)
        if self.guide is not None:
            loss = loss + self.settings.guide_weight * self.guide(fake)
        loss.backward()
        self._update("generator")
        self.networks.discriminator.requires_grad_(True)
        return loss

    def _update(self, player):
        self.processes.average_gradients(self._players()[player])
        self.optimisers[player].step()

    def _regularise(self, player, real=None):
        """Give a player an update for its penalty alone, at the steps at which one is due."""
        every = lazy(self.settings, player)
        if every is None or self.step % every:
            return
        self.optimisers[player].zero_grad()
        with self._precision():
            penalty = self.networks.lazy_penalty(player, real, self.draws)
        # As strong as if it were there at every step.
        (every * penalty).backward()
        self._update(player)

    def _precision(self):
        return torch.autocast(
            self.device.type, torch.bfloat16, enabled=self.settings.precision == "bfloat16"
        )

    def check(self) -> None:
        """Compare the generator with the validation tiles; keep it if it is the best so far."""
        self.read_losses()
        began = time.perf_counter()
        ready = ready_to_sample(self.mean.generator, self.statistics_seed)
        check, raw_error = self._measure(ready)
        took = time.perf_counter() - began
        self.seconds += took
        self.check_seconds += took
        self.history.amend(
            phase_fraction=check.phase_fraction,
            s2_error=check.s2_error,
            s2_floor=self.monitor.floor,
            s2_error_raw=raw_error,
            score=check.score,
            guard=check.guard,
        )
        if self.best is None or check.score < self.best["metrics"]["score"]:
            self.best = {
                "step": self.step,
                "metrics": {**asdict(check), "s2_floor": self.monitor.floor},
                "state_dict": {name: v.cpu() for name, v in ready.state_dict().items()},
            }

    def _measure(self, ready) -> tuple[Check, float]:
        """Let the first process check the generator to be sampled, and the raw one's S2."""
        numbers = [0.0] * 5
        if self.processes.is_first:
            check, gray = self.monitor.check(ready)
            self.strip.add(self.step, gray[:SHOWN].cpu().numpy())
            raw_error = check.s2_error
            if self.settings.ema:
                raw = ready_to_sample(self.networks.generator, self.statistics_seed)
                raw_error = self.monitor.s2_error(raw)
            numbers = [*astuple(check), raw_error]
        *check, raw_error = self.processes.from_first(numbers)
        return Check(*check), raw_error

    def is_over(self) -> bool:
        """Say whether all steps are done, or `patience` checks went by without a better one."""
        patience = self.settings.patience
        if self.step >= self.settings.steps:
            return True
        if patience is None or self.best is None:
            return False
        return self.step - self.best["step"] >= patience * self.settings.check_every

    def read_losses(self) -> None:
        """Move the losses since the last call into the history.

        They stay on the device until then, so that a GPU need not wait after each step.

        Raises
        ------
        TrainingDiverged : a loss or a score is not finite.
        """
        if not self._unread:
            return
        steps, seconds, numbers, (names, *_) = zip(*self._unread, strict=True)
        self._unread = []
        for step, second, values in zip(
            steps, seconds, torch.stack(numbers).cpu().tolist(), strict=True
        ):
            if not all(map(math.isfinite, values)):
                good = "no check before it"
                if self.best is not None:
                    metrics = self.best["metrics"]
                    good = f"best check at step {self.best['step']}, score {metrics['score']:.3g}"
                raise TrainingDiverged(f"losses are not finite at step {step}; {good}")
            self.history.add(step=step, seconds=second, **dict(zip(names, values, strict=True)))

    def state(self) -> dict:
        """Return everything that a training is resumed from."""
        self.read_losses()
        return {
            "step": self.step,
            "patience": self.settings.patience,
            "seconds": self.seconds,
            "check_seconds": self.check_seconds,
            "devices": self.devices,
            "networks": self.networks.state_dict(),
            "mean": self.mean.generator.state_dict(),
            "optimisers": {name: o.state_dict() for name, o in self.optimisers.items()},
            "random": self.draws.generator.get_state(),
            "best": self.best,
            "history": self.history.tensor(),
            "strip": self.strip.state(),
            "guide": self.guide.state_dict() if self.guide is not None else {},
        }

    def restore(self, state: dict) -> None:
        """Go on from a state as if there had been no pause."""
        self.step, self.seconds = state["step"], state["seconds"]
        self.check_seconds, self.devices = state["check_seconds"], state["devices"]
        self.networks.load_state_dict(state["networks"])
        self.mean.generator.load_state_dict(state["mean"])
        for name, optimiser in self.optimisers.items():
            optimiser.load_state_dict(state["optimisers"][name])
        self.draws.generator.set_state(state["random"])
        self.best = state["best"]
        self.history = History(state["history"])
        self.strip = Strip(state["strip"])
        if self.guide is not None:
            self.guide.load_state_dict(state["guide"])
