"""What can be set of every kind of network, and what the training loop asks of its settings."""

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

from rockrec.gans.settings.checks import is_number, is_share, is_whole, require, require_some_of
from rockrec.plain.motions import AUGMENTATIONS

THRESHOLDS = ("otsu", "zero", "phase_fraction")
PRECISIONS = ("float32", "bfloat16")
GUIDES = ("S2", "S2H", "S2V", "S2D+", "S2D-", "P3H", "P3V", "P4", "P6", "L")

# Small networks on a CPU in minutes. The paper's values stand in the docstring of GanSettings.
COMMON = {
    "latent": 128,
    "channels": 16,
    "max_channels": 1024,
    "steps": 1500,
    "patience": None,
    "batch": 32,
    "learning_rate": 4e-4,
    "decay_from": 600,
    "decay_to": 1500,
    "ema": 0.99,
    "check_every": 50,
    "check_tiles": 256,
    "augmentation": (),
    "guide": (),
    "guide_weight": 1.0,
    "threshold": "phase_fraction",
    "precision": "float32",
}
RUN_LENGTH = ("steps", "patience")


@dataclass(frozen=True, kw_only=True)
class GanSettings:
    """Everything that decides what a network learns, but for the tiles and the seed.

    Attributes
    ----------
    kind : ``dcgan``, ``wgan_gp`` or ``stylegan2_ada``.
    latent : length of the latent vector (paper: 512).
    channels : width of the finest layers; each coarser one has twice as many (paper: 64 at half
        the tile's resolution, so 1024 at 4 x 4 px of a 128 px tile).
    max_channels : no layer is wider (the paper's at 512 px would have 4096, 212 M parameters).
    steps : updates of the generator. A longer run continues a shorter one.
    patience : checks without a better one after which the run ends; null for none (paper).
    batch : tiles per update (paper: 128).
    learning_rate, betas : of Adam, in both networks (paper: 1e-4, (0.5, 0.999)).
    decay_from, decay_to : steps between which the learning rate falls linearly to 0; both
        null for a constant one (paper).
    ema : decay per step of the running mean of the generator's weights, which is what is
        checked, kept and sampled; 0 for the weights themselves (paper).
    augmentation : motions that training tiles are shown under, any of ``half_turn``, ``flips``
        and ``quarter_turns``, see `augmentation.check_fabric` (paper: none).
    guide : descriptors whose error against the real mean curves is a term of the generator's
        loss, weighted by `guide_weight`; none by default (paper: none).
    check_every, check_tiles : steps between two checks of the generator against the
        validation tiles, and the number of tiles drawn for one.
    threshold : gray to binary: ``otsu`` of the whole set (paper), ``zero``, or the
        ``phase_fraction`` of the training tiles.
    precision : ``float32``, or ``bfloat16`` for the networks, with losses and penalty in
        float32.
    """

    LISTS: ClassVar[tuple[str, ...]] = ("betas", "augmentation", "guide")
    AUTOMATIC: ClassVar[tuple[str, ...]] = ()  # settings that may be null until the size is known
    critic_steps: ClassVar[int] = 1

    kind: str
    latent: int
    channels: int
    max_channels: int
    steps: int
    patience: int | None
    batch: int
    learning_rate: float
    betas: tuple[float, float]
    decay_from: int | None
    decay_to: int | None
    ema: float
    augmentation: tuple[str, ...]
    guide: tuple[str, ...]
    guide_weight: float
    check_every: int
    check_tiles: int
    threshold: str
    precision: str

    def __post_init__(self):
        for name in ("latent", "channels", "max_channels", "steps", "batch", "critic_steps"):
            self._require(is_whole(getattr(self, name), 1), name, "a whole number from 1")
        for name in ("check_every", "check_tiles"):
            self._require(is_whole(getattr(self, name), 2), name, "a whole number from 2")
        self._require(
            self.patience is None or is_whole(self.patience, 1),
            "patience",
            "a whole number from 1, or null",
        )
        self._require(self.threshold in THRESHOLDS, "threshold", " or ".join(THRESHOLDS))
        self._require(self.precision in PRECISIONS, "precision", " or ".join(PRECISIONS))
        self._require(is_number(self.learning_rate, above=0), "learning_rate", "above 0")
        self._require(is_share(self.ema), "ema", "in [0, 1)")
        self._require(
            len(self.betas) == 2 and all(map(is_share, self.betas)),
            "betas",
            "two numbers in [0, 1)",
        )
        object.__setattr__(self, "betas", tuple(map(float, self.betas)))  # torch's Adam asks for it
        require_some_of(AUGMENTATIONS, "augmentation", self)
        require_some_of(GUIDES, "guide", self)
        self._require(is_number(self.guide_weight, above=0), "guide_weight", "above 0")
        self._check_own()
        if self.steps % self.check_every:
            raise ValueError(
                f"steps {self.steps} must be a multiple of check_every {self.check_every}, "
                "so that the last step is checked and a longer run can continue"
            )
        self._check_decay()

    def _require(self, fine: bool, name: str, wanted: str) -> None:
        automatic = name in self.AUTOMATIC
        require(
            fine or (automatic and getattr(self, name) is None),
            name,
            self,
            f"{wanted}, or null" if automatic else wanted,
        )

    def _check_own(self) -> None:
        """Check what only this kind has."""

    def _check_decay(self):
        first, last = self.decay_from, self.decay_to
        if first is None and last is None:
            return
        if not (is_whole(first, 0) and is_whole(last, 1) and first < last):
            raise ValueError(
                f"decay_from {first!r} and decay_to {last!r} must be steps, the first below the "
                "second, or both null"
            )
        if self.steps > last:
            raise ValueError(
                f"steps {self.steps} run past decay_to {last}, where the learning rate is 0"
            )

    def at_size(self, size: int) -> "GanSettings":
        """Return the settings for tiles of `size` px, automatic ones filled in."""
        return self

    def lazy(self, player: str) -> int | None:
        """Return every how many steps a player has an update for its penalty alone, if ever."""
        return None

    def adam(self, player: str) -> tuple[float, tuple[float, float]]:
        """Return learning rate and betas of a player, ``generator`` or ``discriminator``."""
        return self.learning_rate, self.betas

    def rate_at(self, step: int, player: str = "generator") -> float:
        """Return the learning rate of a player at update `step` (the first is 0)."""
        rate, _ = self.adam(player)
        if self.decay_from is None or step <= self.decay_from:
            return rate
        left = (self.decay_to - step) / (self.decay_to - self.decay_from)
        return rate * max(left, 0.0)

    def ema_at(self, step: int) -> float:
        """Return the decay of the running mean at update `step`."""
        return self.ema

    @property
    def shown_motions(self) -> tuple[str, ...]:
        """Motions under which the discriminator is shown tiles; the rock has to allow them."""
        return self.augmentation

    def as_dict(self) -> dict:
        """Return plain types, such as YAML, JSON and ``gan_settings`` take."""
        lists = {name: list(getattr(self, name)) for name in self.LISTS}
        return {**dataclasses.asdict(self), **lists}

    def shaping(self) -> dict:
        """Return the settings that shape the weights at a given step: all but the run length."""
        return {name: value for name, value in self.as_dict().items() if name not in RUN_LENGTH}


def check_size(size: int) -> None:
    """Raise ValueError unless `size` (px) is 16 · 2^k, which the networks can draw."""
    if size < 16 or size & (size - 1):
        raise ValueError(f"a network draws tiles of 16, 32, 64, 128, ... px, not {size}")
