"""The networks layer by layer, those of all samples together (the paper's Table S1)."""

from collections.abc import Mapping

import pandas as pd

COLUMNS = (
    "samples",
    "method",
    "network",
    "layer",
    "kind",
    "details",
    "channels",
    "height",
    "width",
    "parameters",
)


def architecture_table(layers: Mapping[tuple[str, str], pd.DataFrame]) -> pd.DataFrame:
    """Put the layers of all networks below one another, the same network once.

    Parameters
    ----------
    layers : by (sample, method), what `rockrec.gans.architecture.list_layers` returns.

    Returns
    -------
    Columns samples (those that share the network, with commas), method, network, layer, kind,
    details, channels, height, width (empty for vectors), parameters.
    """
    shared: list[tuple[str, list[str], pd.DataFrame]] = []
    for (sample, method), table in layers.items():
        for known, samples, first in shared:
            if known == method and first.equals(table):
                samples.append(sample)
                break
        else:
            shared.append((method, [sample], table))
    parts = [
        table.assign(samples=", ".join(samples), method=method).fillna({"details": ""})
        for method, samples, table in shared
    ]
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]
