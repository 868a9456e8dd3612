"""Two sets of images compared, descriptor by descriptor, against what real rock differs by."""

from rockrec.comparison.curves import band, contributions, mean_curve, per_image, pooled
from rockrec.comparison.errors import floor, mse
from rockrec.comparison.pores import PoreSet, compare_pores
from rockrec.comparison.sources import Source, compare_sources
from rockrec.comparison.table import compare_sets, curve_table
from rockrec.comparison.widths import WidthSet

__all__ = [
    "PoreSet",
    "Source",
    "WidthSet",
    "band",
    "compare_pores",
    "compare_sets",
    "compare_sources",
    "contributions",
    "curve_table",
    "floor",
    "mean_curve",
    "mse",
    "per_image",
    "pooled",
]
