"""The descriptors, as people and tables know them; how they are counted stands with the kernels.

A new polytope is a record here and its vertices in `rockrec.descriptors.polytopes`.
"""

from collections.abc import Collection
from dataclasses import dataclass

from rockrec.plain.records.colours import (
    BLACK,
    BLUE,
    GRAY,
    GREEN,
    NAVY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
)

# Directions of S2 that are held against each other: along rows and columns, and oblique to both.
ALONG_AXES, OBLIQUE = ("S2H", "S2V"), ("S2D+", "S2D-")


@dataclass(frozen=True)
class Descriptor:
    """A descriptor, and what is done with it.

    Attributes
    ----------
    name : as the config and the tables have it; what follows its letter is set as an index.
    order : n of P_n, whose scaled form is F_n; None for what has no such form.
    shape : what it looks for, in the figure that draws it on a tile; empty where it is not drawn.
    colour : of its curve where descriptors share a panel.
    of_paper : one of the published six, which are all that the published boundary convention has.
    mean_of : the directions that it averages.
    direction : of the pixel pairs that it takes alone; empty for what has none.
    can_guide : it has a gradient, so that a network's training can be guided by it.
    """

    name: str
    order: int | None = None
    shape: str = ""
    colour: str = GRAY
    of_paper: bool = False
    mean_of: tuple[str, ...] = ()
    direction: str = ""
    can_guide: bool = True

    @property
    def scaled(self) -> str:
        """The name of its scaled curve: F_n, or the curve over the phase fraction."""
        return f"F{self.name[1:]}" if self.order else f"{self.name}/φ"


# In the order of the tables.
DESCRIPTORS: dict[str, Descriptor] = {
    descriptor.name: descriptor
    for descriptor in (
        Descriptor("S2", 2, colour=BLUE, of_paper=True, mean_of=ALONG_AXES),
        Descriptor("P3H", 3, "triangle with a horizontal edge", VERMILLION, of_paper=True),
        Descriptor("P3V", 3, "triangle with a vertical edge", ORANGE, of_paper=True),
        Descriptor("P4", 4, "square", GREEN, of_paper=True),
        Descriptor("P6", 6, "hexagon", PURPLE, of_paper=True),
        Descriptor("L", None, "line wholly in the phase", BLACK, of_paper=True),
        Descriptor("S2H", 2, "two points of a row", SKY, direction="rows"),
        Descriptor("S2V", 2, "two points of a column", NAVY, direction="columns"),
        Descriptor("S2D+", 2, direction="falling diagonal"),
        Descriptor("S2D-", 2, direction="rising diagonal"),
        # Clusters are not differentiable.
        Descriptor("C2", can_guide=False),
    )
}
OF_PAPER = tuple(name for name, one in DESCRIPTORS.items() if one.of_paper)
# What annealing can be held to beside curves: numbers of a whole tile.
WHOLE_TARGETS = ("euler_number", "perimeter")
TARGETS = (*DESCRIPTORS, *WHOLE_TARGETS)
GUIDES = tuple(name for name, one in DESCRIPTORS.items() if one.can_guide)
RES_DESCRIPTORS = tuple(DESCRIPTORS)
DIRECTIONS = tuple(name for name, one in DESCRIPTORS.items() if one.direction)
WITH_F = tuple(name for name, one in DESCRIPTORS.items() if one.order)
HIGHER_ORDERS = tuple(name for name in WITH_F if DESCRIPTORS[name].order > 2)


def met_by(targets: Collection[str]) -> tuple[str, ...]:
    """Return what is met with these targets: themselves, and every mean whose parts they hold."""
    means = (
        name
        for name, one in DESCRIPTORS.items()
        if one.mean_of and set(one.mean_of) <= set(targets) and name not in targets
    )
    return (*targets, *means)


def is_s2_alone(targets: Collection[str]) -> bool:
    """Whether targets are S2 and no more, as a mean or by its two directions."""
    return set(targets) in ({"S2"}, set(DESCRIPTORS["S2"].mean_of))
