"""What a run has files of: its rocks, scenes and reconstructions; and what those are called."""

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass

from rockrec.plain.records.doors import door_of
from rockrec.plain.records.figures import FIGURES, Figure
from rockrec.plain.records.files import Files
from rockrec.plain.records.kinds import KINDS
from rockrec.plain.records.tables import TABLES, Table
from rockrec_settings.blocks import experiment_samples, for_sample


@dataclass(frozen=True)
class Rock:
    """A sample."""

    sample: str

    def file(self, name: str) -> str:
        """Return the path of one of its files, below where the run's results lie."""
        return f"results/{self.sample}/{name}"


@dataclass(frozen=True)
class Scene:
    """A sample in an experiment."""

    sample: str
    experiment: str

    def file(self, name: str) -> str:
        """Return the path of one of its files, below where the run's results lie."""
        return f"results/{self.sample}/{self.experiment}/{name}"


@dataclass(frozen=True)
class Reconstruction:
    """One replicate of a method of some kind: a model or an annealing, and its realisations."""

    sample: str
    experiment: str
    method: str
    replicate: int
    kind: str

    @property
    def label(self) -> str:
        """What it is called among the others of its scene."""
        return f"{self.method}/{self.replicate}"

    def file(self, name: str) -> str:
        """Return the path of one of its files, below where the run's results lie."""
        return f"results/{self.sample}/{self.experiment}/{self.label}/{name}"


@dataclass(frozen=True)
class ExperimentTables:
    """The tables of an experiment."""

    experiment: str

    def file(self, name: str) -> str:
        """Return the path of one of them, as CSV."""
        return f"results/tables/{self.experiment}_{name}.csv"


def rocks(settings: dict, that: str | None = None) -> Iterator[Rock]:
    """Yield the samples in the config's order, or those whose door has a capability."""
    for name, sample in settings["samples"].items():
        if that is None or getattr(door_of(sample), that):
            yield Rock(name)


def scenes(settings: dict, experiment: str | None = None) -> Iterator[Scene]:
    """Yield the samples of each experiment, or of one."""
    for name in settings["experiments"]:
        if experiment in (None, name):
            for sample in experiment_samples(settings, name):
                yield Scene(sample, name)


def reconstructions(
    settings: dict,
    experiment: str | None = None,
    sample: str | None = None,
    that: str | None = None,
    asked: str | None = None,
) -> Iterator[Reconstruction]:
    """Yield the reconstructions of a run: by experiment, sample, method and replicate.

    Parameters
    ----------
    settings : of the config, defaults filled in.
    experiment, sample : only those of this one.
    that : only those whose kind has this capability, see `rockrec.plain.records.kinds.Kind`.
    asked : only those whose method has this key, and not as 0 or empty.
    """
    for scene in scenes(settings, experiment):
        if sample not in (None, scene.sample):
            continue
        for name in settings["experiments"][scene.experiment]["methods"]:
            method = for_sample(settings["methods"][name], scene.sample)
            if that is not None and not getattr(KINDS[method["kind"]], that):
                continue
            if asked is not None and not method.get(asked):
                continue
            for replicate in range(1, method.get("replicates", 1) + 1):
                yield Reconstruction(
                    scene.sample, scene.experiment, name, replicate, method["kind"]
                )


def owners(
    settings: dict, files: Files, experiment: str | None = None, sample: str | None = None
) -> list:
    """Return whose the files of a record are: rocks, scenes, reconstructions or experiments."""
    if files.of == "rock":
        return list(rocks(settings, files.that))
    if files.of == "table":
        return [ExperimentTables(name) for name in settings["experiments"]]
    if files.of == "scene":
        return [s for s in scenes(settings, experiment) if sample in (None, s.sample)]
    return list(reconstructions(settings, experiment, sample, files.that, files.asked))


def paths(settings: dict, files: Files, **which: str | None) -> list[str]:
    """Return the paths of a record's files; see `owners`."""
    return [owner.file(files.name) for owner in owners(settings, files, **which)]


def whose(settings: dict, inputs: Mapping[str, Files], **which: str | None) -> dict[str, list]:
    """Return by input the names that its files belong to: [sample, experiment, method, ...]."""
    return {
        name: [list(astuple(owner)) for owner in owners(settings, files, **which)]
        for name, files in inputs.items()
    }


@dataclass(frozen=True)
class Shown:
    """A figure or a table of the report: its record, and which of its kind it is.

    `experiment` and `sample` are empty where there is one for the whole run, or experiment.
    """

    record: Figure | Table
    experiment: str = ""
    sample: str = ""

    @property
    def stem(self) -> str:
        """Path of its files without the ending."""
        if isinstance(self.record, Table):
            prefix = f"{self.experiment}_" if self.experiment else ""
            return f"results/tables/{prefix}{self.record.name}"
        folders = [folder for folder in (self.experiment, self.sample) if folder]
        return "/".join(["results/figures", *folders, self.record.name])


def shown_figures(settings: dict) -> list[Shown]:
    """Return all figures of a run in the order of the report."""
    found = [Shown(figure) for figure in FIGURES if figure.of == "run"]
    for experiment in settings["experiments"]:
        found += [Shown(figure, experiment) for figure in FIGURES if figure.of == "experiment"]
        found += [
            Shown(figure, experiment, scene.sample)
            for figure in FIGURES
            if figure.of == "sample"
            for scene in scenes(settings, experiment)
        ]
    return [one for one in found if _has_files(settings, one)]


def shown_tables(settings: dict) -> list[Shown]:
    """Return all tables of a run in the order of the report."""
    found = [
        Shown(table, experiment)
        for experiment in settings["experiments"]
        for table in TABLES
        if table.of == "experiment"
    ]
    found += [Shown(table) for table in TABLES if table.of == "run"]
    return [one for one in found if _has_files(settings, one)]


def _has_files(settings: dict, shown: Shown) -> bool:
    which = {"experiment": shown.experiment or None, "sample": shown.sample or None}
    inputs = shown.record.inputs.values()
    return shown.record.always or any(owners(settings, files, **which) for files in inputs)
