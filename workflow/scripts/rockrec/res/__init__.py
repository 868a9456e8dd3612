"""Representative elementary size (RES): the smallest image whose structure is the rock's."""

from rockrec.res.analysis import ResAnalysis, analyse_res

__all__ = ["ResAnalysis", "analyse_res"]
