"""The report: one HTML page, self-contained, that tells a run from the mosaic to the verdicts."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import imagecodecs
import pandas as pd

from rockrec.plain.stage_times import StageTime
from rockrec.report.story import Mosaic, Sureness, TileSet, res_in_words
from rockrec.report.templates import templates
from rockrec.report.verdicts import Verdict


@dataclass(frozen=True)
class Figure:
    """A figure of the report.

    name : of its file; experiment : empty for those of the whole run; section : of the page, which
    shows it; title, caption : text; png : its bytes.
    """

    name: str
    experiment: str
    section: str
    title: str
    caption: str
    png: bytes

    @property
    def address(self) -> str:
        """The picture itself as an address that a page can hold: WebP, without loss.

        Half of the PNG's size, in a third of the time that the smallest size would take.
        """
        pixels = imagecodecs.png_decode(self.png)
        picture = imagecodecs.webp_encode(pixels[..., :3].copy(), level=20, method=1, lossless=True)
        return "data:image/webp;base64," + base64.b64encode(picture).decode("ascii")


@dataclass(frozen=True)
class RunFacts:
    """What was run: versions by package, git revision, machines, date, config files, seed."""

    versions: Mapping[str, str]
    revision: str
    machines: Sequence[str]
    finished: str
    config: Sequence[str]
    seed: int


@dataclass(frozen=True)
class Report:
    """Everything the page tells.

    Attributes
    ----------
    settings : YAML text.
    scores, res : by sample, the tables of ``unet/scores.csv`` and ``res/errors.csv``.
    doubts, fractions : by sample that was segmented here, how sure its segmentation is, and its
        phase fraction with what is known of it.
    references : by sample, ``res/references.csv``.
    sureness : by sample, how sure its mosaic makes of its rock.
    tables : HTML fragments by (kind, experiment); the claims' experiment is empty.
    verdicts : by (experiment, sample).
    advice : what to change next.
    times : of the stages, the longest first.
    """

    run: RunFacts
    settings: str
    mosaics: Sequence[Mosaic]
    scores: Mapping[str, pd.DataFrame]
    doubts: Mapping[str, str]
    fractions: Mapping[str, str]
    tiles: Sequence[TileSet]
    res: Mapping[str, pd.DataFrame]
    references: Mapping[str, pd.DataFrame]
    sureness: Mapping[str, Sureness]
    figures: Sequence[Figure]
    tables: Mapping[tuple[str, str], str]
    verdicts: Mapping[tuple[str, str], Sequence[Verdict]]
    advice: Sequence[str]
    times: Sequence[StageTime]

    @property
    def experiments(self) -> list[str]:
        """Names of the experiments, in the config's order."""
        return list(dict.fromkeys(tile.experiment for tile in self.tiles))

    def shown(self, section: str, experiment: str | None = None) -> list[Figure]:
        """Return the figures of a section; of one experiment where it is given."""
        return [
            figure
            for figure in self.figures
            if figure.section == section and experiment in (None, figure.experiment)
        ]


def render(report: Report) -> str:
    """Return the report as one HTML page without links to other files."""
    return (
        templates()
        .get_template("page.html.j2")
        .render(
            report=report,
            scores={name: _confusion(table) for name, table in report.scores.items()},
            res={
                name: res_in_words(table, report.references[name])
                for name, table in report.res.items()
            },
        )
    )


def _confusion(scores: pd.DataFrame) -> dict:
    """Split a table of segmentation scores into its lines and its confusion columns."""
    predicted = [name for name in scores if name.startswith("predicted_")]
    return {
        "lines": scores.to_dict("records"),
        "predicted": {name: name.removeprefix("predicted_") for name in predicted},
    }
