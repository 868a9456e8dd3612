"""A network's settings as the library takes and keeps them.

What can be set, and by default is, stands in the records of the kinds of network
(`rockrec.plain.records.kinds`).
"""

import dataclasses
from collections.abc import Mapping

from rockrec.plain.network_sizes import with_automatic_values
from rockrec.plain.records.kinds import KINDS, NETWORKS
from rockrec.plain.records.kinds.networks import NetworkSettings

LENGTH = ("steps", "patience")


def gan_settings(block: Mapping) -> NetworkSettings:
    """Complete a method's block of the config with the defaults of its kind.

    Raises
    ------
    ValueError : an unknown key or kind, or a value out of range; the message names it.
    """
    kind = block.get("kind")
    if kind not in NETWORKS:
        raise ValueError(f"kind {kind!r} is none of {', '.join(NETWORKS)}")
    return KINDS[kind].settings.of(block)


def at_size(settings: NetworkSettings, size: int) -> NetworkSettings:
    """Return the settings for tiles of `size` px, automatic ones filled in."""
    set_here = {
        field.name: getattr(settings, field.name)
        for field in dataclasses.fields(settings)
        if field.metadata
    }
    return dataclasses.replace(settings, **with_automatic_values(set_here, size))


def as_dict(settings: NetworkSettings) -> dict:
    """Return what shapes the training, in plain types, as YAML, JSON and `gan_settings` take."""
    values = {name: getattr(settings, name) for name in KINDS[settings.kind].trained_on}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }


def shaping(settings: NetworkSettings) -> dict:
    """Return the settings that shape the weights at a given step: all but the run length."""
    return {name: value for name, value in as_dict(settings).items() if name not in LENGTH}
