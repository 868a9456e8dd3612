"""Train a U-Net on strokes and on what a forest makes of them; keep the epoch that scores best."""

import copy
import logging
import math
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch

from rockrec.housekeeping.interrupt import Interrupted, Request, signals_noted
from rockrec.housekeeping.lock import FolderLock
from rockrec.housekeeping.progress import Progress
from rockrec.housekeeping.states import load_whole, save_whole
from rockrec.plain.network_sizes import SAME_PIXELS
from rockrec.plain.records.forest import ForestSettings
from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation.course import Course, course_key, predicted
from rockrec.segmentation.fields import Field
from rockrec.segmentation.forests.training import fit_forests, forest_scores
from rockrec.segmentation.label_classes import class_values
from rockrec.segmentation.lessons import blocks_of, lessons_of
from rockrec.segmentation.model import UNet, build_network
from rockrec.segmentation.scores import score_rows
from rockrec.segmentation.unseen import UNSEEN, counted

log = logging.getLogger(__name__)

TREES = 0.5  # share of a forest's trees that teach: nearly as well, in half the time


class InitialModelError(ValueError):
    """A network that this training cannot start from."""


@dataclass
class TrainedUNet:
    """The U-Net of the best epoch and what is to tell of its training.

    Attributes
    ----------
    history : a row per epoch: epoch, loss, unseen_iou, learning_rate, kept.
    scores : a row for each model and class, see `rockrec.segmentation.unseen.unseen_scores`. The
        models are ``initial`` if the training began from a given one, ``forest``, the U-Net's
        teacher, and ``trained``.
    """

    unet: UNet
    history: list[dict]
    scores: list[dict]


def train_unet(
    fields: Sequence[Field],
    *,
    classes: Mapping[int, str],
    gray_range: tuple[float, float],
    settings: UNetSettings,
    seed: int,
    forest: ForestSettings | None = None,
    device: str | torch.device = "cpu",
    initial: UNet | None = None,
    threads: int = 1,
    pixel_size_nm: float | None = None,
    bits: int | None = None,
    whose: Sequence[str] = (),
    checkpoints: str | os.PathLike | None = None,
    checkpoint_seconds: float = 60.0,
) -> TrainedUNet:
    """Train a U-Net on the labelled pixels of a mosaic.

    A forest is fitted to the strokes first. The U-Net learns from crops around the strokes and from
    all over the mosaic: strokes as they are, elsewhere how probable the forest holds the classes,
    which counts the more the surer it is. Crops are turned, flipped and changed in gray.

    It has seen all strokes. How well it segments is told by others, which learn beside it, each
    from a forest and strokes without those of some places: there they are scored after each epoch.
    The epoch that is best there is kept.

    Parameters
    ----------
    fields : from `rockrec.segmentation.labelled_fields` or `fields_at`, with a margin of at least
        `rockrec.segmentation.forests.features.HALO`.
    classes : names by label value; if empty, the classes are the values that the labels have. One
        without a labelled pixel is left out, which is said.
    gray_range : gray levels of the mosaic that become -1 and 1 for the network.
    forest : of the teacher.
    initial : the network whose weights the training starts from; of the same encoder and
        number of classes, which correspond in the order of their label values. Its scores are
        those with `gray_range`, from which the training starts.
    threads : in which the forest's trees, and the networks, learn side by side; any number gives
        the same.
    pixel_size_nm, bits : of the mosaic, which the network keeps; None if it is not known.
    whose : of fields of several samples, the sample of each; it is scored on each of them, too.
    checkpoints : folder in which each training has one of its own; its state is saved there every
        `checkpoint_seconds`, and a run that was stopped goes on from it to the same weights
        (bitwise on a CPU). None to save nothing.

    Raises
    ------
    LabelsError : labels of fewer than two classes, or of none of the classes.
    InitialModelError : an `initial` of another encoder or number of classes.
    ValueError : an empty gray range, or an encoder to freeze that nothing trained before.
    Interrupted : SIGTERM or SIGINT came; the state is saved.
    """
    low, high = map(float, gray_range)
    if not low < high:
        raise ValueError(f"the gray range of the mosaic must rise, not go from {low:g} to {high:g}")
    forest = forest or ForestSettings()
    forest = replace(forest, trees=math.ceil(TREES * forest.trees))
    values, _ = class_values(fields, classes)
    network = _initial_network(initial, settings, len(values), seed)
    if initial is not None and None not in (initial.pixel_size_nm, pixel_size_nm):
        factor = pixel_size_nm / initial.pixel_size_nm
        if not 1 / SAME_PIXELS <= factor <= SAME_PIXELS:
            log.warning(
                "the initial model was trained on pixels of %g nm, these have %g nm",
                *(initial.pixel_size_nm, pixel_size_nm),
            )
    network = network.to(device)
    unet = UNet(network, settings, values, (low, high), dict(classes), pixel_size_nm, bits)
    blocks = blocks_of(fields, settings, seed)

    def course() -> Course:
        forests = fit_forests(
            fields,
            classes=classes,
            gray_range=gray_range,
            settings=forest,
            seed=seed,
            folds=settings.folds,
            threads=threads,
        )
        scores = _initial_scores(unet, fields) if initial is not None else []
        scores += forest_scores(fields, forests, whose)
        known = forests.folds.known if len(forests.folds.known) > 1 else []
        lessons = lessons_of(blocks, forests, list(forests.by_fold) if known else [], threads)
        known_so_far = forests.folds, forests.unpainted, scores
        return Course(unet, lessons, fields, *known_so_far, seed, threads, whose)

    if checkpoints is None:
        finished = _finished(course(), Request(), None, None, checkpoint_seconds)
    else:
        shaping = (settings, forest, values, (low, high), seed, network.state_dict())
        folder = Path(checkpoints) / course_key(blocks.digest(fields), *shaping)
        with ExitStack() as held:
            lock = held.enter_context(FolderLock(folder))
            request = held.enter_context(signals_noted())
            path = folder / "finished.pt"
            if path.exists():
                log.info("%s: already trained", folder)
            else:
                save_whole(_finished(course(), request, lock, folder, checkpoint_seconds), path)
                (folder / "checkpoint.pt").unlink(missing_ok=True)
            finished = load_whole(path)
    network.load_state_dict(finished["weights"])
    network.eval()
    for row in finished["scores"]:
        if row["advice"] and row["model"] == "trained":
            log.warning("class %s is not known: %s", row["class"], row["advice"])
    return TrainedUNet(unet, finished["history"], finished["scores"])


def _finished(
    course: Course,
    request: Request,
    lock: FolderLock | None,
    folder: Path | None,
    checkpoint_seconds: float,
) -> dict:
    """Go through a course, from its checkpoint if there is one, and return what is to be kept."""
    path = folder and folder / "checkpoint.pt"
    if path and path.exists():
        course.restore(load_whole(path))
        log.info("%s: going on from step %d", folder, course.step)
    progress, saved = Progress("U-Net epoch", course.epochs, start=course.epoch), time.monotonic()
    while not course.is_over():
        before = course.epoch
        course.advance()
        if course.epoch > before:
            progress.report(course.epoch, course.told())
        if path is None:
            continue
        lock.sign_of_life()
        if request.number is not None or time.monotonic() - saved > checkpoint_seconds:
            save_whole(course.state(), path)
            saved = time.monotonic()
        if request.number is not None:
            raise Interrupted(request.number, course.step)
    return course.finished()


def _initial_network(
    initial: UNet | None, settings: UNetSettings, n_classes: int, seed: int
) -> torch.nn.Module:
    if initial is None:
        if settings.freeze_encoder_epochs and settings.encoder_weights is None:
            raise ValueError(
                "freeze_encoder_epochs needs an encoder that was trained before: "
                "an initial model, or encoder_weights"
            )
        # A seed for torch has 64 bits; numpy and torch draw from unrelated streams of it.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return build_network(settings, n_classes)
    for what, given, wanted in (
        ("encoder", initial.settings.encoder, settings.encoder),
        ("number of classes", len(initial.classes), n_classes),
    ):
        if given != wanted:
            raise InitialModelError(
                f"the initial model has the {what} {given}, this training {wanted}"
            )
    return copy.deepcopy(initial.network)


def _initial_scores(unet: UNet, fields: Sequence[Field]) -> list[dict]:
    """Score the network that the training starts from; it has seen none of the strokes."""
    counts = counted(fields, unet.classes, lambda field: field.labels, partial(predicted, unet))
    rows = score_rows(UNSEEN, "initial", *counts, unet.classes, unet.class_names)
    return [row | {"advice": ""} for row in rows]
