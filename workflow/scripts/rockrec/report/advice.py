"""What to change next, read off the results: each line names a key of the config, and why."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from rockrec.plain.records.descriptors import DESCRIPTORS, TARGETS, WHOLE_TARGETS
from rockrec.plain.records.diagnoses import DIAGNOSES
from rockrec.plain.records.kinds import KINDS, kinds_that
from rockrec.plain.records.verdicts import DIFFERENT, FOUND, WANTED_TILES
from rockrec.tables.errors import headline

LOW_IOU = 0.8
# A direction of S2 is missed with the mean that it is a part of.
PARTS = {part for one in DESCRIPTORS.values() for part in one.mean_of}
MISSED = tuple(name for name in TARGETS if name not in PARTS)
Advice = Iterator[tuple[str, str]]  # what to change, and why


def advice(
    tiles: Sequence,
    res: Mapping[str, pd.DataFrame],
    scores: Mapping[str, pd.DataFrame],
    errors: pd.DataFrame,
    faults: pd.DataFrame,
    costs: pd.DataFrame,
) -> list[str]:
    """Return what a user may change, the most basic first, each with all its reasons.

    Parameters
    ----------
    tiles : a `rockrec.report.story.TileSet` for each sample of each experiment.
    res, scores : by sample, the tables of ``res/errors.csv`` and ``unet/scores.csv``.
    errors, faults, costs : lines of all experiments, with a column experiment.
    """
    reasons: dict[str, dict[str, None]] = {}
    for stage in (
        _segmentation(scores),
        _sizes(tiles, res),
        _heldout(tiles),
        _trainings(costs),
        _annealing(errors, costs),
        _convergence(costs),
        _faults(faults, dict(zip(costs["method"], costs["kind"], strict=True))),
    ):
        for change, why in stage:
            reasons.setdefault(change, {})[why] = None
    return [f"{change}: {'; '.join(why)}." for change, why in reasons.items()]


def _segmentation(scores) -> Advice:
    for sample, table in scores.items():
        is_forest = not (table["model"] == "trained").any()  # else it was a U-Net's teacher
        tested = table[table["model"] == ("forest" if is_forest else "trained")]
        for line in tested[tested["iou"] < LOW_IOU].to_dict("records"):
            other = "segmentation.kind: unet" if is_forest else "more unet.epochs"
            yield (
                f"More labels where the segmentation is wrong, or {other}",
                f"class {line['class']} of {sample} has an IoU of only {line['iou']:.2f} on pixels "
                "not seen in training",
            )
        for line in tested[tested["iou"].isna()].to_dict("records"):
            yield "Labels in more places", f"of {sample}, {line['advice']}"


def _sizes(tiles, res) -> Advice:
    for tile in tiles:
        pooled = res[tile.sample].query("form == 'pooled'")
        chosen = pooled.loc[pooled["res"].astype(bool), "size_px"]
        if chosen.empty:
            yield (
                "A tiles.window, and a mosaic, by the precision wanted (the table of sizes)",
                f"no size up to {pooled['size_px'].max()} px is representative of {tile.sample}, "
                "whose RES grows with the largest size tried",
            )
        elif tile.window < chosen.iloc[0]:
            yield (
                "A larger tiles.window, if single tiles are to stand for the rock",
                f"{tile.window} px in {tile.experiment}, where {chosen.iloc[0]} px are "
                f"representative of {tile.sample}",
            )


def _heldout(tiles) -> Advice:
    for tile in tiles:
        if tile.heldout < WANTED_TILES:
            yield (
                "A larger tiles.heldout_fraction or mosaic, or a smaller tiles.window, for sharper "
                f"verdicts ({WANTED_TILES} held-out windows)",
                f"{tile.experiment} has {tile.heldout} of {tile.sample}",
            )


def _trainings(costs) -> Advice:
    for line in costs[costs["steps"].notna()].itertuples():
        best = f"{_named(line)} was best at step {line.kept_step:,.0f} of {line.steps:,.0f}"
        if line.kept_step > 0.9 * line.steps:
            yield (
                "More steps (where decay_from and decay_to are null the training goes on from "
                "where it stopped, else it begins anew)",
                best,
            )
        elif line.kept_step < 0.2 * line.steps:
            yield "A lower learning_rate, or an earlier decay (decay_from)", best


def _annealing(errors, costs) -> Advice:
    """Descriptors that annealing was not given, and misses."""
    annealed = set(costs.loc[costs["kind"].isin(kinds_that("is_annealed")), "method"])
    lines = headline(errors)
    missed = lines[
        lines["method"].isin(annealed)
        & (lines["verdict"] == DIFFERENT)
        & ~lines["targeted"]
        & lines["descriptor"].isin(MISSED)
        & ((lines["quantity"] != "scalar") | lines["descriptor"].isin(WHOLE_TARGETS))
    ]
    for _, group in missed.groupby(["experiment", "sample", "method"], sort=False):
        names = ", ".join(dict.fromkeys(group["descriptor"]))
        yield (
            "More targets of annealing (initial_temperature: null finds how warm it has to begin)",
            f"{_named(next(group.itertuples()))} misses {names}",
        )


def _convergence(costs) -> Advice:
    for line in costs[costs["converged"] < costs["realisations"]].itertuples():
        missing = line.realisations - line.converged
        yield (
            "More stages or moves_per_stage, for annealing that comes nearer its targets",
            f"{missing:,.0f} of {line.realisations:,.0f} realisations of {_named(line)} did not "
            "reach the stopping energy",
        )


def _faults(faults, kinds: Mapping[str, str]) -> Advice:
    for line in faults[faults["verdict"] == FOUND].itertuples():
        kind = KINDS.get(kinds.get(line.method))
        cure = kind and kind.cures.get(line.diagnosis)
        if cure:
            yield cure, f"{_named(line)} {DIAGNOSES[line.diagnosis].does}"


def _named(line) -> str:
    return f"{line.method} of {line.sample} ({line.experiment})"
