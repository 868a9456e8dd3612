"""WGAN-GP: the paper's network of the comparison."""

from dataclasses import dataclass

from rockrec.plain.records.kinds.networks import (
    CHECKERBOARD,
    MORE_WINDOWS,
    NO_LIMIT,
    TOO_ALIKE,
    ConvolutionalSettings,
)
from rockrec.plain.records.methods import Kind
from rockrec.plain.records.settings import altered, constant, setting


@dataclass(frozen=True, kw_only=True)
class WganGpSettings(ConvolutionalSettings):
    """The critic measures how far generated tiles are from real ones (Gulrajani et al., 2017)."""

    kind: str = constant("wgan_gp", "Wasserstein GAN with gradient penalty.")
    penalty: float = setting(10.0, "Weight of the gradient penalty.", above=0, paper=10)
    steps: int = altered(ConvolutionalSettings, "steps", paper="best at 4300")
    critic_steps: int = altered(ConvolutionalSettings, "critic_steps", default=5, paper=5)
    betas: tuple[float, float] = altered(ConvolutionalSettings, "betas", paper="[0.5, 0.999]")


def networks():
    from rockrec.gans.wgan_gp import WganGp

    return WganGp


WGAN_GP = Kind(
    title="WGAN-GP",
    settings=WganGpSettings,
    networks=networks,
    gradient_penalty=True,
    cures={
        "repeated_pattern": MORE_WINDOWS,
        **dict.fromkeys(TOO_ALIKE, "A lower learning_rate or more critic_steps for wgan_gp"),
        **dict.fromkeys(CHECKERBOARD, "upsampling: resize or blur in place of transposed"),
        "edge_excess": "A larger size of the realisations, whose border is cut off",
        "memorised_tiles": f"{NO_LIMIT}, or augmentation",
    },
)
