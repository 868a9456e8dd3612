# Settings, wildcards and input functions that several stages share.
import os
import re
import sys
from dataclasses import fields
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.io import IOFile
from snakemake.logging import logger

# This checkout's library comes before an installed rockrec: here, where the settings are checked
# and the run is planned, and in the jobs.
WORKFLOW = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parent
if not WORKFLOW.is_dir():
    raise WorkflowError(f"{WORKFLOW}: clone the repository and name its Snakefile by path")
sys.path[:0] = [str(WORKFLOW), str(WORKFLOW / "scripts")]

from rockrec.housekeeping.contents import Contents
from rockrec.plain.grid import Grid
from rockrec.plain.records.doors import door_of, outside_of
from rockrec.plain.records.figures import FIGURES
from rockrec.plain.records.kinds import KINDS, kinds_that
from rockrec.plain.records.kinds.sa import method_started_from
from rockrec.plain.records.rocks import RockVariant
from rockrec.plain.records.settings import of_the_paper
from rockrec.plain.records.tables import ARCHITECTURES, TABLES
from rockrec.plain.seeds import seed_for
from rockrec_planning import told
from rockrec_planning.amounts import again, memory
from rockrec_planning.archives import archive_name, archives, to_fetch
from rockrec_planning.code_inputs import library_code
from rockrec_planning.preflight import announce
from rockrec_planning.reconstructions import (
    Reconstruction,
    Rock,
    paths,
    reconstructions,
    rocks,
    scenes,
    shown_figures,
    shown_tables,
    whose,
)
from rockrec_planning.search_path import put_first
from rockrec_planning.stage_times import time_table
from rockrec_planning.surroundings import python_mistake
from rockrec_planning.user_files import contents_with
from rockrec_settings.blocks import experiment_samples, for_sample
from rockrec_settings.models import merged_classes, shared_model, taught_alone
from rockrec_settings.mosaics import advice
from rockrec_settings.resolve import SettingsError, check_texts, resolve

put_first(str(WORKFLOW / "scripts"))

ROCK_VARIANT = [field.name for field in fields(RockVariant)]

if workflow.is_main_process and (mistake := python_mistake(sys.executable)):
    raise WorkflowError(mistake)

try:
    if workflow.is_main_process:
        check_texts(workflow.configfiles, config, len(workflow.modifier_stack) > 1)
    settings = resolve(config)
except SettingsError as error:
    files = ", ".join(map(str, workflow.configfiles)) or "the config"
    raise WorkflowError(f"{files} cannot be used:\n{error}") from None

# As a module of another workflow this one may have a prefix for its files, and for its rules.
# Snakemake puts it before all paths of rules but those that are local: the user's own, and code.
placed = workflow.modifier.modify_path
RESULTS = placed("results")
CHECKPOINTS = f"{placed('results/checkpoints')}/{{sample}}"

if workflow.is_main_process:
    for line in advice(settings, str(RESULTS)):
        logger.warning(line)

announce(workflow, settings, logger)

SAMPLES = list(settings["samples"])
EXPERIMENTS = list(settings["experiments"])

# Keys under `run` change no number. They reach scripts as resources, for Snakemake reruns nothing
# where those differ; all else reaches them as params.
RUN = settings["run"]
GPU = 0 if RUN["device"] == "cpu" else 1

# How a stage logs, writes and shares the processor, and what things are called. Editing it never
# trains a network anew, so neither does it make anew what networks are trained on.
RECORDS = "rockrec.plain.records"
SHAPES_NO_PIXEL = ("rockrec.housekeeping", RECORDS)
# Modules that decide no weights of a network: editing them redescribes, it never retrains.
SHAPES_NO_WEIGHTS = (
    *SHAPES_NO_PIXEL,
    "rockrec.comparison",
    "rockrec.descriptors",
    "rockrec.gans.monitor",
    "rockrec.label_values",
    "rockrec.segmentation.confidence",
    "rockrec.segmentation.resampling",
    "rockrec.segmentation.transfer",
)


# Files of the user's are known by what they hold. To Snakemake they are ancient: their time, which
# may as well be older after a change, reruns nothing. What they hold is a param.
contents = contents_with(Contents(logger.info))


def of_the_user(path):
    """A user's own file, as an input."""
    return ancient(local(path))


def one_of(names):
    """A wildcard constraint that matches just these names."""
    return "|".join(names) or "no_such_name"


def methods_that(capability):
    """A wildcard constraint for the methods whose kind has a capability."""
    kinds = kinds_that(capability)
    return one_of(name for name, method in settings["methods"].items() if method["kind"] in kinds)


def samples_that(capability):
    """A wildcard constraint for the samples whose door has a capability."""
    return one_of(rock.sample for rock in rocks(settings, capability))


wildcard_constraints:
    sample=one_of(SAMPLES),
    model=one_of(settings["models"]),
    experiment=one_of(EXPERIMENTS),
    method=one_of(settings["methods"]),
    replicate=r"[1-9][0-9]*",
    part="train|heldout",
    chunk="[0-9]+",
    chunks="[0-9]+",


def code(script, *kinds, records=(), stop_at=()):
    """The library modules a script runs on: an edited one reruns it.

    With them come the networks of some kinds, and what records import once they are asked.
    """
    of_kinds = [KINDS[kind].module for kind in kinds]
    found = library_code(script, *records, *of_kinds, stop_at=stop_at)
    return [local(os.path.relpath(path)) for path in found]


def mosaic_of(block):
    """What a sample's door names: the path of its mosaic, or the kind of rock that is made."""
    return block[door_of(block).name]


# Mosaics that users bring, and what the run makes with a rim; else it needs no inspection.
INSPECTED = [
    name
    for name, block in settings["samples"].items()
    if not door_of(block).is_made or outside_of(block).asked
]
SCANNED = [name for name, block in settings["samples"].items() if door_of(block).brings_gray]
# Samples whose labels teach a model of their own.
LABELLED_SAMPLES = taught_alone(settings)


def segmenter(sample):
    """The kind of model that segments a sample, or of a model that several samples teach."""
    first, *_ = settings["models"].get(sample, {"samples": [sample]})["samples"]
    return for_sample(settings["segmentation"], first)["kind"]


def segmented_by(kind):
    """A wildcard constraint for the gray samples that a kind of model segments."""
    gray = (rock.sample for rock in rocks(settings, "is_gray"))
    return one_of(sample for sample in gray if segmenter(sample) == kind)


# Samples and shared models that are scored on labels.
SCORED = [*LABELLED_SAMPLES, *settings["models"]]
SCORES = [
    Rock(name if name in SAMPLES else f"models/{name}").file(f"{segmenter(name)}/scores.csv")
    for name in SCORED
]


def setting(block):
    """A params function: the settings of a stage for the job's sample."""
    return lambda wildcards: for_sample(settings[block], wildcards.sample)


def sample_settings(*keys):
    """A params function: several keys of the job's sample, in one block.

    Snakemake compares params without their names: of two bare numbers it would not see that
    they changed places.
    """
    return lambda wildcards: {key: settings["samples"][wildcards.sample][key] for key in keys}


def sample_setting(key, without=None):
    """A params function: one key of the job's sample; `without` where its door has no such key."""
    return lambda wildcards: settings["samples"][wildcards.sample].get(key, without)


def tile_setting(wildcards):
    return for_sample(settings["experiments"][wildcards.experiment]["tiles"], wildcards.sample)


def method_setting(*omit):
    """A params function: the settings of the job's method, without the keys that do not concern it."""

    def block(wildcards):
        method = for_sample(settings["methods"][wildcards.method], wildcards.sample)
        return {key: value for key, value in method.items() if key not in omit}

    return block


def methods_of(wildcards):
    """The settings of every method of the job's experiment, by its label, for the job's sample."""
    names = settings["experiments"][wildcards.experiment]["methods"]
    return {name: for_sample(settings["methods"][name], wildcards.sample) for name in names}


def reconstructions_of(wildcards):
    """The reconstructions of the job's experiment: of its sample, if it has one, else of all."""
    return list(reconstructions(settings, wildcards.experiment, wildcards.get("sample")))


def labels_of_reconstructions(wildcards):
    """A params function: ``method/replicate`` of those of each sample, in the config's order."""
    return list(dict.fromkeys(one.label for one in reconstructions_of(wildcards)))


def methods_of_reconstructions(wildcards):
    """A params function: method and replicate of those of the job's sample, as text."""
    return [(one.method, str(one.replicate)) for one in reconstructions_of(wildcards)]


def of_each_reconstruction(name):
    """An input function: a file of every reconstruction of the job's scene."""
    return lambda wildcards: [one.file(name) for one in reconstructions_of(wildcards)]


def segmented_of(sample):
    """The segmented mosaic of a sample: the user's file, or the one made here."""
    block = settings["samples"][sample]
    if door_of(block).is_gray:
        return Rock(sample).file("mosaic/segmented.tif")
    return of_the_user(mosaic_of(block))


def inspected(name):
    """An input function: what the inspection of a sample's mosaic made; nothing if there is none."""
    return lambda wildcards: (
        Rock(wildcards.sample).file(f"mosaic/{name}") if wildcards.sample in INSPECTED else []
    )


INSPECTION = {"outside": inspected("outside.tif"), "inspection": inspected("inspection.json")}


def segmented_mosaic(wildcards):
    return segmented_of(wildcards.sample)


onsuccess:
    print(time_table(RESULTS))
    if any(job.rule.name == "make_report" for job in workflow.dag.jobs):
        print(
            "The report: results/report.html; figures: results/figures; tables: results/tables"
        )
