"""A U-Net and those that tell how well it does, which learn side by side from epoch to epoch."""

import copy
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial

import numpy as np
import torch

from rockrec.plain.records.forest import ForestSettings
from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation.fields import Field
from rockrec.segmentation.folds import Folds
from rockrec.segmentation.inference import segment
from rockrec.segmentation.lessons import Lesson
from rockrec.segmentation.model import UNet
from rockrec.segmentation.scores import class_ious
from rockrec.segmentation.student import Student
from rockrec.segmentation.unseen import counted, unseen_parts, unseen_scores

log = logging.getLogger(__name__)

FORMAT = 2  # of the checkpoints; a change in what a course computes changes it


class Course:
    """A U-Net that learns from all strokes, and one for each fold that learns from the others.

    What is reached after a step depends on nothing but lessons, settings and seed. The networks
    learn in threads of their own, side by side: a small one alone keeps no two cores busy.

    Parameters
    ----------
    unet : untrained, or to be trained further.
    lessons : of all labels (None), and of all but a fold's.
    unpainted : named classes without a label.
    scores : rows of what is known already.
    whose : of fields of several samples, the sample of each; each is scored by itself, too.

    Attributes
    ----------
    epoch : epochs that are over.
    """

    def __init__(
        self,
        unet: UNet,
        lessons: Mapping[int | None, Sequence[Lesson]],
        fields: Sequence[Field],
        folds: Folds,
        unpainted: Sequence[int],
        scores: Sequence[dict],
        seed: int,
        threads: int,
        whose: Sequence[str] = (),
    ):
        self.unet, self.folds = unet, folds
        self.parts = dict(unseen_parts(fields, whose))
        self.unpainted, self.scores = unpainted, list(scores)
        self.epochs, self.epoch = unet.settings.epochs, 0
        self.students = {fold: Student(_twin(unet), some, seed) for fold, some in lessons.items()}
        self.pool = ThreadPoolExecutor(threads)
        self.rows, self.counts, self.boundaries = [], [], []
        self.best = None

    @property
    def step(self) -> int:
        """Steps of each student."""
        return self.students[None].step

    @property
    def tested(self) -> list[int]:
        """Folds with a student that does not see them."""
        return [fold for fold in self.students if fold is not None]

    def advance(self) -> None:
        """Let all students do a step; after the last one of an epoch they are tested."""
        list(self.pool.map(Student.advance, self.students.values()))
        if self.step == (self.epoch + 1) * self.unet.settings.steps:
            self._test()

    def _test(self) -> None:
        self.epoch += 1
        found = list(self.pool.map(self._counted, self.tested))
        self.counts.append([[counts.tolist() for counts, _ in parts] for parts in found])
        self.boundaries.append([[counts.tolist() for _, counts in parts] for parts in found])
        last = self.students[None]
        self.rows.append(
            {
                "epoch": self.epoch,
                "loss": float(np.mean(last.losses)),
                "unseen_iou": self._ious(self.tested)[-1] if found else float("nan"),
                "learning_rate": last.rate,
                "kept": False,
            }
        )
        if not found or self._best_epoch(self.tested) == self.epoch:
            weights = last.mean.state_dict()
            self.best = {
                "epoch": self.epoch,
                "weights": {name: value.detach().cpu().clone() for name, value in weights.items()},
            }

    def _counted(self, fold: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Compare the labels of a fold, of classes that can be tested, with its student's.

        First of all fields, then of each sample.
        """
        known = self.folds.known

        def asked(field: Field) -> np.ndarray:
            labels = self.folds.labels_in(field, [fold])
            labels[~np.isin(labels, known)] = 0
            return labels

        find = partial(predicted, self.students[fold].segmenting)
        everything, *samples = self.parts.values()
        of_samples = [counted(some, self.unet.classes, asked, find) for some in samples]
        if of_samples:  # which are all fields, together
            return [tuple(map(sum, zip(*of_samples, strict=True))), *of_samples]
        return [counted(everything, self.unet.classes, asked, find)]

    def _ious(self, folds: Sequence[int]) -> list[float]:
        """Mean IoU of the testable classes after each epoch, over some of the folds together."""
        places = [self.tested.index(fold) for fold in folds]
        classes = [self.unet.classes.index(value) for value in self.folds.known]
        totals = [sum(np.array(counts[at][0]) for at in places) for counts in self.counts]
        return [float(class_ious(total)[classes].mean()) for total in totals]

    def _best_epoch(self, folds: Sequence[int]) -> int:
        """The epoch that scores best in some folds, the first of equals."""
        return 1 + int(np.argmax(self._ious(folds)))

    def is_over(self) -> bool:
        """Say whether all epochs are over, or `patience` of them went by without a better one."""
        patience = self.unet.settings.patience
        if self.epoch >= self.epochs:
            return True
        if patience is None or not self.tested or self.best is None:
            return False
        return self.epoch - self.best["epoch"] >= patience

    def told(self) -> str:
        """Tell of the last epoch in a few words."""
        last = self.rows[-1]
        return f"loss {last['loss']:.4f}, IoU in unseen places {last['unseen_iou']:.4f}"

    def finished(self) -> dict:
        """Return weights, history and scores.

        The pixels of a fold are scored after the epoch that the others choose: what chooses is
        not what is scored.
        """
        history = copy.deepcopy(self.rows)
        history[self.best["epoch"] - 1]["kept"] = True
        unet, rows = self.unet, []
        n, n_parts = len(unet.classes), len(self.parts)
        counts = np.zeros((n_parts, n, n), np.int64)
        boundaries = np.zeros((n_parts, n, 4), np.int64)
        for at, fold in enumerate(self.tested):
            others = [other for other in self.tested if other != fold]
            epoch = self._best_epoch(others or self.tested) - 1
            counts += np.array(self.counts[epoch][at])
            boundaries += np.array(self.boundaries[epoch][at])
        for number, (part, fields) in enumerate(self.parts.items()):
            found = counts[number], boundaries[number]
            unpainted = () if number else self.unpainted
            rows += unseen_scores(
                *("trained", fields, *found, unet.classes, unpainted),
                *(unet.class_names, self.folds, part),
            )
        log.info("U-Net: IoU in unseen places %s", [round(row["iou"], 4) for row in rows])
        return {"weights": self.best["weights"], "history": history, "scores": self.scores + rows}

    def state(self) -> dict:
        """Return everything that it is resumed from."""
        return {
            "epoch": self.epoch,
            "students": [student.state() for student in self.students.values()],
            "rows": self.rows,
            "counts": self.counts,
            "boundaries": self.boundaries,
            "best": self.best,
        }

    def restore(self, state: dict) -> None:
        """Go on from a state as if there had been no pause."""
        self.epoch, self.best = state["epoch"], state["best"]
        self.rows, self.counts, self.boundaries = (
            list(state[name]) for name in ("rows", "counts", "boundaries")
        )
        for student, own in zip(self.students.values(), state["students"], strict=True):
            student.restore(own)


def course_key(
    seen: str,
    settings: UNetSettings,
    forest: ForestSettings,
    classes: Sequence[int],
    gray_range: tuple[float, float],
    seed: int,
    weights: Mapping[str, torch.Tensor],
) -> str:
    """Name the folder of a training after what shapes its weights.

    Parameters
    ----------
    seen : digest of the labels and of the gray that it sees.
    weights : from which it starts.
    """
    start = hashlib.sha256()
    for name, value in weights.items():
        start.update(name.encode() + value.detach().cpu().numpy().tobytes())
    shaped_by = {
        "format": FORMAT,
        "settings": asdict(settings),
        "forest": asdict(forest),
        "classes": list(classes),
        "gray_range": list(gray_range),
        "seed": seed,
        "seen": seen,
        "start": start.hexdigest(),
    }
    text = json.dumps(shaped_by, sort_keys=True)
    return f"unet-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def predicted(unet: UNet, field: Field, labels: np.ndarray) -> np.ndarray:
    """Segment a field as a mosaic is, where labels ask for it: each pixel with surroundings."""
    return segment(
        unet,
        field.gray,
        window=2 * unet.settings.crop,
        overlap=unet.settings.crop // 2,
        batch=unet.settings.batch,
        precision=unet.settings.precision,
        needed=labels > 0,
    )


def _twin(unet: UNet) -> UNet:
    twin = copy.copy(unet)
    twin.network = copy.deepcopy(unet.network)
    return twin
