"""What is set of the forest that segments a mosaic."""

from dataclasses import dataclass

from rockrec.plain.records.methods import BySample
from rockrec.plain.records.settings import Settings, setting


@dataclass(frozen=True, kw_only=True)
class ForestSettings(Settings):
    """How a forest is fitted."""

    trees: int = setting(100, "Decision trees.", minimum=1, maximum=10_000)
    leaf: int = setting(3, "Fewest labelled pixels in a leaf.", minimum=1)
    features_tried: float = setting(
        0.3, "Share of the features that a node of a tree chooses from.", above=0, maximum=1
    )
    pixels: int = setting(
        20_000,
        "Labelled pixels of each class that the trees learn from, drawn at random where there are "
        "more; each class counts by all of its labels.",
        minimum=1,
    )


@dataclass(frozen=True, kw_only=True)
class ForestBlock(ForestSettings, BySample):
    """Forest that segments the mosaic where segmentation.kind asks for it, fitted in seconds."""
