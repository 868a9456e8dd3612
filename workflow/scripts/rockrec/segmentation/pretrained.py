"""An encoder that was trained before, on other images: its weights from a file of the user's."""

import logging
import os
from collections.abc import Collection, Mapping
from pathlib import Path

import torch
from segmentation_models_pytorch.encoders import get_encoder

from rockrec.housekeeping.integrity import checksum

log = logging.getLogger(__name__)

WRAPPERS = ("state_dict", "model_state_dict", "model")  # under which trainings keep the weights
PREFIXES = ("module.", "encoder.", "backbone.")  # of names, by what held the encoder
HEADS = ("fc.", "last_linear.", "classifier.", "head.")  # classifiers, which no encoder has
COUNTERS = "num_batches_tracked"  # older files lack them; they decide nothing
SHOWN = 4  # names in a message


class WeightsError(ValueError):
    """A file that holds no weights of the encoder; the message names it and what differs."""


def load_encoder(encoder: torch.nn.Module, name: str, path: str | os.PathLike) -> None:
    """Give an encoder that sees one channel the weights of a file.

    Weights for three channels are summed over them, for gray is the same in each.

    Parameters
    ----------
    name : of the encoder in segmentation-models-pytorch.
    path : a state dict, as torch saves it (``.pth``, ``.pt``; nothing but tensors is read) or as
        ``.safetensors``: of ImageNet, say, or of MicroNet (Stuckner et al., npj Comput. Mater. 8,
        2022). It may lie under ``state_dict``, its names begin with ``module.`` or ``encoder.``.

    Raises
    ------
    WeightsError : no such file, or other names or shapes than the encoder's.
    """
    found = _renamed(_state(path))
    wide = get_encoder(name, in_channels=3, weights=None)
    of_three, of_one = wide.state_dict(), encoder.state_dict()
    wanted = of_one if _alike(found, of_one) else of_three
    dropped = [key for key in found if key.startswith(HEADS) and key not in wanted]
    found = {key: value for key, value in found.items() if key not in dropped}
    if said := _differences(found, wanted):
        raise WeightsError(f"{path}: no weights of the encoder {name}: {said}")
    counters = {key: value for key, value in wanted.items() if key.endswith(COUNTERS)}
    torch.nn.Module.load_state_dict(encoder if wanted is of_one else wide, counters | found)
    if wanted is of_three:
        wide.set_in_channels(1, pretrained=True)
        torch.nn.Module.load_state_dict(encoder, wide.state_dict())
    log.info(
        "encoder %s: %d tensors of %s (SHA-256 %s)%s",
        *(name, len(found), path, checksum(path)),
        f", without its classifier, {', '.join(dropped)}" if dropped else "",
    )


def _state(path: str | os.PathLike) -> Mapping[str, torch.Tensor]:
    if not Path(path).is_file():
        raise WeightsError(f"{path}: no such file")
    try:
        if Path(path).suffix == ".safetensors":
            from safetensors.torch import load_file  # comes with the encoders

            content = load_file(path)
        else:
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # damaged files lead to any; what holds other objects is refused
        raise WeightsError(f"{path}: no weights that can be read safely: {error}") from error
    for wrapper in WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(wrapper), Mapping):
            content = content[wrapper]
    named = isinstance(content, Mapping) and bool(content)
    if not named or not all(isinstance(value, torch.Tensor) for value in content.values()):
        raise WeightsError(f"{path}: no state dict, which holds tensors by their names")
    return content


def _renamed(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Take off what all names begin with, or the encoder's part of a whole network."""
    for prefix in PREFIXES:
        inner = {key: value for key, value in state.items() if key.startswith(prefix)}
        if inner and (len(inner) == len(state) or prefix == "encoder."):
            state = {key.removeprefix(prefix): value for key, value in inner.items()}
    return dict(state)


def _alike(found: Mapping, wanted: Mapping) -> bool:
    """Whether all shapes that both name are the same."""
    return all(found[key].shape == wanted[key].shape for key in found.keys() & wanted.keys())


def _differences(found: Mapping, wanted: Mapping) -> str:
    """Say what is missing, what is too much and what has another shape; empty if nothing is."""
    lacking = [key for key in wanted if key not in found and not key.endswith(COUNTERS)]
    unknown = [key for key in found if key not in wanted]
    shapes = [
        f"{key} is {_size(found[key])}, not {_size(wanted[key])}"
        for key in wanted
        if key in found and found[key].shape != wanted[key].shape
    ]
    parts = (
        ("lacks", lacking, f" of its {len(wanted)} tensors"),
        ("has", unknown, " that it does not know"),
        ("has", shapes, " of other shapes"),
    )
    return "; ".join(f"{verb} {_listed(keys, what)}" for verb, keys, what in parts if keys)


def _listed(keys: Collection[str], what: str) -> str:
    more = f", and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    return f"{len(keys)}{what} ({', '.join(list(keys)[:SHOWN])}{more})"


def _size(tensor: torch.Tensor) -> str:
    return " x ".join(map(str, tensor.shape)) or "a number"
