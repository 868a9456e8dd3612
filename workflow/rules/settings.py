"""The settings of a run: the config made whole, every mistake named before any job starts."""

import copy
import os
import re

from blocks import experiment_samples, for_sample
from config_schema import filled, load_schema, schema_mistakes
from mosaic_checks import mosaic_mistakes
from rockrec.gans.settings import LARGER_KINDS, automatic_batch, gan_settings
from rockrec.grid import Grid

RESERVED_NAMES = {
    "samples": ("figures", "tables", "benchmarks", "checkpoints", "checksums"),
    "experiments": ("mosaic", "unet", "res"),
    "methods": ("real", "train", "validation", "heldout"),
}
DOORS = ("mosaic", "segmented", "synthetic")
NETWORKS = ("dcgan", "wgan_gp", "stylegan2_ada")
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
        mistakes += _file_mistakes(path, sample)
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
    for name in samples:
        mistakes += _model_mistakes(settings, name) + _image_mistakes(settings, name)
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


def _file_mistakes(path: str, sample: dict) -> list[str]:
    """Files of a sample that do not exist, and a pattern of tiles that names no tile."""
    if sample.get("archive") and not os.path.exists(sample["segmented"]):
        return _path_mistakes(f"{path}.segmented", sample["segmented"]) or _archive_mistakes(
            path, sample
        )
    files = {key: [sample[key]] for key in ("mosaic", "segmented") if key in sample}
    if sample.get("grid"):
        try:
            files["mosaic"] = Grid(**sample["grid"]).paths(sample["mosaic"])
        except ValueError as error:
            return [f"{path}.mosaic: {error}"]
    labels = sample.get("labels") or []
    if isinstance(labels, str):
        files["labels"] = [labels]
    else:
        files |= {f"labels.{i}.file": [field["file"]] for i, field in enumerate(labels)}
    return [
        mistake
        for key, several in files.items()
        for file in several
        for mistake in _path_mistakes(f"{path}.{key}", file) or _missing(f"{path}.{key}", file)
    ]


def _path_mistakes(path: str, file: str) -> list[str]:
    """A path that Snakemake would take for a pattern, or that no terminal can show."""
    if set(file) & set("{}") or not file.isprintable():
        return [f"{path}: {file!r} has braces or control characters, a path may not"]
    return []


def _missing(path: str, file: str) -> list[str]:
    return [] if os.path.isfile(file) else [f"{path}: no file {file!r}"]


def _archive_mistakes(path: str, sample: dict) -> list[str]:
    """What keeps a published mosaic from being fetched and verified."""
    mistakes = []
    if os.path.dirname(sample["segmented"]) != "resources":
        mistakes.append(
            f"{path}.segmented: a published mosaic is fetched into resources/, not to "
            f"{sample['segmented']!r}"
        )
    if sample["archive"]["url"] and not sample["archive"]["sha256"]:
        mistakes.append(
            f"{path}.archive.sha256: missing beside url; the page may state it, or take it from a "
            "copy that you trust (sha256sum FILE)"
        )
    return mistakes


def _model_mistakes(settings: dict, name: str) -> list[str]:
    """A U-Net that is to be used or started from, but is no file and trained on no sample."""
    sample = settings["samples"][name]
    labelled = [
        other
        for other, block in settings["samples"].items()
        if other != name and (block.get("labels") or "synthetic" in block)
    ]
    mistakes = []
    if "mosaic" in sample and bool(sample["labels"]) == bool(sample["model"]):
        mistakes.append(f"samples.{name}: needs either labels or a model that is trained already")
    classes = sorted(map(int, sample.get("classes") or {}))
    if classes and sample["phase"] not in classes:
        mistakes.append(
            f"samples.{name}.phase: {sample['phase']} is none of the classes, "
            f"{', '.join(map(str, classes))}"
        )
    if sample.get("unlabelled") in classes:
        mistakes.append(
            f"samples.{name}.unlabelled: {sample['unlabelled']} is one of the classes, too"
        )
    for path, wanted in (
        (f"samples.{name}.model", sample.get("model")),
        (f"unet.init_from: {name}", for_sample(settings["unet"], name)["init_from"]),
    ):
        if wanted is None or wanted in labelled:
            continue
        mistakes += _path_mistakes(path, wanted)
        if not os.path.isfile(wanted):
            mistakes.append(
                f"{path}: {wanted!r} is no file, and no other sample with labels "
                f"({', '.join(labelled) or 'there is none'})"
            )
    return mistakes


def _image_mistakes(settings: dict, sample: str) -> list[str]:
    """Windows that overlap too much, and labels that leave nothing to train on."""
    mistakes = []
    segmentation = for_sample(settings["segmentation"], sample)
    if 2 * segmentation["overlap"] > segmentation["window"]:
        mistakes.append(
            f"segmentation.overlap: {segmentation['overlap']} is more than half of "
            f"window {segmentation['window']}"
        )
    unet = for_sample(settings["unet"], sample)
    if unet["validation_fraction"] + unet["test_fraction"] >= 1:
        mistakes.append(
            f"unet.test_fraction: {unet['test_fraction']} beside validation_fraction "
            f"{unet['validation_fraction']} leaves no labels to train on"
        )
    return mistakes


def _method_mistakes(path: str, method: dict, gpus: int) -> list[str]:
    """What the settings of a method forbid, as they hold for one sample."""
    if method["kind"] in NETWORKS:
        try:
            gan_settings({k: v for k, v in method.items() if k not in NOT_FOR_THE_NETWORK})
        except ValueError as error:
            return [f"{path}: {error}"]
        if (method["batch"] or 0) % gpus:  # null: by the size of the tile
            return [f"{path}.batch: {method['batch']} cannot be shared by run.gpus, {gpus}"]
    if method["kind"] == "external":
        where, file = f"{path}.stack", method["stack"]
        return _path_mistakes(where, file) or _missing(where, file)
    return [
        f"{path}.weights.{weighted}: is no target; those are {', '.join(method['targets'])}"
        for weighted in method.get("weights", {})
        if weighted not in method["targets"]
    ]


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
            automatic, gpus = automatic_batch(tiles["size"]), settings["run"]["gpus"]
            batch = for_sample(settings["methods"][method], sample).get("batch", automatic)
            if batch is None and automatic % gpus:
                mistakes.append(
                    f"methods.{method}.batch: null, which is {automatic} for tiles of "
                    f"{tiles['size']} px ({path}.size), cannot be shared by run.gpus, {gpus}"
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
