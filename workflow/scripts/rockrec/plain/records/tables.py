"""The tables of a run: what each tells, and what it reads.

Of each there are beside its record a module in `rockrec.tables`, a script ``make_<name>_table.py``
and a caption ``workflow/report/<name>.rst``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rockrec.plain.records.files import Files


@dataclass(frozen=True)
class Table:
    """A table, as CSV and as a fragment of HTML that the report shows.

    Attributes
    ----------
    name : of its files, its script and its caption; also its title.
    what : what it tells, in a sentence.
    of : ``experiment`` (one of each) or ``run`` (one).
    inputs : by the name that the script knows them by. A table without any file is left out.
    params : what its script is told: samples, whose (of each input, the names that its files
        belong to), paper (by kind and key, the value that the paper states), scenes.
    always : it is made where it has no file, too.
    listed_by : the rule that makes its CSV, where that needs another environment.
    """

    name: str
    what: str
    of: str
    inputs: Mapping[str, Files]
    params: tuple[str, ...] = ()
    always: bool = False
    listed_by: str | None = None


_PROVENANCE = {"provenance": Files("provenance.json", "reconstruction")}

# In the order of the report.
TABLES = (
    Table(
        name="architectures",
        what="The networks of an experiment, layer by layer (the paper's Table S1).",
        of="experiment",
        inputs={"models": Files("model.pt", "reconstruction", that="is_network")},
        params=("whose",),
        listed_by="list_layers",
    ),
    Table(
        name="settings",
        what="Settings of an experiment's methods (the paper's Table S2).",
        of="experiment",
        inputs=_PROVENANCE,
        params=("whose", "paper"),
        always=True,
    ),
    Table(
        name="costs",
        what="Costs of training and sampling, and the speed-up over annealing.",
        of="experiment",
        inputs=_PROVENANCE | {"history": Files("history.csv", "reconstruction", that="is_network")},
        params=("whose",),
        always=True,
    ),
    Table(
        name="errors",
        what="Errors, floors and verdicts of an experiment (the paper's Tables S3 and S4).",
        of="experiment",
        inputs={"errors": Files("errors.csv", "scene")},
        params=("samples",),
    ),
    Table(
        name="faults",
        what="Artefacts by name, what is copied, and whether a small network tells the tiles.",
        of="experiment",
        inputs={
            "diagnosis": Files("diagnosis.csv", "scene"),
            "novelty": Files("novelty.csv", "scene"),
            "classifier": Files("classifier.csv", "scene"),
        },
        params=("samples",),
    ),
    Table(
        name="phase_fractions",
        what="Phase fractions of the mosaics that were segmented here, with their intervals.",
        of="run",
        inputs={"fractions": Files("mosaic/phase_fraction.json", "rock", that="is_gray")},
        params=("whose",),
    ),
    Table(
        name="claims",
        what="The paper's statements, each with this run's number and whether it holds.",
        of="run",
        inputs={
            "errors": Files("errors.csv", "scene"),
            "diagnosis": Files("diagnosis.csv", "scene"),
            "pores": Files("pores.csv", "scene"),
            "real": Files("heldout/curves.csv", "scene"),
            "res": Files("res/errors.csv", "rock"),
            "costs": Files("costs", "table"),
            "curves": Files("curves.csv", "reconstruction"),
            "histories": Files("history.csv", "reconstruction", that="is_network"),
        },
        params=("whose", "scenes"),
    ),
)
ARCHITECTURES = TABLES[0]
