"""The HTML of the report and of the tables in it: self-contained, opens from disk."""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from rockrec.report.times import StageTime
from rockrec.tables.errors import headline, in_floors, source_of, summaries

DESCRIPTOR = re.compile(r"\b([CFPS])([1-9][DHV]?[+-]?)(?!\w)")


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


def error_fragment(table: pd.DataFrame) -> str:
    """Return an error table (`rockrec.tables.errors.error_table`) as a fragment of HTML.

    Sample by sample: the verdicts in words, then errors and ratios, a line per descriptor and
    a column per method. Plain ASCII, so that it reads right in any page or alone.
    """
    samples = {
        sample: _matrix(headline(lines)) for sample, lines in table.groupby("sample", sort=False)
    }
    html = templates().get_template("errors.html.j2").render(samples=samples)
    return html.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _matrix(lines: pd.DataFrame) -> dict:
    """Arrange one sample's headline lines by descriptor and method."""
    lines = lines.assign(source=source_of(lines))
    first_lines = lines.drop_duplicates("source")
    cells = {(line.name, line.source): line for line in lines.itertuples(index=False)}
    return {
        "summaries": summaries(lines),
        "names": list(dict.fromkeys(lines["name"])),
        "sources": list(dict.fromkeys(lines["source"])),
        "cells": cells,
        "one_phase": dict(zip(first_lines["source"], first_lines["one_phase_a"], strict=True)),
        "one_phase_heldout": first_lines["one_phase_b"].iloc[0],
        "phi_sd": dict(zip(first_lines["source"], first_lines["phi_sd_a"], strict=True)),
        "phi_sd_heldout": first_lines["phi_sd_b"].iloc[0],
        "n_a": int(lines["n_a"].max()),
        "n_b": int(lines["n_b"].max()),
        "boundary": ", ".join(lines["boundary"].unique()),
    }


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


def templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {
        "scientific": _scientific,
        "floors": in_floors,
        "printed": _printed,
        "slug": _slug,
    }
    return environment


def _scientific(number: float) -> str:
    """Write 0.0000021 as 2.1·10⁻⁶."""
    if not np.isfinite(number):
        return "–"
    if number == 0:
        return "0"
    mantissa, exponent = f"{number:.1e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}·10{raised}"


def _printed(text: str) -> Markup:
    """Set the order of a descriptor as an index: F3H becomes F with 3H lowered."""
    lowered = DESCRIPTOR.sub(r"\1<sub>\2</sub>", str(escape(text)))
    return Markup(lowered.replace("D-</sub>", "D−</sub>"))


def _slug(text: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in text.lower())
