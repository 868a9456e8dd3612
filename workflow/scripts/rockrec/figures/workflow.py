"""Figure 2a: the way from the mosaic to the verdict, with the methods of an experiment."""

import functools
from collections.abc import Callable, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from rockrec.plain.records.colours import BLACK, BLUE, GRAY, GREEN, ORANGE, VERMILLION
from rockrec.plain.records.kinds import KINDS

WIDTH, HEIGHT = 100.0, 30.0  # of the drawing, in its own units
LANE = 8.4  # height of a method's lane
ROCK, RECONSTRUCTION, COMPARISON = BLUE, VERMILLION, GREEN


def draw_workflow(axes: Axes, kinds: Mapping[str, str]) -> None:
    """Draw the workflow as boxes and arrows.

    Parameters
    ----------
    kinds : the kind of each method by its label.
    """
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(0, HEIGHT)
    axes.set_axis_off()
    middle = HEIGHT / 2
    _box(axes, (0, middle - 4.5, 12, 9), ["mosaic", "denoised,", "segmented"], ROCK)
    _box(axes, (17, middle + 4, 13, 7), ["training and", "validation tiles"], ROCK)
    _box(axes, (17, 0.5, 13, 5), ["held-out tiles"], ROCK)
    _arrow(axes, (12, middle + 1.5), (17, middle + 7.5))
    _arrow(axes, (12, middle - 1.5), (17, 3))
    lanes = _lanes(kinds)
    bottom = middle + 7.5 - LANE * len(lanes) / 2
    bottom = min(bottom, HEIGHT - LANE * len(lanes))
    for i, (lane, fitted) in enumerate(reversed(lanes)):
        height = bottom + LANE * i
        lane(axes, height, LANE - 1.2)
        if fitted:
            _arrow(axes, (30, middle + 7.5), (35, height + (LANE - 1.2) / 2))
        _arrow(axes, (66, height + (LANE - 1.2) / 2), (71, middle + 7.5))
    if lanes:
        _box(axes, (71, middle + 4, 12, 7), ["realisations"], RECONSTRUCTION)
        _arrow(axes, (77, middle + 4), (77, 7.5))
    _box(
        axes,
        (70, 0.5, 14, 7),
        ["descriptors", "$S_2$, $P_{3}$, $P_4$, $P_6$, $L$, $C_2$", "pores"],
        COMPARISON,
    )
    _arrow(axes, (30, 2.5), (70, 2.5))
    _box(axes, (88, 0.5, 12, 7), ["error, floor,", "verdict"], COMPARISON)
    _arrow(axes, (84, 4), (88, 4))


def _lanes(kinds: Mapping[str, str]) -> list[tuple[Callable, bool]]:
    """A drawing for each way of reconstruction in use, and whether it is fitted to tiles."""
    lanes = []
    for capability, drawing in (
        ("is_network", _network),
        ("is_annealed", _annealing),
        ("is_quilted", _quilting),
        ("is_external", _external),
    ):
        labels = [label for label, kind in kinds.items() if getattr(KINDS[kind], capability)]
        if labels:
            lanes.append((functools.partial(drawing, ", ".join(labels)), drawing is not _external))
    return lanes


def _network(labels: str, axes: Axes, bottom: float, height: float) -> None:
    """A latent vector through the generator, its tile and a real one before the discriminator."""
    _frame(axes, bottom, height, labels)
    low, tall = bottom + 0.8, height - 3.2
    _box(axes, (36, low, 5, tall), ["latent", "vector"], GRAY)
    _box(axes, (44, low, 4, tall), ["G"], ORANGE)
    _box(axes, (51, low, 4, tall), ["tile"], GRAY)
    _box(axes, (58, low, 4, tall), ["D"], ORANGE)
    for left in (41, 48, 55):
        _arrow(axes, (left, low + tall / 2), (left + 3, low + tall / 2))
    _text(axes, 64, low + tall / 2, ["loss"])
    _arrow(axes, (60, low), (46, low), bend=0.25, colour=ORANGE)


def _annealing(labels: str, axes: Axes, bottom: float, height: float) -> None:
    _frame(axes, bottom, height, labels)
    low, tall = bottom + 0.8, height - 3.2
    _box(axes, (36, low, 9, tall), ["swap two", "pixels"], ORANGE)
    _box(axes, (49, low, 16, tall), ["nearer to the targets?", "accept by temperature"], GRAY)
    _arrow(axes, (45, low + tall * 0.7), (49, low + tall * 0.7))
    _arrow(axes, (49, low + tall * 0.3), (45, low + tall * 0.3))


def _quilting(labels: str, axes: Axes, bottom: float, height: float) -> None:
    _frame(axes, bottom, height, labels)
    low, tall = bottom + 0.8, height - 3.2
    _box(axes, (36, low, 12, tall), ["a patch that", "fits what lies"], ORANGE)
    _box(axes, (52, low, 13, tall), ["joined along the", "least error"], GRAY)
    _arrow(axes, (48, low + tall * 0.7), (52, low + tall * 0.7))
    _arrow(axes, (52, low + tall * 0.3), (48, low + tall * 0.3))


def _external(labels: str, axes: Axes, bottom: float, height: float) -> None:
    _frame(axes, bottom, height, labels)
    _text(axes, 50.5, bottom + 0.4 * height, ["a stack that another tool made"])


def _frame(axes: Axes, bottom: float, height: float, labels: str) -> None:
    _box(axes, (35, bottom, 31, height), [], RECONSTRUCTION)
    axes.text(35.8, bottom + height - 0.4, labels, fontsize=6, va="top", color=RECONSTRUCTION)


def _box(axes: Axes, where: tuple, lines: Sequence[str], colour: str) -> None:
    left, bottom, width, height = where
    axes.add_patch(
        FancyBboxPatch(
            (left, bottom),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.8",
            facecolor=(*_rgb(colour), 0.08),
            edgecolor=colour,
            linewidth=0.9,
        )
    )
    _text(axes, left + width / 2, bottom + height / 2, lines)


def _rgb(colour: str) -> tuple[float, float, float]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


def _text(axes: Axes, x: float, y: float, lines: Sequence[str]) -> None:
    axes.text(x, y, "\n".join(lines), ha="center", va="center", fontsize=6, linespacing=1.1)


def _arrow(axes: Axes, start: tuple, end: tuple, bend: float = 0.0, colour: str = BLACK) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=6,
            shrinkA=0,
            shrinkB=0,
            linewidth=0.8,
            color=colour,
            connectionstyle=f"arc3,rad={-bend}",
        )
    )
