"""What is set of every kind of network, and of the plain convolutional ones."""

from dataclasses import dataclass

from rockrec.plain.motions import AUGMENTATIONS
from rockrec.plain.records.descriptors import GUIDES
from rockrec.plain.records.methods import Reconstruction
from rockrec.plain.records.settings import COMPILED, PRECISIONS, Settings, altered, setting, unset

THRESHOLDS = ("otsu", "zero", "phase_fraction")

# Diagnoses that have one cure.
TOO_ALIKE = ("low_spread", "similar_curves", "repeated_tiles")
CHECKERBOARD = ("checkerboard_phase", "checkerboard_power")
MORE_WINDOWS = "More training windows (a smaller stride)"
NO_LIMIT = "More training windows (a smaller stride, no limit)"


@dataclass(frozen=True, kw_only=True)
class NetworkSettings(Reconstruction):
    """Settings of a network; the defaults are those of a small one, for minutes on a CPU."""

    latent: int = setting(128, "Length of the latent vector.", minimum=1)
    channels: int = setting(
        16, "Width of the finest layers; each coarser one has twice as many.", minimum=1
    )
    max_channels: int = setting(1024, "No layer is wider.", minimum=1)
    steps: int = setting(
        1500, "Updates of the generator; a longer run continues a shorter one.", minimum=1
    )
    patience: int | None = setting(
        None,
        "Checks without a better one after which the training ends; null for none.",
        minimum=1,
    )
    batch: int = setting(32, "Tiles per update.", minimum=1)
    learning_rate: float = setting(4e-4, "Learning rate of Adam, in both networks.", above=0)
    betas: tuple[float, float] = setting((0.0, 0.9), "Betas of Adam.", minimum=0, below=1)
    decay_from: int | None = setting(
        600,
        "Step from which the learning rate falls linearly; null for a constant rate.",
        minimum=0,
    )
    decay_to: int | None = setting(
        1500, "Step at which the learning rate reaches 0; null for a constant rate.", minimum=1
    )
    ema: float = setting(
        0.99,
        "Decay per step of the running mean of the generator's weights; 0 for the weights "
        "themselves.",
        minimum=0,
        below=1,
    )
    augmentation: tuple[str, ...] = setting(
        (),
        f"Motions that training tiles are shown under - {', '.join(AUGMENTATIONS)}; refused by "
        "name where they would mix directions that the rock keeps apart.",
        choices=AUGMENTATIONS,
        paper="none",
    )
    guide: tuple[str, ...] = setting(
        (),
        "Descriptors whose error against the real mean curves is a term of the generator's loss; "
        "none by default.",
        choices=GUIDES,
        paper="none",
    )
    guide_weight: float = setting(
        1.0,
        "Weight of that error, in variances between real tiles, beside the generator's own loss.",
        above=0,
    )
    check_every: int = setting(
        50, "Steps between two checks against the validation tiles.", minimum=2
    )
    check_tiles: int = setting(256, "Tiles drawn for one check.", minimum=2)
    threshold: str = setting(
        "phase_fraction",
        "Gray to binary - otsu (of the whole set, as in the paper), zero, or phase_fraction (that "
        "of the training tiles).",
        choices=THRESHOLDS,
    )
    precision: str = setting(
        "float32",
        "float32 (of which a GPU multiplies the first 11 digits, TF32), or bfloat16 for the "
        "networks with losses and penalty in float32.",
        choices=PRECISIONS,
    )
    compile: str = setting(
        "none",
        "none; passes (generator and discriminator compiled by torch.compile, which a long "
        "training on a GPU is worth); or graphs (and replayed as CUDA graphs, for small tiles). "
        "Penalties are never compiled; where there is no compiler nothing is, and the log says so.",
        choices=COMPILED,
        paper="none",
    )
    realisations: int = setting(
        2560,
        "Tiles drawn from the trained generator (20 pairs of 128 fresh ones by default).",
        minimum=1,
        trains=False,
    )

    def _check_together(self):
        if self.steps % self.check_every:
            raise ValueError(
                f"steps {self.steps} must be a multiple of check_every {self.check_every}, "
                "so that the last step is checked and a longer run can continue"
            )
        first, last = self.decay_from, self.decay_to
        if first is None and last is None:
            return
        if first is None or last is None or first >= last:
            raise ValueError(
                f"decay_from {first!r} and decay_to {last!r} must be steps, the first below the "
                "second, or both null"
            )
        if self.steps > last:
            raise ValueError(
                f"steps {self.steps} run past decay_to {last}, where the learning rate is 0"
            )


@dataclass(frozen=True, kw_only=True)
class CriticSettings(Settings):
    """Settings of a network whose discriminator may be ahead of its generator."""

    critic_steps: int = setting(
        1, "Updates of the discriminator per update of the generator.", minimum=1
    )


@dataclass(frozen=True, kw_only=True)
class ConvolutionalSettings(NetworkSettings, CriticSettings):
    """Settings of the plain convolutional networks, DCGAN and WGAN-GP."""

    latent: int = altered(NetworkSettings, "latent", paper=512)
    channels: int = altered(
        NetworkSettings,
        "channels",
        description="Width of the layers at half the tile's resolution; each coarser one has twice "
        "as many.",
        paper="64 (1024 at 4 x 4 px of a 128 px tile)",
    )
    batch: int = altered(NetworkSettings, "batch", paper=128)
    learning_rate: float = altered(NetworkSettings, "learning_rate", paper="1e-4")
    decay_from: int | None = altered(NetworkSettings, "decay_from", paper="null")
    decay_to: int | None = altered(NetworkSettings, "decay_to", paper="null")
    ema: float = altered(NetworkSettings, "ema", paper=0)
    check_every: int = altered(NetworkSettings, "check_every", paper="every step")
    check_tiles: int = altered(NetworkSettings, "check_tiles", paper=128)
    threshold: str = altered(NetworkSettings, "threshold", paper="otsu")
    size: int | None = altered(
        NetworkSettings,
        "size",
        description="Side of the realisations, px, a multiple of the tiles'; null for the tiles' "
        "own. Larger ones are drawn from a grid of latent vectors, and are described and compared "
        "in pieces of the tiles' size.",
    )

    upsampling: str = setting(
        "resize",
        "transposed (convolutions of 4 x 4, stride 2, as in the paper), blur (the same, then 3 x 3 "
        "blur) or resize (bilinear, then 3 x 3).",
        choices=("transposed", "blur", "resize"),
        paper="transposed",
    )
    pointwise: bool = setting(
        False,
        "A 1 x 1 convolution with BatchNorm before the last layer, as in the paper.",
        paper="true",
    )
    initial_weights: str = setting(
        "he",
        "he, or normal (N(0, 0.02²), as in the paper), under which narrow layers learn nothing at "
        "first.",
        choices=("he", "normal"),
        paper="normal",
    )
    spectral_norm: bool = setting(
        False, "Hold each layer of the discriminator to slopes of at most 1.", paper="false"
    )
    # Settings of one of the two, which have one form of model and of checkpoint.
    penalty: None = unset()
    label_smoothing: None = unset()
    r1: None = unset()
