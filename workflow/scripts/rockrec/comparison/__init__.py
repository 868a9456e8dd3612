"""Two sets of images compared, descriptor by descriptor, against what real rock differs by."""

from .curves import band, contributions, mean_curve, per_image, pooled
from .errors import floor, mse
from .hierarchy import evaluate_by_order
from .pores import PoreSet, compare_pores
from .table import compare_sets, curve_table
from .verdict import DIFFERENT, SAME, TOO_FEW, UNDEFINED

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
