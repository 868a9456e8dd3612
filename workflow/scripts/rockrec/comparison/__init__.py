"""Two sets of images compared, descriptor by descriptor, against what real rock differs by."""

from rockrec.comparison.curves import band, contributions, mean_curve, per_image, pooled
from rockrec.comparison.errors import floor, mse
from rockrec.comparison.hierarchy import evaluate_by_order
from rockrec.comparison.pores import PoreSet, compare_pores
from rockrec.comparison.table import compare_sets, curve_table
from rockrec.comparison.verdict import DIFFERENT, SAME, TOO_FEW, UNDEFINED

__all__ = [
    "DIFFERENT",
    "SAME",
    "TOO_FEW",
    "UNDEFINED",
    "PoreSet",
    "band",
    "compare_pores",
    "compare_sets",
    "contributions",
    "curve_table",
    "evaluate_by_order",
    "floor",
    "mean_curve",
    "mse",
    "per_image",
    "pooled",
]
