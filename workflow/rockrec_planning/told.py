"""What jobs are told of a run's scenes, methods and figures, from the config alone."""

from collections.abc import Mapping
from pathlib import Path

from rockrec.plain.motions import AUGMENTATIONS
from rockrec.plain.records.descriptors import met_by
from rockrec.plain.records.doors import door_of
from rockrec.plain.records.kinds import KINDS
from rockrec_planning.reconstructions import Scene, Shown, scenes
from rockrec_settings.blocks import for_sample


def inspected_as(sample: dict) -> dict:
    """What an inspection has to know of a sample's mosaic; a gray one has no phase yet."""
    phase = None if door_of(sample).is_gray else sample["phase"]
    return {"phase": phase, "pixel_size_nm": sample["pixel_size_nm"]}


def named_labels(sample: dict) -> str:
    """The values of a sample's labels that have names, as a resource: names change no number."""
    return "_".join(map(str, sample.get("classes") or [])) or "none"


def described_scenes(settings: dict) -> list[dict]:
    """What the table of claims has to know of the samples' methods in each experiment."""
    told = ("kind", "targets", "upsampling")
    return [
        {
            "experiment": scene.experiment,
            "sample": scene.sample,
            "settings": {
                name: {
                    key: value
                    for key, value in for_sample(settings["methods"][name], scene.sample).items()
                    if key in told
                }
                for name in settings["experiments"][scene.experiment]["methods"]
            },
        }
        for scene in scenes(settings)
    ]


def figure_in_report(shown: Shown, captions: Path) -> dict:
    """What the report has to know of a figure beside its picture."""
    figure, of_sample = shown.record, f" of {shown.sample}" if shown.sample else ""
    title = f"{shown.experiment}: {figure.title}" if shown.experiment else figure.title.capitalize()
    return {
        "name": figure.name,
        "experiment": shown.experiment,
        "section": figure.section,
        "title": f"{title}{of_sample}",
        "caption": (captions / f"{figure.name}.rst").read_text(encoding="utf-8"),
    }


def scene_in_report(settings: dict, scene: Scene) -> tuple:
    """What the report has to know of a scene's tiles."""
    tiles = for_sample(settings["experiments"][scene.experiment]["tiles"], scene.sample)
    pixel_size_nm = settings["samples"][scene.sample]["pixel_size_nm"]
    return scene.experiment, scene.sample, tiles["window"], tiles["size"], pixel_size_nm


def targeted(methods: Mapping[str, Mapping]) -> dict[str, list[str]]:
    """By method, what its realisations were fitted or forced to."""

    def of(block):
        forced = ["phase_fraction"] if block.get("threshold") == "phase_fraction" else []
        fitted = [*met_by(block.get("targets", [])), *block.get("guide", [])]
        return [*fitted, *forced, *KINDS[block["kind"]].held_to]

    return {name: of(block) for name, block in methods.items()}


def augmentations(methods: Mapping[str, Mapping]) -> list[str]:
    """All flips and turns that training tiles of an experiment may undergo."""
    named = {
        name
        for block in methods.values()
        for key in ("augmentation", "ada")
        for name in block.get(key) or []
    }
    return sorted(named & set(AUGMENTATIONS))


def trained_with(method: Mapping) -> dict:
    """What the training of a network depends on, and the windows it may use."""
    shaping = {*KINDS[method["kind"]].trained_on, "limit"}
    method = {key: value for key, value in method.items() if key in shaping}
    if not method["guide"]:
        del method["guide_weight"]
    return method


def sampled_with(method: Mapping) -> dict:
    """What the sampling of a network depends on besides its model."""
    method = {"truncation": 1.0} | method
    return {key: method[key] for key in ("realisations", "size", "threshold", "truncation")}


def drawn_with(method: Mapping) -> dict:
    """What a mosaic that a network draws depends on besides its model."""
    return {key: method[key] for key in ("draw", "threshold")}
