"""Where the labels of fields stand."""

from collections.abc import Sequence

import numpy as np

from rockrec.segmentation.fields import Field

MOST_PLACES = 1_000_000  # labelled pixels of a class that crops are drawn around


def places_of(
    value: int, fields: Sequence[Field], rng: np.random.Generator, most: int = MOST_PLACES
) -> np.ndarray:
    """Where a label value stands: (n, 3) int32 of field number, row and column in the field.

    Of more than `most` pixels, each field keeps its share of that many, drawn at random.
    """
    counts = [np.count_nonzero(field.labels == value) for field in fields]
    share = min(1.0, most / max(sum(counts), 1))
    found = []
    for number, (field, count) in enumerate(zip(fields, counts, strict=True)):
        flat = np.flatnonzero(field.labels == value)
        if share < 1:
            flat = rng.choice(flat, int(np.ceil(count * share)), replace=False)
        rows, columns = np.unravel_index(flat, field.shape)
        found.append(np.column_stack([np.full(len(flat), number), rows, columns]).astype(np.int32))
    return np.concatenate(found)
