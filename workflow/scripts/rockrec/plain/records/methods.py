"""What is set of every method, and the record of a kind of method."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rockrec.plain.records.settings import Settings, setting, training_keys


@dataclass(frozen=True, kw_only=True)
class BySample(Settings):
    """A block that may differ from sample to sample."""

    per_sample: dict[str, dict] = setting(
        {}, "Keys of this block that differ for a sample, by the sample's name.", trains=False
    )


@dataclass(frozen=True, kw_only=True)
class Method(BySample):
    """A method."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class Reconstruction(Method):
    """A method that draws as many realisations as are asked for."""

    size: int | None = setting(
        None,
        "Side of the realisations, px, a multiple of the tiles'; null for the tiles' own. Larger "
        "ones are described and compared in pieces of the tiles' size.",
        minimum=2,
        paper="that of the tiles",
        trains=False,
    )
    limit: int | None = setting(
        None,
        "Training windows that the method may learn from, a subset drawn by its seed; null for all "
        "of them.",
        minimum=2,
        trains=False,
    )
    replicates: int = setting(
        1,
        "Independent repetitions (seeds) of the method.",
        minimum=1,
        maximum=1000,
        trains=False,
    )


@dataclass(frozen=True, kw_only=True)
class Endless(Reconstruction):
    """A method that also draws a single mosaic of any size, row by row."""

    draw: tuple[int, int] | None = setting(
        None,
        "Height and width, px, of a mosaic that is drawn besides the realisations, of any size and "
        "in memory that does not grow with its height; null for none.",
        minimum=64,
        trains=False,
    )


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of method, and what it can do.

    Attributes
    ----------
    title : as people say it.
    settings : its block of the config.
    networks : imports and returns the class of its networks, a `rockrec.gans.adversaries`; None
        for a kind that is not trained.
    is_annealed : each realisation is fitted to curves of its own.
    is_quilted : laid from patches of training tiles.
    is_external : made elsewhere.
    held_to : scalars that its realisations, or their mean, are made to have, whatever its keys.
    is_endless : a model is a field on the infinite plane, of which realisations are windows.
    draws_larger : any multiple of the tile it was trained on.
    walks_latent_space : has styles to walk through, and to project tiles into.
    gradient_penalty : each update of its critic takes a second derivative.
    tiles_compared : the fewest tiles of a batch that its discriminator compares with one another.
    seconds : by side of the tiles [px], measured GPU seconds of a thousand training images; empty
        where the layers tell.
    cures : by diagnosis, what to change where it is found; none where no key is a cure.
    """

    title: str
    settings: type[Method]
    networks: Callable[[], type] | None = None
    is_annealed: bool = False
    is_quilted: bool = False
    is_external: bool = False
    held_to: tuple[str, ...] = ()
    is_endless: bool = False
    draws_larger: bool = True
    walks_latent_space: bool = False
    gradient_penalty: bool = False
    tiles_compared: int = 1
    seconds: Mapping[int, float] = field(default_factory=dict)
    cures: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The kind as the config has it."""
        return self.settings.kind

    @property
    def draws_mosaics(self) -> bool:
        """Draws a single mosaic of any size."""
        return issubclass(self.settings, Endless)

    @property
    def is_network(self) -> bool:
        """Trained on tiles, then sampled as often as wanted."""
        return self.networks is not None

    @property
    def module(self) -> str:
        """The module of its networks' record, which imports their code."""
        return self.networks.__module__

    @property
    def trained_on(self) -> tuple[str, ...]:
        """The settings that shape what its networks learn."""
        return training_keys(self.settings)
