"""The settings of a network and of its training: what a method's block in the config says."""

import dataclasses
import math
from dataclasses import dataclass

from rockrec.motions import AUGMENTATIONS

UPSAMPLING = ("transposed", "resize", "blur")
INITIAL_WEIGHTS = ("he", "normal")
THRESHOLDS = ("otsu", "zero", "phase_fraction")
PRECISIONS = ("float32", "bfloat16")
GUIDES = ("S2", "S2H", "S2V", "S2D+", "S2D-", "P3H", "P3V", "P4", "P6", "L")

# Small networks on a CPU in minutes. The paper's values stand in the docstring of GanSettings.
COMMON = {
    "latent": 128,
    "channels": 16,
    "max_channels": 1024,
    "upsampling": "resize",
    "pointwise": False,
    "initial_weights": "he",
    "spectral_norm": False,
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
BY_KIND = {
    "dcgan": {"critic_steps": 1, "betas": (0.5, 0.999), "label_smoothing": 0.0, "r1": 0.0},
    "wgan_gp": {"critic_steps": 5, "betas": (0.0, 0.9), "penalty": 10.0},
}
LISTS = ("betas", "augmentation", "guide")
RUN_LENGTH = ("steps", "patience")


@dataclass(frozen=True, kw_only=True)
class GanSettings:
    """Everything that decides what a network learns, but for the tiles and the seed.

    Attributes
    ----------
    kind : ``dcgan`` or ``wgan_gp``.
    latent : length of the latent vector (paper: 512).
    channels : width of the layers at half the tile's resolution; each coarser one has twice
        as many (paper: 64, so 1024 at 4 x 4 px of a 128 px tile).
    max_channels : no layer is wider (the paper's at 512 px would have 4096, 212 M parameters).
    upsampling : ``transposed`` convolution of 4 x 4, stride 2 (paper); ``blur``: the same, then
        a 3 x 3 blur; or ``resize``: bilinear resizing, then a 3 x 3 convolution.
    pointwise : a 1 x 1 convolution with BatchNorm before the last layer (paper: true).
    initial_weights : of the convolutions: ``he``, N(0, 2 / inputs), or ``normal``, N(0, 0.02²)
        (paper), under which the signal of narrow layers all but vanishes and the first
        hundreds of steps are lost.
    spectral_norm : hold each layer of the discriminator to slopes of at most 1 (paper: false).
    steps : updates of the generator. A longer run continues a shorter one.
    patience : checks without a better one after which the run ends; null for none (paper).
    batch : tiles per update (paper: 128).
    critic_steps : updates of the discriminator per update of the generator (paper: 5 for
        WGAN-GP, 1 for DCGAN).
    learning_rate, betas : of Adam, in both networks (paper: 1e-4, (0.5, 0.999)).
    decay_from, decay_to : steps between which the learning rate falls linearly to 0; both
        null for a constant one (paper).
    ema : decay per step of the running mean of the generator's weights, which is what is
        checked, kept and sampled; 0 for the weights themselves (paper).
    penalty : weight of the gradient penalty (WGAN-GP only; paper: 10).
    label_smoothing : what the label of real tiles falls short of 1 (DCGAN only; paper: 0).
    r1 : weight of the penalty on slopes at real tiles (DCGAN only; paper: 0).
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

    kind: str
    latent: int
    channels: int
    max_channels: int
    upsampling: str
    pointwise: bool
    initial_weights: str
    spectral_norm: bool
    steps: int
    patience: int | None
    batch: int
    critic_steps: int
    learning_rate: float
    betas: tuple[float, float]
    decay_from: int | None
    decay_to: int | None
    ema: float
    penalty: float | None = None
    label_smoothing: float | None = None
    r1: float | None = None
    augmentation: tuple[str, ...]
    guide: tuple[str, ...]
    guide_weight: float
    check_every: int
    check_tiles: int
    threshold: str
    precision: str

    def __post_init__(self):
        for name in ("latent", "channels", "max_channels", "steps", "batch", "critic_steps"):
            _require(_is_whole(getattr(self, name), 1), name, self, "a whole number from 1")
        for name in ("check_every", "check_tiles"):
            _require(_is_whole(getattr(self, name), 2), name, self, "a whole number from 2")
        _require(
            self.patience is None or _is_whole(self.patience, 1),
            "patience",
            self,
            "a whole number from 1, or null",
        )
        _require(
            self.initial_weights in INITIAL_WEIGHTS,
            "initial_weights",
            self,
            " or ".join(INITIAL_WEIGHTS),
        )
        _require(self.upsampling in UPSAMPLING, "upsampling", self, " or ".join(UPSAMPLING))
        _require(self.threshold in THRESHOLDS, "threshold", self, " or ".join(THRESHOLDS))
        _require(self.precision in PRECISIONS, "precision", self, " or ".join(PRECISIONS))
        for name in ("pointwise", "spectral_norm"):
            _require(isinstance(getattr(self, name), bool), name, self, "true or false")
        _require(_is_number(self.learning_rate, above=0), "learning_rate", self, "above 0")
        _require(_is_share(self.ema), "ema", self, "in [0, 1)")
        _require(
            len(self.betas) == 2 and all(map(_is_share, self.betas)),
            "betas",
            self,
            "two numbers in [0, 1)",
        )
        for name, known in (("augmentation", AUGMENTATIONS), ("guide", GUIDES)):
            chosen = getattr(self, name)
            _require(
                len(set(chosen)) == len(chosen) and set(chosen) <= set(known),
                name,
                self,
                f"a list of {', '.join(known)}",
            )
        _require(_is_number(self.guide_weight, above=0), "guide_weight", self, "above 0")
        self._check_own_settings()
        if self.steps % self.check_every:
            raise ValueError(
                f"steps {self.steps} must be a multiple of check_every {self.check_every}, "
                "so that the last step is checked and a longer run can continue"
            )
        self._check_decay()

    def _check_own_settings(self):
        own = set(BY_KIND[self.kind])
        for name in ("penalty", "label_smoothing", "r1"):
            if name not in own and getattr(self, name) is not None:
                raise ValueError(f"{name} is no setting of {self.kind}")
        if self.kind == "wgan_gp":
            _require(_is_number(self.penalty, above=0), "penalty", self, "above 0")
        if self.kind == "dcgan":
            _require(_is_share(self.label_smoothing), "label_smoothing", self, "in [0, 1)")
            _require(self.r1 == 0 or _is_number(self.r1, above=0), "r1", self, "0 or above")

    def _check_decay(self):
        first, last = self.decay_from, self.decay_to
        if first is None and last is None:
            return
        if not (_is_whole(first, 0) and _is_whole(last, 1) and first < last):
            raise ValueError(
                f"decay_from {first!r} and decay_to {last!r} must be steps, the first below the "
                "second, or both null"
            )
        if self.steps > last:
            raise ValueError(
                f"steps {self.steps} run past decay_to {last}, where the learning rate is 0"
            )

    def rate_at(self, step: int) -> float:
        """Return the learning rate of update `step` (the first is 0)."""
        if self.decay_from is None or step <= self.decay_from:
            return self.learning_rate
        left = (self.decay_to - step) / (self.decay_to - self.decay_from)
        return self.learning_rate * max(left, 0.0)

    def as_dict(self) -> dict:
        """Return plain types, such as YAML, JSON and ``gan_settings`` take."""
        lists = {name: list(getattr(self, name)) for name in LISTS}
        return {**dataclasses.asdict(self), **lists}

    def shaping(self) -> dict:
        """Return the settings that shape the weights at a given step: all but the run length."""
        return {name: value for name, value in self.as_dict().items() if name not in RUN_LENGTH}


def gan_settings(block: dict) -> GanSettings:
    """Complete a method's block of the config with the defaults of its kind.

    Raises
    ------
    ValueError : an unknown key or kind, or a value out of range; the message names it.
    """
    kind = block.get("kind")
    if kind not in BY_KIND:
        raise ValueError(f"kind {kind!r} is none of {', '.join(BY_KIND)}")
    known = {field.name for field in dataclasses.fields(GanSettings)}
    for name in block:
        if name not in known:
            raise ValueError(f"unknown setting {name!r} of {kind}")
    values = {**COMMON, **BY_KIND[kind], **block}
    for name in LISTS:
        try:
            values[name] = tuple(values[name])
        except TypeError:
            raise ValueError(f"{name} must be a list, not {values[name]!r}") from None
    return GanSettings(**values)


def check_size(size: int) -> None:
    """Raise ValueError unless `size` (px) is 16 · 2^k, which the networks can draw."""
    if size < 16 or size & (size - 1):
        raise ValueError(f"a network draws tiles of 16, 32, 64, 128, ... px, not {size}")


def _require(fine: bool, name: str, settings: GanSettings, wanted: str) -> None:
    if not fine:
        raise ValueError(f"{name} must be {wanted}, not {getattr(settings, name)!r}")


def _is_whole(value, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_number(value, above: float) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return math.isfinite(value) and value > above


def _is_share(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1
