"""A U-Net in training: its steps, the running mean of its weights, and its whole state."""

import copy
from collections.abc import Sequence

import torch

from rockrec.segmentation.crops import Crops
from rockrec.segmentation.lessons import Lesson
from rockrec.segmentation.losses import taught_loss
from rockrec.segmentation.model import UNet, autocast

MEMORY = 50, 0.1  # steps that the running mean of the weights reaches back, or share of all steps
WARM_UP = 0.25  # share of the steps in which the learning rate rises


class Student:
    """A U-Net that learns from lessons; its state depends on settings, lessons and seed alone.

    Attributes
    ----------
    step : steps so far.
    losses : of the steps since the last epoch began.
    mean : the network with the running mean of the weights, which is what segments.
    """

    def __init__(self, unet: UNet, lessons: Sequence[Lesson], seed: int):
        settings = unet.settings
        self.unet, self.crops, self.step, self.losses = unet, Crops(unet, lessons, seed), 0, []
        self.mean = copy.deepcopy(unet.network)
        self.optimizer = torch.optim.AdamW(
            unet.network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer,
            max_lr=settings.learning_rate,
            total_steps=settings.epochs * settings.steps + 1,
            pct_start=WARM_UP,
        )

    def advance(self) -> None:
        """Learn from the crops of a step."""
        unet, settings = self.unet, self.unet.settings
        if self.step % settings.steps == 0:
            self.losses = []
        frozen = self.step < settings.freeze_encoder_epochs * settings.steps
        unet.network.train().requires_grad_(True)
        if frozen:  # the statistics of its batch normalisation too
            unet.network.encoder.eval().requires_grad_(False)
        gray, shares, weights = self.crops.draw(self.step)
        self.optimizer.zero_grad(set_to_none=True)
        with autocast(unet.device, settings.precision):
            scores = unet.network(gray)
        loss = taught_loss(scores.float(), shares, weights, settings.dice_weight)
        loss.backward()
        self.optimizer.step()
        self.schedule.step()
        self.step += 1
        self.losses.append(loss.item())
        self._remember()

    @torch.no_grad()
    def _remember(self) -> None:
        most, share = MEMORY
        settings = self.unet.settings
        reach = min(most, share * settings.epochs * settings.steps)
        memory = 1 - 1 / max(1.0, reach)
        now = self.unet.network.state_dict()
        for name, value in self.mean.state_dict().items():
            if value.is_floating_point():
                value.lerp_(now[name], 1 - memory)
            else:
                value.copy_(now[name])

    @property
    def segmenting(self) -> UNet:
        """The U-Net with the running mean of the weights."""
        unet = copy.copy(self.unet)
        unet.network = self.mean.eval()
        return unet

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        return self.schedule.get_last_lr()[0]

    def state(self) -> dict:
        """Return everything that it is resumed from."""
        return {
            "step": self.step,
            "losses": list(self.losses),
            "network": self.unet.network.state_dict(),
            "mean": self.mean.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
        }

    def restore(self, state: dict) -> None:
        """Go on from a state as if there had been no pause."""
        self.step, self.losses = state["step"], list(state["losses"])
        self.unet.network.load_state_dict(state["network"])
        self.mean.load_state_dict(state["mean"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
