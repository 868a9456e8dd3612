"""DCGAN: the benchmark, which is allowed to fail."""

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
class DcganSettings(ConvolutionalSettings):
    """The benchmark, which is allowed to fail (Radford et al., 2016)."""

    kind: str = constant("dcgan", "Deep convolutional GAN.")
    label_smoothing: float = setting(
        0.0, "What the label of real tiles falls short of 1.", minimum=0, below=1, paper=0
    )
    r1: float = setting(0.0, "Weight of the penalty on slopes at real tiles.", minimum=0, paper=0)
    betas: tuple[float, float] = altered(ConvolutionalSettings, "betas", default=(0.5, 0.999))


def networks():
    from rockrec.gans.dcgan import Dcgan

    return Dcgan


DCGAN = Kind(
    title="DCGAN",
    settings=DcganSettings,
    networks=networks,
    cures={
        "repeated_pattern": f"{MORE_WINDOWS}, or kind wgan_gp",
        **dict.fromkeys(
            TOO_ALIKE,
            "A lower learning_rate, label_smoothing or r1 for dcgan, or kind wgan_gp",
        ),
        **dict.fromkeys(CHECKERBOARD, "upsampling: resize or blur in place of transposed"),
        "edge_excess": "A larger size of the realisations, whose border is cut off",
        "memorised_tiles": f"{NO_LIMIT}, or augmentation",
    },
)
