"""The HTML of the report and of the tables in it: self-contained, opens from disk."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from rockrec.report.templates import templates
from rockrec.report.times import StageTime


@dataclass(frozen=True)
class Figure:
    """A figure of the report: PNG bytes with their title and caption."""

    title: str
    caption: str
    png: bytes

    @property
    def address(self) -> str:
        """The picture itself as an address that a page can hold."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode("ascii")


@dataclass(frozen=True)
class Report:
    """Everything the page tells.

    versions : by package. settings : YAML text. scores, res : by sample, the tables of
    ``unet/scores.csv`` and ``res/errors.csv``. tables : HTML fragments by title. times : of
    the stages, the longest first.
    """

    versions: Mapping[str, str]
    settings: str
    scores: Mapping[str, pd.DataFrame]
    res: Mapping[str, pd.DataFrame]
    figures: Sequence[Figure]
    tables: Mapping[str, str]
    times: Sequence[StageTime]


def render(report: Report) -> str:
    """Return the report as one HTML page without links to other files."""
    return (
        templates()
        .get_template("page.html.j2")
        .render(
            report=report,
            scores={name: _confusion(table) for name, table in report.scores.items()},
            res={name: _res_in_words(table) for name, table in report.res.items()},
        )
    )


def _confusion(scores: pd.DataFrame) -> dict:
    """Split a table of segmentation scores into its lines and its confusion columns."""
    predicted = [name for name in scores if name.startswith("predicted_")]
    return {
        "lines": scores.to_dict("records"),
        "predicted": {name: name.removeprefix("predicted_") for name in predicted},
    }


def _res_in_words(errors: pd.DataFrame) -> list[str]:
    """Say each form's representative size, and which size it is relative to."""
    largest = errors["size_px"].max()
    sentences = []
    for form, lines in errors.groupby("form", sort=False):
        chosen = lines[lines["res"].astype(bool)]
        name = "pooled F₂" if form == "pooled" else "per-image F₂"
        if chosen.empty:
            sentences.append(f"by {name}, no size up to {largest} px is representative")
        elif (size := chosen["size_px"].iloc[0]) == largest:
            sentences.append(f"by {name}, none below the largest, {largest} px")
        else:
            microns = chosen["size_um"].iloc[0]
            sentences.append(f"by {name}, {size} px = {microns:.4g} µm, relative to {largest} px")
    return sentences
