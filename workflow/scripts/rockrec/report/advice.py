"""What to change next, read off the results: each line names a key of the config."""

from collections.abc import Mapping, Sequence

import pandas as pd

FEW_HELDOUT = 128
LOW_IOU = 0.8
CURES = {
    "repeated_pattern": "more training windows (a smaller stride) or kind wgan_gp",
    "low_spread": "a lower learning_rate, label_smoothing or r1 for dcgan, or kind wgan_gp",
    "similar_curves": "a lower learning_rate, label_smoothing or r1 for dcgan, or kind wgan_gp",
    "repeated_tiles": "a lower learning_rate, label_smoothing or r1 for dcgan, or kind wgan_gp",
    "checkerboard_phase": "upsampling: resize or blur in place of transposed",
    "checkerboard_power": "upsampling: resize or blur in place of transposed",
    "edge_excess": "a larger size of the realisations, whose border is cut off",
    "memorised_tiles": "more training windows (a smaller stride, no limit) or augmentation",
}
WORDS = {
    "repeated_pattern": "repeats a pattern",
    "low_spread": "draws tiles too alike",
    "similar_curves": "draws tiles too alike",
    "repeated_tiles": "draws tiles more than once",
    "checkerboard_phase": "leaves a checkerboard",
    "checkerboard_power": "leaves a checkerboard",
    "edge_excess": "draws too much at the border",
    "memorised_tiles": "copies training tiles",
}


def advice(
    tiles: Sequence, res: Mapping, scores: Mapping, faults: pd.DataFrame, costs: pd.DataFrame
) -> list[str]:
    """Return what a user may change, the most basic first.

    Parameters
    ----------
    tiles : a `rockrec.report.story.TileSet` for each sample of each experiment.
    res, scores : by sample, the tables of ``res/errors.csv`` and ``unet/scores.csv``.
    faults, costs : lines of all experiments, with a column experiment.
    """
    lines = [
        *_segmentation(scores),
        *_sizes(tiles, res),
        *_heldout(tiles),
        *_trainings(costs),
        *_faults(faults),
    ]
    return list(dict.fromkeys(lines))


def _segmentation(scores):
    for sample, table in scores.items():
        tested = table[(table["part"] == "test") & (table["model"] == "trained")]
        for line in tested[tested["iou"] < LOW_IOU].to_dict("records"):
            yield (
                f"{sample}: the segmentation finds {line['class']} with an IoU of only "
                f"{line['iou']:.2f} on pixels it has not seen. Paint more labels where it "
                "is wrong, or train for more unet.epochs."
            )


def _sizes(tiles, res):
    for tile in tiles:
        pooled = res[tile.sample].query("form == 'pooled'")
        chosen = pooled.loc[pooled["res"].astype(bool), "size_px"]
        if chosen.empty:
            yield (
                f"{tile.sample}: no size up to {pooled['size_px'].max()} px is representative. "
                "Add larger res.sizes, or a larger mosaic."
            )
        elif tile.window < chosen.iloc[0]:
            yield (
                f"{tile.experiment}: windows of {tile.window} px are smaller than the "
                f"representative size of {tile.sample}, {chosen.iloc[0]} px. Raise "
                "tiles.window if single tiles are to stand for the rock."
            )


def _heldout(tiles):
    for tile in tiles:
        if tile.heldout < FEW_HELDOUT:
            yield (
                f"{tile.experiment}: {tile.sample} has {tile.heldout} held-out windows; with "
                f"{FEW_HELDOUT} verdicts are sharper. Raise tiles.heldout_fraction, lower "
                "tiles.window, or bring a larger mosaic."
            )


def _trainings(costs):
    for line in costs[costs["steps"].notna()].itertuples():
        where = f"{line.experiment}: {line.method} of {line.sample}"
        if line.kept_step > 0.9 * line.steps:
            yield (
                f"{where} was best at step {line.kept_step:,.0f} of {line.steps:,.0f}: it still "
                "learnt. Raise steps (with decay_to); the training goes on from where it stopped."
            )
        elif line.kept_step < 0.2 * line.steps:
            yield (
                f"{where} was best at step {line.kept_step:,.0f} of {line.steps:,.0f} and worse "
                "after it. Lower learning_rate, or begin its decay earlier (decay_from)."
            )


def _faults(faults):
    found = faults[(faults["verdict"] == "found") & (faults["method"] != "real")]
    for line in found.itertuples():
        if line.diagnosis in CURES:
            yield (
                f"{line.experiment}: {line.method} of {line.sample} {WORDS[line.diagnosis]}. "
                f"Try {CURES[line.diagnosis]}."
            )
