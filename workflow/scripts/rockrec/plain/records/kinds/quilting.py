"""Image quilting (Efros & Freeman)."""

from dataclasses import dataclass

from rockrec.plain.motions import AUGMENTATIONS
from rockrec.plain.records.methods import Endless, Kind, Reconstruction
from rockrec.plain.records.settings import altered, constant, setting

LEAST, MOST = 4, 64  # px, side of a patch; a row of one is a word of 64 bits


@dataclass(frozen=True, kw_only=True)
class QuiltingSettings(Endless):
    """Patches of training tiles are laid side by side along the cut of least error."""

    kind: str = constant("quilting", "Image quilting (Efros & Freeman, 2001).")
    patch: int | None = setting(
        None,
        "Side of the patches, px, at most that of the tiles; null for 2.5 times the lag at which "
        "F2 of the training tiles falls below 0.1, from 24 px to half a tile.",
        minimum=LEAST,
        maximum=MOST,
    )
    overlap: int | None = setting(
        None,
        "Width of the strip that neighbouring patches share, px, at most half a patch; null for a "
        "sixth of it.",
        minimum=1,
        maximum=MOST // 2,
    )
    augmentation: tuple[str, ...] = setting(
        (),
        f"Motions under which patches are used, too - {', '.join(AUGMENTATIONS)}; refused by name "
        "where they would mix directions that the rock keeps apart.",
        choices=AUGMENTATIONS,
    )
    realisations: int = setting(128, "Number of realisations.", minimum=1)
    size: int | None = altered(
        Reconstruction,
        "size",
        description="Side of the realisations, px, a multiple of the tiles'; null for the tiles' "
        "own. Larger ones are described and compared in pieces of the tiles' size.",
    )

    def _check_together(self):
        if self.patch and self.overlap and self.overlap > self.patch // 2:
            raise ValueError(
                f"overlap {self.overlap} must be at most half of patch, {self.patch // 2}"
            )


QUILTING = Kind(
    title="image quilting",
    settings=QuiltingSettings,
    is_quilted=True,
    held_to=("phase_fraction", "perimeter"),
    cures={
        "repeated_tiles": "More training windows (a smaller stride, no limit), a smaller patch",
        "memorised_tiles": "A smaller patch: quilting copies what lies within one",
    },
)
