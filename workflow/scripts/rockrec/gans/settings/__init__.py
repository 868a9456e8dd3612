"""The settings of a network and of its training: what a method's block in the config says.

`engine` holds what every kind has, `convolutional` and `stylegan2` what theirs have besides.
Importable where torch is not installed.
"""

import dataclasses

from rockrec.gans.settings.convolutional import DCGAN, WGAN_GP, ConvolutionalSettings
from rockrec.gans.settings.engine import COMMON, PRECISIONS, THRESHOLDS, GanSettings, check_size
from rockrec.gans.settings.stylegan2 import STYLEGAN2_ADA, StyleGan2Settings, automatic_batch

BY_KIND: dict[str, tuple[type[GanSettings], dict]] = {
    "dcgan": (ConvolutionalSettings, DCGAN),
    "wgan_gp": (ConvolutionalSettings, WGAN_GP),
    "stylegan2_ada": (StyleGan2Settings, STYLEGAN2_ADA),
}
LARGER_KINDS = ("dcgan", "wgan_gp")  # that draw images larger than their tiles

__all__ = [
    "BY_KIND",
    "LARGER_KINDS",
    "PRECISIONS",
    "THRESHOLDS",
    "ConvolutionalSettings",
    "GanSettings",
    "StyleGan2Settings",
    "automatic_batch",
    "check_size",
    "gan_settings",
]


def gan_settings(block: dict) -> GanSettings:
    """Complete a method's block of the config with the defaults of its kind.

    Raises
    ------
    ValueError : an unknown key or kind, or a value out of range; the message names it.
    """
    kind = block.get("kind")
    if kind not in BY_KIND:
        raise ValueError(f"kind {kind!r} is none of {', '.join(BY_KIND)}")
    settings, defaults = BY_KIND[kind]
    known = {field.name for field in dataclasses.fields(settings)}
    for name in block:
        if name not in known:
            raise ValueError(f"unknown setting {name!r} of {kind}")
    values = {**COMMON, **defaults, **block}
    for name in settings.LISTS:
        try:
            values[name] = tuple(values[name])
        except TypeError:
            raise ValueError(f"{name} must be a list, not {values[name]!r}") from None
    return settings(**values)
