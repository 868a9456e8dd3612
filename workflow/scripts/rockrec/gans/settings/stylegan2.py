"""What can be set of StyleGAN2 and its adaptive discriminator augmentation (ADA)."""

import dataclasses
import math
from dataclasses import dataclass
from typing import ClassVar

from rockrec.gans.settings.checks import is_number, is_whole, is_zero_or_more, require_some_of
from rockrec.gans.settings.engine import GanSettings

OUTPUTS = ("tanh", "linear")
STARTS = ("waves", "noise", "learnt")
LOSSES = ("logistic", "relativistic")
# In the order in which they are applied.
ADA_AUGMENTATIONS = (
    "flips",
    "quarter_turns",
    "shifts",
    "scaling",
    "rotation",
    "stretching",
    "fractional_shifts",
    "brightness",
    "contrast",
)
ADA_MOTIONS = ("flips", "quarter_turns", "rotation")  # for which the rock's fabric is asked

# A small network for two phases, in minutes on a CPU; the originals stand in the docstring.
STYLEGAN2_ADA = {
    "channels": 16,
    "max_channels": 128,
    "batch": 16,
    "learning_rate": 0.005,
    "betas": (0.0, 0.99),
    "ema": 0.99,
    "mapping_layers": 2,
    "style_mixing": 0.0,
    "loss": "logistic",
    "start": "waves",
    "noise_strength": 0.3,
    "smooth_noise": True,
    "output": "tanh",
    "discriminator_rate": 0.003,
    "discriminator_width": 0.5,
    "unshuffle": True,
    "shown_s2": True,
    "input_noise": 0.2,
    "r1": 0.1,
    "r1_every": 4,
    "path_length": 0.0,
    "path_length_every": 4,
    "ema_ramp": None,
    "ada": ("shifts", "scaling", "stretching", "fractional_shifts", "brightness", "contrast"),
    "ada_target": 0.6,
    "ada_every": 4,
    "ada_images": 500_000,
    "check_every": 100,
}


def automatic_batch(size: int) -> int:
    """Return the tiles per update for tiles of `size` px, where the settings name none."""
    return min(32, max(4, 4096 // size))


@dataclass(frozen=True, kw_only=True)
class StyleGan2Settings(GanSettings):
    """Settings of StyleGAN2-ADA; null where said stands for the original's value for the size.

    "Original" is Karras et al. 2020, a (StyleGAN2) and b (ADA).

    Attributes
    ----------
    channels : width at the tile's resolution, doubled at each coarser one; null for
        16384 / size, from 512 px on 32768 / size.
    max_channels : (original: 512).
    batch : null for 32 up to 128 px, then 4096 / size, at least 4.
    ema : null for a half-life of 312.5 steps (batch · 10 / 32 thousand images).
    ema_ramp : the running mean's half-life is at most this share of the steps so far; null for
        no ramp (original: 0.05).
    latent : length of z and of w (original: 512).
    mapping_layers : layers of the mapping network (original: 8; ADA for small tiles: 2).
    style_mixing : share of training images that are drawn in the styles of two latent vectors
        (original: 0.9).
    loss : ``logistic`` (original), or ``relativistic``: real tiles are to score higher than
        generated ones, instead of above 0; with the penalty of R1 on generated tiles, too.
    start : what a tile starts from: plane ``waves`` that are shifted for each tile, which carry
        an order that reaches over many pores; ``noise`` of its own; or an image ``learnt`` for all
        (original), which gives each place in a tile a structure of its own.
    noise_strength : what the strengths of the noise inputs start at; they are learnt at a tenth of
        the rate (original: 0, at the full rate).
    smooth_noise : weigh the pixels of the coarser noise inputs, up to a quarter of the tile's side,
        with their neighbours, against structures that lie on a grid (original: false).
    output : ``linear`` (original), or ``tanh``: tanh(2 x), which suits two phases.
    discriminator_rate : learning rate of the discriminator; null for the generator's (original).
    discriminator_width : channels of the discriminator over those of the generator (original: 1).
    unshuffle : the discriminator folds 2 x 2 px into channels first (original: false).
    shown_s2 : the discriminator is also shown S2 of each tile, by lag down and right, to 31 px
        (original: false).
    input_noise : standard deviation of Gaussian noise on all tiles that the discriminator sees,
        which lie in [-1, 1] (original: 0).
    r1 : γ of the penalty on slopes at real tiles, γ / 2 E‖∇D‖²; 0 for none, null for
        0.0002 · size² / batch.
    r1_every : steps between two updates for that penalty (original: 16).
    path_length : weight of the path-length penalty; 0 for none (original: 2).
    path_length_every : steps between two updates for it (original: 4).
    ada : augmentations of all that the discriminator sees, real and generated; none for no ADA.
    ada_target : r_t = E[sign D(real)] that their probability p is steered to (original: 0.6).
    ada_every : steps between two changes of p (original: 4).
    ada_images : training images in which p can go from 0 to 1 (original: 500,000).
    """

    LISTS: ClassVar[tuple[str, ...]] = (*GanSettings.LISTS, "ada")
    AUTOMATIC: ClassVar[tuple[str, ...]] = (
        "channels",
        "batch",
        "ema",
        "ema_ramp",
        "r1",
        "discriminator_rate",
    )

    channels: int | None
    batch: int | None
    ema: float | None
    mapping_layers: int
    style_mixing: float
    loss: str
    start: str
    noise_strength: float
    smooth_noise: bool
    output: str
    discriminator_rate: float | None
    discriminator_width: float
    unshuffle: bool
    shown_s2: bool
    input_noise: float
    r1: float | None
    r1_every: int
    path_length: float
    path_length_every: int
    ema_ramp: float | None
    ada: tuple[str, ...]
    ada_target: float
    ada_every: int
    ada_images: int

    def _check_own(self):
        for name in (
            "mapping_layers",
            "r1_every",
            "path_length_every",
            "ada_every",
            "ada_images",
        ):
            self._require(is_whole(getattr(self, name), 1), name, "a whole number from 1")
        for name in ("noise_strength", "input_noise", "r1", "path_length"):
            self._require(is_zero_or_more(getattr(self, name)), name, "0 or above")
        for name in ("discriminator_rate", "discriminator_width", "ema_ramp"):
            self._require(is_number(getattr(self, name), above=0), name, "above 0")
        self._require(self.start in STARTS, "start", " or ".join(STARTS))
        self._require(self.output in OUTPUTS, "output", " or ".join(OUTPUTS))
        self._require(self.loss in LOSSES, "loss", " or ".join(LOSSES))
        for name in ("unshuffle", "smooth_noise", "shown_s2"):
            self._require(isinstance(getattr(self, name), bool), name, "true or false")
        mixed, target = self.style_mixing, self.ada_target
        self._require(is_zero_or_more(mixed) and mixed <= 1, "style_mixing", "from 0 to 1")
        self._require(is_number(target, above=-1) and target < 1, "ada_target", "in (-1, 1)")
        require_some_of(ADA_AUGMENTATIONS, "ada", self)

    def at_size(self, size: int) -> "StyleGan2Settings":
        """Return the settings for tiles of `size` px, automatic ones filled in."""
        batch = self.batch or automatic_batch(size)
        values = {
            "channels": max(1, (32768 if size >= 512 else 16384) // size),
            "batch": batch,
            "ema": 0.5 ** (32 / 10_000),
            "r1": 0.0002 * size**2 / batch,
            "discriminator_rate": self.learning_rate,
        }
        missing = {name: value for name, value in values.items() if getattr(self, name) is None}
        return dataclasses.replace(self, **missing)

    def lazy(self, player: str) -> int | None:
        """Return every how many steps a player has an update for its penalty alone, if ever."""
        if player == "discriminator":
            return None if self.r1 == 0 else self.r1_every
        return None if self.path_length == 0 else self.path_length_every

    def adam(self, player: str) -> tuple[float, tuple[float, float]]:
        """Return learning rate and betas of a player, corrected for its lazy updates.

        With k + 1 updates in k steps, rate and the betas' logarithms are k / (k + 1) of those
        set (Karras et al., 2020 a, appendix B).
        """
        rate, betas, every = self.learning_rate, self.betas, self.lazy(player)
        if player == "discriminator":
            rate = self.discriminator_rate or rate
        if every is None:
            return rate, betas
        share = every / (every + 1)
        return rate * share, (betas[0] ** share, betas[1] ** share)

    def ema_at(self, step: int) -> float:
        """Return the decay of the running mean at update `step` (the first is 0)."""
        if self.ema_ramp is None or self.ema == 0:
            return self.ema
        half_life = min(math.log(0.5) / math.log(self.ema), self.ema_ramp * (step + 1))
        return 0.5 ** (1 / half_life)

    @property
    def shown_motions(self) -> tuple[str, ...]:
        """Motions under which the discriminator is shown tiles; the rock has to allow them."""
        added = (name for name in self.ada if name in ADA_MOTIONS)
        return tuple(dict.fromkeys((*self.augmentation, *added)))
