"""The kinds of method that reconstruct a rock."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of method, and what it can do.

    Attributes
    ----------
    name : as the config has it; title : as people say it.
    is_annealed : each realisation is fitted to curves of its own.
    is_external : made elsewhere.
    is_network : trained on tiles, sampled as often as wanted.
    draws_larger : any multiple of the tile it was trained on.
    walks_latent_space : has styles to walk through, and to project tiles into.
    gradient_penalty : each update of its critic takes a second derivative.
    """

    name: str
    title: str
    is_annealed: bool = False
    is_external: bool = False
    is_network: bool = False
    draws_larger: bool = True
    walks_latent_space: bool = False
    gradient_penalty: bool = False


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("sa", "simulated annealing", is_annealed=True),
        Kind("dcgan", "DCGAN", is_network=True),
        Kind("wgan_gp", "WGAN-GP", is_network=True, gradient_penalty=True),
        Kind(
            "stylegan2_ada",
            "StyleGAN2-ADA",
            is_network=True,
            draws_larger=False,
            walks_latent_space=True,
        ),
        Kind("external", "a stack made elsewhere", is_external=True),
    )
}


def kinds_that(capability: str) -> tuple[str, ...]:
    """Return the names of the kinds that have a capability: a field of `Kind` that is true."""
    return tuple(name for name, kind in KINDS.items() if getattr(kind, capability))


NETWORKS = kinds_that("is_network")
