"""StyleGAN2 with adaptive discriminator augmentation (ADA)."""

from dataclasses import dataclass

from rockrec.plain.records.kinds.networks import (
    MORE_WINDOWS,
    NO_LIMIT,
    TOO_ALIKE,
    NetworkSettings,
)
from rockrec.plain.records.methods import Kind
from rockrec.plain.records.settings import altered, constant, setting

ADA = (
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


@dataclass(frozen=True, kw_only=True)
class StyleGan2Settings(NetworkSettings):
    """Styles shape a tile; null stands for the original's value for the size of the tiles."""

    kind: str = constant(
        "stylegan2_ada",
        "StyleGAN2 with adaptive discriminator augmentation (Karras et al. 2020 a and b).",
    )
    latent: int = altered(
        NetworkSettings, "latent", description="Length of the latent vectors z and w."
    )
    channels: int | None = altered(
        NetworkSettings,
        "channels",
        description="Width of the generator's layers at the tile's resolution; each coarser one "
        "has twice as many. null for 16384 / size, from 512 px on 32768 / size, as in StyleGAN2.",
    )
    max_channels: int = altered(
        NetworkSettings,
        "max_channels",
        default=128,
        description="No layer is wider (StyleGAN2 512).",
    )
    steps: int = altered(NetworkSettings, "steps", paper="more than 80 h")
    batch: int | None = altered(
        NetworkSettings,
        "batch",
        default=16,
        description="Tiles per update; null for 32 up to 128 px, then 4096 / size, at least 4.",
    )
    learning_rate: float = altered(
        NetworkSettings,
        "learning_rate",
        default=0.005,
        description="Learning rate of Adam, of the generator (StyleGAN2 0.0025).",
    )
    betas: tuple[float, float] = altered(
        NetworkSettings,
        "betas",
        default=(0.0, 0.99),
        description="Betas of Adam. Those of a network with updates for a penalty alone are "
        "corrected for them, as its rate is.",
    )
    ema: float | None = altered(
        NetworkSettings,
        "ema",
        description="Decay per step of the running mean of the generator's weights; 0 for the "
        "weights themselves, null for a half-life of 312.5 steps, as in StyleGAN2.",
    )
    check_every: int = altered(NetworkSettings, "check_every", default=100)
    size: int | None = altered(
        NetworkSettings,
        "size",
        description="Side of the realisations, px: that of the tiles, null; it draws no other.",
    )

    mapping_layers: int = setting(
        2,
        "Layers of the mapping network from z to w (StyleGAN2 8; 2 for small tiles).",
        minimum=1,
    )
    style_mixing: float = setting(
        0.0,
        "Share of training images drawn in the styles of two latent vectors (StyleGAN2 0.9).",
        minimum=0,
        maximum=1,
    )
    loss: str = setting(
        "logistic",
        "What the discriminator learns - relativistic, that real tiles score higher than generated "
        "ones, with the penalty r1 on generated tiles, too; or logistic, that they score above 0 "
        "(StyleGAN2).",
        choices=("logistic", "relativistic"),
    )
    start: str = setting(
        "waves",
        "What a tile starts from - plane waves, shifted for each tile, which carry an order that "
        "reaches over many pores; noise of its own; or an image learnt for all (StyleGAN2), which "
        "gives each place in a tile a structure of its own.",
        choices=("waves", "noise", "learnt"),
    )
    noise_strength: float = setting(
        0.3,
        "What the strengths of the noise inputs start at; they are learnt at a tenth of the rate "
        "(StyleGAN2 0, at the full rate).",
        minimum=0,
    )
    smooth_noise: bool = setting(
        True,
        "Weigh the pixels of the coarser noise inputs, up to a quarter of the tile's side, with "
        "their neighbours, against structures that lie on a grid (StyleGAN2 false).",
    )
    output: str = setting(
        "tanh",
        "What makes an image of the last layer's sum - linear (StyleGAN2), or tanh (of twice the "
        "sum), which suits two phases.",
        choices=("tanh", "linear"),
    )
    discriminator_rate: float | None = setting(
        0.003,
        "The discriminator's learning rate; null for the generator's, as in StyleGAN2.",
        above=0,
    )
    discriminator_width: float = setting(
        0.5,
        "Channels of the discriminator over those of the generator (StyleGAN2 1).",
        above=0,
    )
    unshuffle: bool = setting(
        True,
        "The discriminator folds 2 x 2 px into channels first, which makes it weaker and four "
        "times as fast (StyleGAN2 false).",
    )
    shown_s2: bool = setting(
        True,
        "The discriminator is also shown S2 of each tile, by lag down and right, up to 31 px, so "
        "that it sees whether grains or pores keep their distances (StyleGAN2 false).",
    )
    input_noise: float = setting(
        0.2,
        "Standard deviation of Gaussian noise on every tile, of -1 and 1, that the discriminator "
        "is shown (StyleGAN2 0).",
        minimum=0,
    )
    r1: float | None = setting(
        0.1,
        "γ of the penalty on slopes at real tiles (and at generated ones where the loss is "
        "relativistic); 0 for none, null for 0.0002 · size² / batch, as in StyleGAN2.",
        minimum=0,
        paper="in use",
    )
    r1_every: int = setting(
        4, "Steps between two updates for that penalty (StyleGAN2 16).", minimum=1
    )
    path_length: float = setting(
        0.0,
        "Weight of the path-length penalty; 0 for none (StyleGAN2 2).",
        minimum=0,
        paper="in use",
    )
    path_length_every: int = setting(
        4, "Steps between two updates for that penalty (StyleGAN2 4).", minimum=1
    )
    ema_ramp: float | None = setting(
        None,
        "The running mean's half-life is at most this share of the steps so far; null for no ramp "
        "(ADA 0.05).",
        above=0,
    )
    ada: tuple[str, ...] = setting(
        ("shifts", "scaling", "stretching", "fractional_shifts", "brightness", "contrast"),
        "What all tiles that the discriminator is shown are augmented with, at the controller's "
        "probability - flips, quarter_turns, shifts (whole pixels), scaling, rotation, stretching, "
        "fractional_shifts, brightness, contrast; empty for no ADA. The first two and rotation are "
        "refused by name where they would mix directions that the rock keeps apart.",
        choices=ADA,
        paper="in use",
    )
    ada_target: float = setting(
        0.6,
        "Mean sign of the discriminator's output on real tiles that the probability is steered to.",
        above=-1,
        below=1,
    )
    ada_every: int = setting(4, "Steps between two changes of the probability.", minimum=1)
    ada_images: int = setting(
        500_000, "Training images in which the probability can go from 0 to 1.", minimum=1
    )
    truncation: float = setting(
        1.0,
        "Below 1 realisations are drawn from styles nearer their mean, so that they are more "
        "alike; training and its checks know none of it.",
        minimum=0,
        maximum=1,
        trains=False,
    )
    interpolation: int = setting(
        0,
        "Frames from each to the next of four latent vectors, in a film through the latent space "
        "(interpolation.tif); 0 for none.",
        minimum=0,
        trains=False,
    )
    project: tuple[int, ...] = setting(
        (),
        "Lines of tiles.csv (the first is 0) whose tiles are sought in the latent space, GAN "
        "inversion (projections.tif, .csv); empty for none.",
        minimum=0,
        trains=False,
    )
    project_steps: int = setting(500, "Steps of that search.", minimum=1, trains=False)


def networks():
    from rockrec.gans.stylegan2.adversaries import StyleGan2Ada

    return StyleGan2Ada


STYLEGAN2_ADA = Kind(
    title="StyleGAN2-ADA",
    settings=StyleGan2Settings,
    networks=networks,
    draws_larger=False,
    walks_latent_space=True,
    tiles_compared=2,
    # Of the original's size, on an H100, float32. (The original with its own CUDA code, on a V100:
    # 13.3 and 73.7.)
    seconds={128: 21.4, 512: 160.5},
    cures={
        "repeated_pattern": MORE_WINDOWS,
        **dict.fromkeys(
            TOO_ALIKE, "A lower discriminator_rate or more input_noise for stylegan2_ada"
        ),
        "memorised_tiles": f"{NO_LIMIT}, or more augmentations under ada",
    },
)
