"""What one mosaic tells of its rock, in sentences for a geologist."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from rockrec.precision.fraction import FEWEST_FEATURES
from rockrec.precision.stationarity import LEVEL

QUANTITIES = {"phase_fraction": "φ", "S2": "S2 (at equal φ)"}
SIDES = {"down": "from top to bottom", "to the right": "from left to right"}
NAMES = {"phase_fraction": "φ", "S2": "S2", "L": "L"}


def fraction_in_words(told: Mapping, sizes: pd.DataFrame) -> str:
    """Say the phase fraction with its interval, and the mosaic that a sharper one would need.

    Parameters
    ----------
    told : as `rockrec.precision.assess.Assessment.told` returns it.
    sizes : its table of sizes.
    """
    sampling, whole = told["sampling"], told["with_segmentation"]
    value = sampling["value"]
    if sampling["low"] is None:
        return f"φ = {100 * value:.3g} %; how sure that is of the rock is not known: {_why(told)}"
    said = f"{_with_error(sampling)}, by {sampling['features']:,.0f} features a side"
    if whole:
        said += f"; with the segmentation's own error {_with_error(whole)}"
    lines = sizes[sizes["quantity"] == "phase_fraction"]
    sharper = lines[~lines["in_mosaic"]].sort_values("share", ascending=False)
    if len(sharper):
        line = sharper.iloc[0]
        side = _length(line["size_um"])
        said += (
            f"; for ± {100 * line['half_width']:.2g} % a mosaic of {side[0]} x {side[0]} {side[1]} "
            "would be needed"
        )
    return f"{said}."


def _why(told: Mapping) -> str:
    features = told["sampling"]["features"]
    if features is None:
        return "the mosaic holds too little of one phase, or is too small to tell."
    return (
        f"the mosaic holds about {features:.0f} features a side, {FEWEST_FEATURES} are needed to "
        "know how they are correlated."
    )


def _with_error(fraction: Mapping) -> str:
    """``φ = 5.2 ± 0.3 % (95 %: 4.9 to 5.5 %)``, to two digits of the error."""
    value, low, high = (100 * fraction[key] for key in ("value", "low", "high"))
    half = (high - low) / 2
    digits = int(np.clip(1 - np.floor(np.log10(half)), 0, 6)) if half > 0 else 2
    value, half, low, high = (f"{number:.{digits}f}" for number in (value, half, low, high))
    return f"φ = {value} ± {half} % (95 %: {low} to {high} %)"


def windows_in_words(sizes: pd.DataFrame, shortest: int) -> str:
    """Say from which size on single windows stand for the rock, to the first share wanted.

    Parameters
    ----------
    sizes : the table of sizes; shortest : short side of the mosaic, px.
    """
    if sizes.empty:
        return "From which size on a single window stands for the rock is not known."
    share = sizes["share"].iloc[0]
    parts, none = [], []
    for line in sizes[np.isclose(sizes["share"], share)].itertuples():
        name = NAMES[line.quantity]
        if line.in_mosaic:
            size, unit = _length(line.size_um)
            low, high = (
                _length(line.size_um / line.size_px * px)[0]
                if unit == "mm"
                else f"{line.size_um / line.size_px * px:.3g}"
                for px in (line.size_low_px, line.size_high_px)
            )
            parts.append(
                f"{name} to ± {share:.0%} from {line.size_px:,.0f} px = {size} {unit} on "
                f"(95 %: {low} to {high})"
            )
        else:
            none.append(f"{name} ({line.size_px:,.0f} px would be needed)")
    said = f"A single window holds {', '.join(parts)}. " if parts else ""
    if none:
        said += (
            f"No size of this mosaic, {shortest:,} px on its short side, is representative to "
            f"± {share:.0%} of {', '.join(none)}."
        )
    return said.strip()


def _length(microns: float) -> tuple[str, str]:
    """A length in the unit that suits it."""
    return (f"{microns / 1000:.3g}", "mm") if microns >= 1000 else (f"{microns:.3g}", "µm")


def stationarity_in_words(table: pd.DataFrame) -> list[str]:
    """Say whether the mosaic is one rock: first the answer, then what it rests on.

    table : of the trends and thirds, as ``precision/stationarity.csv`` has them.
    """
    if table["p_adjusted"].isna().all():
        return ["Whether the mosaic is one rock is not known: it holds too few features a side."]
    trends, thirds = (table[table["test"] == test] for test in ("trend", "third"))
    found = trends[trends["p_adjusted"] < LEVEL]
    apart = thirds[thirds["p_adjusted"] < LEVEL]
    if found.empty and apart.empty:
        answer = (
            "The mosaic is one rock as far as can be told: no trend, and no third apart from the "
            "rest, beyond what the correlation allows."
        )
    else:
        answer = (
            "The mosaic is not one rock: it changes by more than the correlation allows, so that "
            "every error against held-out windows below is also one of the rock's own differences."
        )
    known = trends[trends["p"].notna()]
    lines = [
        f"{QUANTITIES[line.quantity]} {_changes(line.change)} {SIDES[line.where]} "
        f"(95 %: {100 * line.low:+.0f} to {100 * line.high:+.0f} %, p = {_p(line.p)})"
        for line in known.itertuples()
    ]
    told = [answer]
    if lines:
        told.append(f"{'; '.join(lines)}; all together p = {_p(known['p_adjusted'].min())}.")
    for line in thirds[thirds["p"].notna()].itertuples():
        said = "differs from" if line.p_adjusted < LEVEL else "agrees with"
        told.append(
            f"The {line.where} {said} the rest: φ = {100 * line.part:.3g} % against "
            f"{100 * line.rest:.3g} %, {100 * line.change:+.1f} % of it "
            f"(95 %: {100 * line.low:+.0f} to {100 * line.high:+.0f} %, p = {_p(line.p_adjusted)} "
            "with the errors of both)."
        )
    return told


def _changes(share: float) -> str:
    return f"{'rises' if share > 0 else 'falls'} by {100 * abs(share):.0f} %"


def _p(p: float) -> str:
    return f"{p:.2g}" if p >= 0.001 else "0.001 at most"
