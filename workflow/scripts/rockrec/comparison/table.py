"""Tables of curves and of errors, one line per descriptor, quantity and form."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from rockrec.comparison.at_phi import at_phi
from rockrec.comparison.curves import band
from rockrec.comparison.errors import draw_pairs, ratio_over_pairs
from rockrec.comparison.measures import ONE_PHASE, measures_at_phi, measures_of
from rockrec.comparison.verdict import (
    Power,
    holm,
    judge,
    permutation_p,
    permuted_errors,
    shuffled_labels,
    telling_tiles,
    unseen_floors,
)
from rockrec.plain.records.verdicts import WANTED_TILES


def compare_sets(
    reconstructed: Mapping[str, np.ndarray],
    real: Mapping[str, np.ndarray],
    *,
    against: str,
    method: str,
    replicate: str,
    targeted: Collection[str],
    seed: int,
    floor_source: Mapping[str, np.ndarray],
    n_pairs: int = 20,
    n_per_set: int = WANTED_TILES,
    permutations: int = 1000,
    max_lag: int | None = None,
    undefined: Collection[str] = (),
) -> pd.DataFrame:
    """Compare two sets of tiles in every descriptor that both have.

    Parameters
    ----------
    reconstructed, real, floor_source : the descriptors of a set: curves (n, lags) by function,
        scalars (n,) by name, ``boundary`` and ``pixel_size_nm``. The floor is estimated from
        `floor_source`, which must be disjoint real tiles.
    against : what `real` is, ``"train"`` or ``"heldout"``.
    method, replicate : what `reconstructed` is.
    targeted : descriptors (or scalars) that the method was fitted to: marked, and no part of
        the family of tests.
    n_pairs, n_per_set : random subsets that errors and ratios are the mean over.
    max_lag : the largest lag compared, by default all.
    undefined : descriptors (or scalars) that no verdict is given on, nor are they tested.

    Returns
    -------
    One line per measure, curves also at equal phase fraction (form ``at_phi``, see
    `rockrec.comparison.at_phi`; the slopes are those of `floor_source`): method, replicate,
    against, descriptor, quantity, form, boundary, lags (their number), n_a, n_b (tiles in a
    subset), targeted, error, floor, ratio, ratio_low, ratio_high, p, verdict, tiles_needed (for
    one, where there is none), one_phase_a, one_phase_b (share of tiles with phi = 0 or 1),
    phi_sd_a, phi_sd_b (standard deviation of phi over the tiles: 0 where all were given one phi).
    The test is made on the first pair of subsets; p is adjusted after Holm over the descriptors of
    one quantity and form that are not targeted, and as it is where targeted.

    Raises
    ------
    ValueError : the sets differ in boundary, pixel size or number of lags.
    """
    a, b, source = (_cut(one, max_lag) for one in (reconstructed, real, floor_source))
    _check_alike(a, b, source)
    plain = a, b, source
    freed = [at_phi(one, source) for one in plain]
    compared_sets = [
        *((m, plain) for m in measures_of(a) if m.descriptor in b or m.descriptor == "one_phase"),
        *((m, freed) for m in measures_at_phi(freed[0]) if m.descriptor in freed[1]),
    ]
    pairs = draw_pairs(_n_tiles(a), _n_tiles(b), n_per_set, n_pairs, seed)
    first_a, first_b = (weights[0] > 0 for weights in pairs)
    n_a, n_b = int(first_a.sum()), int(first_b.sum())
    labels = shuffled_labels(n_a, n_b, permutations, seed)
    sets = a["phase_fraction"][first_a], b["phase_fraction"][first_b], source["phase_fraction"]
    n_least, telling = min(map(len, sets)), min(map(telling_tiles, sets))

    lines, powers = [], []
    for measure, three in compared_sets:
        tiles_a, tiles_b, tiles_source = map(measure.of_tiles, three)
        compared = ratio_over_pairs(measure, tiles_a, tiles_b, tiles_source, pairs)
        errors = permuted_errors(measure, tiles_a[first_a], tiles_b[first_b], labels)
        p = float("nan") if measure.descriptor in undefined else permutation_p(errors)
        if measure == ONE_PHASE:  # of which empty tiles tell most
            powers.append(Power(n_least, n_least, 0.0))
        else:
            powers.append(Power(n_least, telling, unseen_floors(errors, compared.floor)))
        lines.append(
            {
                "method": method,
                "replicate": replicate,
                "against": against,
                "descriptor": measure.descriptor,
                "quantity": measure.quantity,
                "form": measure.form,
                "boundary": str(a["boundary"]),
                "lags": tiles_a.shape[1],
                "n_a": n_a,
                "n_b": n_b,
                "targeted": measure.descriptor in targeted,
                "error": compared.error,
                "floor": compared.floor,
                "ratio": compared.ratio,
                "ratio_low": compared.low,
                "ratio_high": compared.high,
                "p": p,
            }
        )
    table = pd.DataFrame(lines)
    for _, family in table[~table["targeted"]].groupby(["quantity", "form"]):
        table.loc[family.index, "p"] = holm(family["p"].to_numpy())
    judge(table, powers)
    for side, one in (("a", a), ("b", b)):
        table[f"one_phase_{side}"] = ONE_PHASE.of_tiles(one).mean()
        table[f"phi_sd_{side}"] = np.std(one["phase_fraction"])
    return table


def curve_table(descriptors: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Curves of a set with their pointwise 95 % band.

    Returns
    -------
    Columns descriptor, quantity (P, F), form (mean; pooled, per_image), boundary, lag_px,
    lag_um, mean, low, high, n (tiles that have a value at this lag).
    """
    descriptors = dict(descriptors)
    pixel_um = float(descriptors["pixel_size_nm"]) / 1000
    parts = []
    for measure in measures_of(descriptors):
        if measure.quantity == "scalar":
            continue
        tiles = measure.of_tiles(descriptors)
        mean = measure.of_set(tiles)
        low, high = band(mean, measure.linearised(tiles))
        lags = np.arange(tiles.shape[1])
        parts.append(
            pd.DataFrame(
                {
                    "descriptor": measure.descriptor,
                    "quantity": measure.quantity,
                    "form": measure.form,
                    "boundary": str(descriptors["boundary"]),
                    "lag_px": lags,
                    "lag_um": lags * pixel_um,
                    "mean": mean,
                    "low": low,
                    "high": high,
                    "n": np.sum(~np.isnan(tiles), axis=0),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _cut(descriptors: Mapping[str, np.ndarray], max_lag: int | None) -> dict[str, np.ndarray]:
    arrays = {name: np.asarray(values) for name, values in descriptors.items()}
    if max_lag is None:
        return arrays
    return {name: a[:, : max_lag + 1] if a.ndim == 2 else a for name, a in arrays.items()}


def _n_tiles(descriptors: Mapping[str, np.ndarray]) -> int:
    return len(descriptors["phase_fraction"])


def _check_alike(*sets: Mapping[str, np.ndarray]) -> None:
    first, *others = sets
    for other in others:
        for name in ("boundary", "pixel_size_nm"):
            if first[name] != other[name]:
                raise ValueError(f"sets differ in {name}: {first[name]} and {other[name]}")
        for name in first.keys() & other.keys():
            if first[name].ndim == 2 and first[name].shape[1] != other[name].shape[1]:
                lags = first[name].shape[1], other[name].shape[1]
                raise ValueError(f"sets differ in lags of {name}: {lags[0]} and {lags[1]}")
