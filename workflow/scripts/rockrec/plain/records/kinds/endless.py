"""A generator on the infinite plane."""

from dataclasses import dataclass

from rockrec.plain.network_sizes import can_be_drawn
from rockrec.plain.records.kinds.networks import (
    CHECKERBOARD,
    MORE_WINDOWS,
    NO_LIMIT,
    TOO_ALIKE,
    NetworkSettings,
)
from rockrec.plain.records.kinds.stylegan2_ada import StyleGan2Settings
from rockrec.plain.records.methods import Kind, Reconstruction
from rockrec.plain.records.settings import altered, constant, setting, unset


@dataclass(frozen=True, kw_only=True)
class EndlessSettings(StyleGan2Settings):
    """A field of rock without a border, learnt from crops; null as for stylegan2_ada."""

    kind: str = constant(
        "endless",
        "A generator on the infinite plane, against the discriminator of StyleGAN2-ADA.",
    )
    stride: int = setting(
        64,
        "Distance of the points of the coarsest noise, px, 16, 32, 64, ...; what lies several "
        "times as far apart varies independently.",
        minimum=16,
    )
    crop: int = setting(
        64,
        "Side of the crops of training tiles that the discriminator is shown, px, 16, 32, 64, "
        "...; whole tiles where they are no larger.",
        minimum=16,
    )
    latent: int = altered(
        NetworkSettings,
        "latent",
        default=16,
        description="Numbers from which the noise of a realisation is hashed.",
    )
    channels: int = altered(
        NetworkSettings,
        "channels",
        description="Width of the generator's finest layers; each coarser one has twice as many.",
    )
    max_channels: int = altered(
        StyleGan2Settings, "max_channels", default=64, description="No layer is wider."
    )
    steps: int = altered(NetworkSettings, "steps", default=5800)
    decay_from: int | None = altered(NetworkSettings, "decay_from", default=2600)
    decay_to: int | None = altered(NetworkSettings, "decay_to", default=5800)
    ema: float | None = altered(StyleGan2Settings, "ema", default=0.995)
    size: int | None = altered(
        Reconstruction,
        "size",
        description="Side of the realisations, px, a multiple of the tiles'; null for the tiles' "
        "own. Each is a window of a field of its own. Larger ones are described and compared in "
        "pieces of the tiles' size.",
    )

    # Its windows begin at other places from batch to batch: compiled once, they would be for one.
    compile: str = altered(NetworkSettings, "compile", choices=("none",))

    mapping_layers: None = unset()
    style_mixing: None = unset()
    start: None = unset()
    smooth_noise: None = unset()
    output: None = unset()
    path_length: None = unset()
    path_length_every: None = unset()
    truncation: None = unset()
    interpolation: None = unset()
    project: None = unset()
    project_steps: None = unset()

    def _check_together(self):
        super()._check_together()
        for name in ("stride", "crop"):
            if not can_be_drawn(getattr(self, name)):
                raise ValueError(f"{name} {getattr(self, name)} is none of 16, 32, 64, ...")


def networks():
    from rockrec.gans.endless.adversaries import Endless

    return Endless


ENDLESS = Kind(
    title="endless GAN",
    settings=EndlessSettings,
    networks=networks,
    is_endless=True,
    tiles_compared=2,
    cures={
        "repeated_pattern": MORE_WINDOWS,
        **dict.fromkeys(TOO_ALIKE, "A lower discriminator_rate or more input_noise for endless"),
        **dict.fromkeys(CHECKERBOARD, "Longer training of endless, or another stride"),
        "memorised_tiles": f"{NO_LIMIT}, or more augmentations under ada",
    },
)
