"""What a figure compares: for each sample its real tiles and every method's, in order."""

from collections.abc import Callable, Sequence

from rockrec.figures.style import REAL


def by_sample(
    samples: Sequence[str],
    methods: Sequence[str],
    real: Sequence[str],
    reconstructed: Sequence[str],
    read: Callable[[str], object],
) -> dict[str, dict[str, object]]:
    """Arrange parallel lists as ``{sample: {"real": ..., method: ...}}``.

    Parameters
    ----------
    samples, methods : labels; every sample has every method.
    real : one item per sample.
    reconstructed : sample by sample, the items of all methods.
    read : turns an item (a path) into what the figure plots.

    Raises
    ------
    ValueError
        If the lists do not fit together.
    """
    if len(real) != len(samples) or len(reconstructed) != len(samples) * len(methods):
        raise ValueError(
            f"{len(samples)} samples with {len(methods)} methods need {len(samples)} real and "
            f"{len(samples) * len(methods)} reconstructed items, "
            f"got {len(real)} and {len(reconstructed)}"
        )
    remaining = iter(reconstructed)
    return {
        sample: {REAL: read(item)} | {method: read(next(remaining)) for method in methods}
        for sample, item in zip(samples, real, strict=True)
    }
