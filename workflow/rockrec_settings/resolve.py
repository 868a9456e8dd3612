"""The settings of a run: the config made whole, every mistake named before any job starts."""

import copy
import re

from rockrec.gans.settings import LARGER_KINDS, automatic_batch, gan_settings
from rockrec.plain.records.doors import DOORS
from rockrec.plain.records.kinds import NETWORKS
from rockrec_settings.blocks import experiment_samples, for_sample
from rockrec_settings.files import missing, path_mistakes, sample_file_mistakes
from rockrec_settings.mosaics import mosaic_mistakes
from rockrec_settings.schema import filled, load_schema, schema_mistakes
from rockrec_settings.unets import unet_mistakes

RESERVED_NAMES = {
    "samples": ("figures", "tables", "benchmarks", "checkpoints", "checksums", "results"),
    "experiments": ("mosaic", "unet", "res", "results"),
    "methods": ("real", "train", "validation", "heldout", "results"),
}
NOT_FOR_THE_NETWORK = (
    "limit",
    "size",
    "realisations",
    "truncation",
    "interpolation",
    "project",
    "project_steps",
    "replicates",
    "per_sample",
)
LONGEST_NAME = 64
LABELS = {str(value) for value in range(1, 256)}


class SettingsError(Exception):
    """The config is wrong; the message lists each mistake with its path in the config."""


def resolve(config: dict) -> dict:
    """Return `config` with every default filled in.

    Raises
    ------
    SettingsError : unknown or misspelt keys, values of the wrong type or out of range, names
        that nothing bears, files that do not exist. All mistakes are listed at once.
    """
    schema = load_schema()
    settings = filled(copy.deepcopy(dict(config)), schema, schema)
    mistakes = schema_mistakes(settings, schema, schema, "")
    if not mistakes:
        mistakes = _sense_mistakes(settings, schema)
    if mistakes:
        raise SettingsError("\n".join(dict.fromkeys(mistakes)))
    return settings


def _sense_mistakes(settings: dict, schema: dict) -> list[str]:
    """Mistakes that a schema cannot see: names, files, sizes that do not fit one another."""
    mistakes = []
    samples, methods = settings["samples"], settings["methods"]
    for name, sample in samples.items():
        path = f"samples.{name}"
        doors = [door for door in DOORS if door in sample]
        if len(doors) != 1:
            mistakes.append(
                f"{path}: needs exactly one of {', '.join(DOORS)}; it has {doors or 'none'}"
            )
            continue
        mistakes += sample_file_mistakes(path, sample)
        mistakes += [
            f"{path}.classes.{value}: a label is a whole number from 1 to 255"
            for value in sample.get("classes", {})
            if str(value) not in LABELS
        ]
    for kind, reserved in RESERVED_NAMES.items():
        mistakes += [
            f"{kind}.{name}: not a possible name (text of up to {LONGEST_NAME} letters, digits, "
            f"_ and -; none of {', '.join(reserved)})"
            for name in settings[kind]
            if name in reserved or not _is_name(name)
        ]
    for path, block, block_schema in _blocks_by_sample(settings, schema):
        for name in block["per_sample"]:
            where = f"{path}.per_sample.{name}"
            if name not in samples:
                mistakes.append(f"{where}: no such sample; known: {', '.join(samples)}")
            elif "replicates" in block["per_sample"][name]:
                mistakes.append(f"{where}.replicates: all samples have as many")
            else:
                merged = for_sample(block, name) | {"per_sample": {}}
                mistakes += schema_mistakes(merged, block_schema, schema, where)
    if mistakes:
        return mistakes
    mistakes += unet_mistakes(settings)
    for name, experiment in settings["experiments"].items():
        path = f"experiments.{name}"
        for key, known in (("samples", samples), ("methods", methods)):
            mistakes += [
                f"{path}.{key}: no {key[:-1]} {item!r}; known: {', '.join(known)}"
                for item in experiment[key] or []
                if item not in known
            ]
        if not mistakes:
            mistakes += _tile_mistakes(settings, name)
    for name, method in methods.items():
        for sample in [None, *method["per_sample"]]:
            path = f"methods.{name}" + (f".per_sample.{sample}" if sample else "")
            block = for_sample(method, sample)
            mistakes += _method_mistakes(path, block, settings["run"]["gpus"])
    return mistakes or mosaic_mistakes(settings)


def _method_mistakes(path: str, method: dict, gpus: int) -> list[str]:
    """What the settings of a method forbid, as they hold for one sample."""
    if method["kind"] in NETWORKS:
        try:
            gan_settings({k: v for k, v in method.items() if k not in NOT_FOR_THE_NETWORK})
        except ValueError as error:
            return [f"{path}: {error}"]
        if method["batch"] is not None:  # null: by the size of the tile
            return _sharing_mistakes(f"{path}.batch: {method['batch']}", method, gpus)
    if method["kind"] == "external":
        where, file = f"{path}.stack", method["stack"]
        return path_mistakes(where, file) or missing(where, file)
    return [
        f"{path}.weights.{weighted}: is no target; those are {', '.join(method['targets'])}"
        for weighted in method.get("weights", {})
        if weighted not in method["targets"]
    ]


def _sharing_mistakes(said: str, method: dict, gpus: int) -> list[str]:
    """A batch that leaves each GPU no whole number of tiles, or no two to compare."""
    if method["batch"] % gpus:
        return [f"{said} cannot be shared by run.gpus, {gpus}"]
    if method["kind"] == "stylegan2_ada" and method["batch"] // gpus % 2:
        return [
            f"{said} leaves {method['batch'] // gpus} tiles to each of run.gpus, {gpus}; its "
            "discriminator compares groups of 2 or 4"
        ]
    return []


def _tile_mistakes(settings: dict, experiment: str) -> list[str]:
    mistakes = []
    fixed = set(NETWORKS) - set(LARGER_KINDS)
    block = settings["experiments"][experiment]
    for sample in experiment_samples(settings, experiment):
        tiles = for_sample(block["tiles"], sample)
        path = f"experiments.{experiment}.tiles"
        if sample in block["tiles"]["per_sample"]:
            path += f".per_sample.{sample}"
        if tiles["window"] % tiles["size"]:
            mistakes.append(
                f"{path}.window: {tiles['window']} is no whole multiple of size {tiles['size']}"
            )
        for method in block["methods"]:
            wanted = for_sample(settings["methods"][method], sample).get("size") or tiles["size"]
            if wanted % tiles["size"]:
                mistakes.append(
                    f"methods.{method}.size: {wanted} is no whole multiple of the tiles' "
                    f"{tiles['size']} px ({path}.size)"
                )
            if wanted != tiles["size"] and settings["methods"][method]["kind"] in fixed:
                mistakes.append(
                    f"methods.{method}.size: {wanted}, but {settings['methods'][method]['kind']} "
                    f"draws tiles of the size that it is trained on only, {tiles['size']} px "
                    f"({path}.size)"
                )
            drawn = for_sample(settings["methods"][method], sample)
            if drawn.get("batch", 0) is None:
                automatic = automatic_batch(tiles["size"])
                mistakes += _sharing_mistakes(
                    f"methods.{method}.batch: null, which is {automatic} for tiles of "
                    f"{tiles['size']} px ({path}.size),",
                    drawn | {"batch": automatic},
                    settings["run"]["gpus"],
                )
        networks = [m for m in block["methods"] if settings["methods"][m]["kind"] in NETWORKS]
        if networks and (tiles["size"] < 16 or tiles["size"] & (tiles["size"] - 1)):
            mistakes.append(
                f"{path}.size: {tiles['size']} is no size a network can make "
                f"(16, 32, 64, ...; wanted by {', '.join(networks)})"
            )
    return mistakes


def _blocks_by_sample(settings: dict, schema: dict):
    """Yield (path, block, its schema) of every block that has a ``per_sample`` key."""
    definitions = schema["$defs"]
    for name in ("denoise", "unet", "segmentation", "res"):
        yield name, settings[name], definitions[name]
    for name, method in settings["methods"].items():
        yield f"methods.{name}", method, definitions[method["kind"]]
    for name, experiment in settings["experiments"].items():
        yield f"experiments.{name}.tiles", experiment["tiles"], definitions["tiles"]


def _is_name(name: str) -> bool:
    return isinstance(name, str) and bool(re.fullmatch(f"[A-Za-z0-9_-]{{1,{LONGEST_NAME}}}", name))
