"""A network layer by layer, read from the network itself (the paper's Table S1)."""

import pandas as pd
import torch
from torch import nn

from rockrec.gans.batches import crop_side
from rockrec.gans.networks import build
from rockrec.plain.records.kinds.networks import NetworkSettings

TILES = 4  # a layer may compare the tiles of a batch with one another
SHOWN = ("kernel_size", "stride", "padding", "scale_factor", "mode", "negative_slope")


def list_layers(settings: NetworkSettings, size: int) -> pd.DataFrame:
    """List the layers of both networks of a method in the order that data pass them.

    The networks are built, and a few tiles sent through; what is listed is what was met.

    Parameters
    ----------
    settings : of the method.
    size : side of its tiles, px.

    Returns
    -------
    One line per layer: network (generator | discriminator), layer (its name inside the
    network), kind, details (kernel, stride, ... where it has them), channels, height, width (of
    its output; width and height are empty for vectors), parameters (weights that are learnt). A
    layer that is passed twice is listed once.
    """
    networks, side = build(size, settings, seed=0).eval(), crop_side(settings, size)
    with torch.no_grad():
        latents = torch.zeros(TILES, settings.latent)
        parts = [
            _layers_met("generator", networks.generator, latents),
            _layers_met("discriminator", networks.discriminator, torch.zeros(TILES, 1, side, side)),
        ]
    return pd.concat(parts, ignore_index=True)


def _layers_met(name: str, network: nn.Module, inputs: torch.Tensor) -> pd.DataFrame:
    rows, hooks = {}, []

    def note(layer):
        def hook(module, given, output):
            rows.setdefault(layer, _row(name, layer, module, output))

        return hook

    for layer, module in network.named_modules():
        if _is_layer(layer, module):
            hooks.append(module.register_forward_hook(note(layer)))
    network(inputs)
    for hook in hooks:
        hook.remove()
    table = pd.DataFrame(rows.values())
    return table.astype({"height": "Int64", "width": "Int64"})


def _is_layer(name: str, module: nn.Module) -> bool:
    """Tell a module that computes from one that only holds others."""
    inside_layer = "parametrizations" in name
    own = next(module.parameters(recurse=False), None) is not None
    return not inside_layer and (own or not list(module.children()) or _is_reparametrised(module))


def _is_reparametrised(module: nn.Module) -> bool:
    return hasattr(module, "parametrizations")


def _row(network: str, layer: str, module: nn.Module, output: torch.Tensor) -> dict:
    channels, *sides = output.shape[1:] if output.ndim > 1 else (1,)
    height, width = sides if len(sides) == 2 else (pd.NA, pd.NA)
    nested = _is_reparametrised(module)
    return {
        "network": network,
        "layer": layer,
        "kind": _kind(module),
        "details": ", ".join(_details(module)),
        "channels": channels,
        "height": height,
        "width": width,
        "parameters": sum(p.numel() for p in module.parameters(recurse=nested) if p.requires_grad),
    }


def _kind(module: nn.Module) -> str:
    """The name of a layer's class; parametrised ones have torch's own prefix removed."""
    return type(module).__name__.removeprefix("Parametrized")


def _details(module: nn.Module):
    for key in SHOWN:
        value = getattr(module, key, None)
        if value is not None and not callable(value):
            yield f"{key.replace('_', ' ')} {_short(value)}"


def _short(value: object) -> str:
    if isinstance(value, tuple):
        return str(value[0]) if len(set(value)) == 1 else " x ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
