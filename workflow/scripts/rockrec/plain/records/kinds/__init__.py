"""The kinds of method that reconstruct a rock: a module each, and a line here."""

from rockrec.plain.records.kinds.dcgan import DCGAN
from rockrec.plain.records.kinds.endless import ENDLESS
from rockrec.plain.records.kinds.external import EXTERNAL
from rockrec.plain.records.kinds.quilting import QUILTING
from rockrec.plain.records.kinds.sa import SA
from rockrec.plain.records.kinds.stylegan2_ada import STYLEGAN2_ADA
from rockrec.plain.records.kinds.wgan_gp import WGAN_GP
from rockrec.plain.records.methods import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (SA, QUILTING, DCGAN, WGAN_GP, STYLEGAN2_ADA, ENDLESS, EXTERNAL)
}


def kinds_that(capability: str) -> tuple[str, ...]:
    """Return the names of the kinds that have a capability: what of a `Kind` is true of them."""
    return tuple(name for name, kind in KINDS.items() if getattr(kind, capability))


NETWORKS = kinds_that("is_network")
