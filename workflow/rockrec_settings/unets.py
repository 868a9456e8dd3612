"""What segmentation forbids that a schema cannot see: models, classes, fractions, windows."""

import os
import zipfile

from rockrec.plain.model_files import segmenter_of
from rockrec.plain.network_sizes import SAME_PIXELS
from rockrec.plain.records.unet import SMALL
from rockrec_settings.blocks import for_sample
from rockrec_settings.files import missing, path_mistakes
from rockrec_settings.models import (
    merged_classes,
    shared_model,
    shared_model_mistakes,
    taught_alone,
    teachers,
)


def unet_mistakes(settings: dict) -> list[str]:
    """Return what the samples' networks, classes and windows lack or contradict."""
    checks = (
        _source_mistakes,
        _class_mistakes,
        _model_mistakes,
        _pixel_size_mistakes,
        _training_mistakes,
    )
    return [
        mistake
        for name in settings["samples"]
        for check in checks
        for mistake in check(settings, name)
    ] + [*shared_model_mistakes(settings), *_circles(settings)]


def _source_mistakes(settings: dict, name: str) -> list[str]:
    sample = settings["samples"][name]
    if "model" not in sample:
        return []
    if bool(sample["labels"]) == bool(sample["model"]):
        return [f"samples.{name}: needs either labels or a model that is trained already"]
    if sample["model"] and sample["classes"]:
        return [f"samples.{name}.classes: are those of the model, and named with its labels"]
    return []


def _class_mistakes(settings: dict, name: str) -> list[str]:
    sample = settings["samples"][name]
    # A network that is handed on knows the classes of the sample it was trained on.
    source = sample.get("model") or shared_model(settings, name) or name
    classes = sorted(map(int, merged_classes(settings, source)))
    if not classes:
        return []
    mistakes = []
    if len(classes) == 1:
        mistakes.append(f"samples.{name}.classes: {classes[0]} alone; a network tells two or more")
    if sample["phase"] not in classes:
        mistakes.append(
            f"samples.{name}.phase: {sample['phase']} is none of the classes, "
            f"{', '.join(map(str, classes))}"
        )
    if name in teachers(settings, source) and sample.get("unlabelled") in classes:
        mistakes.append(
            f"samples.{name}.unlabelled: {sample['unlabelled']} is one of the classes, too"
        )
    return mistakes


def _model_mistakes(settings: dict, name: str) -> list[str]:
    """A model that is to be used or started from, but is none, and no sample's labels teach it."""
    sample = settings["samples"][name]
    labelled = [other for other in taught_alone(settings) if other != name]
    mistakes = []
    for path, wanted, kind in (
        (
            f"samples.{name}.model",
            sample.get("model"),
            for_sample(settings["segmentation"], name)["kind"],
        ),
        (
            _place(settings, "unet", "init_from", name),
            for_sample(settings["unet"], name)["init_from"],
            "unet",
        ),
    ):
        if wanted in settings["models"]:
            found = for_sample(settings["segmentation"], teachers(settings, wanted)[0])["kind"]
            if found != kind:
                mistakes.append(f"{path}: {wanted} is a {found}, and a {kind} is needed here")
            continue
        if wanted is None or wanted in labelled:
            continue
        mistakes += path_mistakes(path, wanted)
        if not os.path.isfile(wanted):
            shared = shared_model(settings, wanted)
            mistakes.append(
                f"{path}: the labels of {wanted} teach {shared} with others'; name that"
                if shared
                else f"{path}: {wanted!r} is no file, and no other sample with labels "
                f"({', '.join(labelled) or 'there is none'})"
            )
        elif not zipfile.is_zipfile(wanted):  # as models are written
            mistakes.append(f"{path}: {wanted!r} is no model, or a damaged one")
        elif (found := segmenter_of(wanted)) != kind:
            mistakes.append(f"{path}: {wanted!r} holds a {found}, and a {kind} is needed here")
    return mistakes


def _pixel_size_mistakes(settings: dict, name: str) -> list[str]:
    """A model that another sample has taught on pixels of another size."""
    sample = settings["samples"][name]
    source = next(
        (settings["samples"][one] for one in teachers(settings, sample.get("model"))), None
    )
    if source is None or for_sample(settings["segmentation"], name)["resample"]:
        return []
    factor = sample["pixel_size_nm"] / source["pixel_size_nm"]
    if 1 / SAME_PIXELS <= factor <= SAME_PIXELS:
        return []
    return [
        f"samples.{name}.model: {sample['model']} has pixels of {source['pixel_size_nm']:g} nm, "
        f"{name} of {sample['pixel_size_nm']:g} nm, {factor:.3g} times as much; "
        f"{_place(settings, 'segmentation', 'resample', name)}: true segments at the model's "
        "pixel size and brings the labels back"
    ]


def _training_mistakes(settings: dict, name: str) -> list[str]:
    """Windows that overlap too much, weights of another encoder, a frozen beginner."""
    mistakes = []
    segmentation = for_sample(settings["segmentation"], name)
    if 2 * segmentation["overlap"] > segmentation["window"]:
        place = _place(settings, "segmentation", "overlap", name)
        mistakes.append(
            f"{place}: {segmentation['overlap']} is more than half of window "
            f"{segmentation['window']}"
        )
    unet = for_sample(settings["unet"], name)
    if unet["encoder"] == SMALL and unet["encoder_weights"]:
        place = _place(settings, "unet", "encoder_weights", name)
        mistakes.append(
            f"{place}: {unet['encoder_weights']!r} are of an encoder of "
            f"segmentation-models-pytorch, and unet.encoder is {SMALL}"
        )
    if (weights := unet["encoder_weights"]) is not None:
        place = _place(settings, "unet", "encoder_weights", name)
        mistakes += path_mistakes(place, weights) or missing(place, weights)
    trained_before = unet["init_from"] or unet["encoder_weights"]
    if unet["freeze_encoder_epochs"] and not trained_before and name in taught_alone(settings):
        place = _place(settings, "unet", "freeze_encoder_epochs", name)
        mistakes.append(
            f"{place}: the encoder of {name} was never trained; give init_from or encoder_weights"
        )
    return mistakes


def _circles(settings: dict) -> list[str]:
    """Samples each of which would start from the other's network."""
    start_of = {
        name: for_sample(settings["unet"], name)["init_from"] for name in taught_alone(settings)
    }
    for name in start_of:
        passed = [name]
        while (wanted := start_of.get(passed[-1])) is not None:
            if wanted in passed:
                circle = passed[passed.index(wanted) :]
                if len(circle) > 1:
                    chain = " from ".join([*circle, wanted])
                    return [f"unet.init_from: {chain}: none of them can be the first"]
                break
            passed.append(wanted)
    return []


def _place(settings: dict, block: str, key: str, name: str) -> str:
    """Where the value of a key stands that holds for a sample."""
    own = key in settings[block]["per_sample"].get(name, {})
    return f"{block}.per_sample.{name}.{key}" if own else f"{block}.{key}"
