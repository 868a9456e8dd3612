"""Image quilting: a rock from patches of its own, laid side by side along the cut of least error.

Efros & Freeman (2001); for rock and as conditional simulation Mahmud et al. (2014), Tahmasebi &
Sahimi (2013). Nothing is trained. Small structures are copied from the training tiles, pixel by
pixel, and only their arrangement is new.
"""

from rockrec.quilting.reconstruct import Front, Quilted, Quilter
from rockrec.quilting.sizes import Patches, patches_for

__all__ = ["Front", "Patches", "Quilted", "Quilter", "patches_for"]
