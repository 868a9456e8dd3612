"""Models that the labels of several samples teach: which those are, and what keeps them apart."""

from collections.abc import Iterator

from rockrec.plain.network_sizes import SAME_PIXELS
from rockrec.plain.records.doors import door_of
from rockrec_settings.blocks import for_sample


def is_labelled(sample: dict) -> bool:
    """Whether a sample, by its block, brings labels."""
    return door_of(sample).is_made or bool(sample.get("labels"))


def shared_model(settings: dict, sample: str) -> str | None:
    """Return the model that a sample's labels teach together with others'; None without one."""
    return next(
        (name for name, model in settings["models"].items() if sample in model["samples"]), None
    )


def taught_alone(settings: dict) -> list[str]:
    """Return the samples whose labels teach a model of their own."""
    return [
        name
        for name, sample in settings["samples"].items()
        if is_labelled(sample) and not shared_model(settings, name)
    ]


def teachers(settings: dict, model: str | None) -> list[str]:
    """Return the samples whose labels teach a model, by its name or that of its one sample."""
    if model in settings["models"]:
        return settings["models"][model]["samples"]
    return [model] if model in settings["samples"] else []


def merged_classes(settings: dict, model: str) -> dict:
    """Return the names of the label values of all samples that teach a model."""
    return {
        value: name
        for sample in teachers(settings, model)
        for value, name in (settings["samples"][sample].get("classes") or {}).items()
    }


def shared_model_mistakes(settings: dict) -> Iterator[str]:
    """Samples that cannot teach a model together."""
    for name, model in settings["models"].items():
        path = f"models.{name}.samples"
        for sample in model["samples"]:
            block = settings["samples"][sample]
            if not is_labelled(block):
                yield f"{path}: {sample} has no labels"
            elif (other := shared_model(settings, sample)) != name:
                yield f"{path}: {sample} teaches {other}, too"
        yield from _differences(settings, path, model["samples"])


def _differences(settings: dict, path: str, samples: list[str]) -> Iterator[str]:
    """What differs between samples that one model is to learn from."""
    first = samples[0]
    kinds = {name: for_sample(settings["segmentation"], name)["kind"] for name in samples}
    if len(set(kinds.values())) > 1:
        listed = ", ".join(f"{name} by a {kind}" for name, kind in kinds.items())
        yield f"{path}: segmentation.kind has {listed}; one kind of model learns from all"
    size, named = settings["samples"][first]["pixel_size_nm"], {}
    for name in samples:
        block = settings["samples"][name]
        factor = block["pixel_size_nm"] / size
        if not 1 / SAME_PIXELS <= factor <= SAME_PIXELS:
            yield (
                f"{path}: pixels of {first} have {size:g} nm, of {name} "
                f"{block['pixel_size_nm']:g} nm, {factor:.3g} times as much; one model learns from "
                "pixels of one size. Without its labels it can be resampled: name the model as "
                f"that of {name}, with segmentation.resample"
            )
        for value, called in (block.get("classes") or {}).items():
            if (known := named.setdefault(str(value), called)) != called:
                yield f"{path}: label {value} is {known!r} before {name}, and {called!r} there"
