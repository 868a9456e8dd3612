"""Before a run: how many jobs, how much disk and how many GPU hours it will take.

Estimates that tell minutes from days and megabytes from terabytes, made from the config alone.
"""

import math
import os
import shutil
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rockrec.plain.network_sizes import with_automatic_values
from rockrec.plain.records.kinds import KINDS
from rockrec_settings.blocks import for_sample
from rockrec_settings.mosaics import count_remaining, mosaic_shape

# The paper: a WGAN-GP of 128 px tiles, 4,300 steps in 3 h on two Quadro P6000.
REFERENCE = {
    "kind": "wgan_gp",
    "critic_steps": 5,
    "channels": 64,
    "max_channels": 1024,
    "batch": 128,
}
REFERENCE_HOURS_PER_STEP = 2 * 3 / 4300
BYTES = {"make_synthetic_rock": 3.0, "denoise_mosaic": 1.0, "segment_mosaic": 0.3}  # per pixel
DESCRIPTORS = 12  # curves of 8-byte numbers that a tile is described by
STATES = 16  # bytes per weight: itself, two moments of Adam, the running mean


class Needs(NamedTuple):
    """What a run takes: jobs, bytes on disk, GPU hours.

    `unknown` are samples whose mosaic is not there yet, `not_inspected` those of whose mosaic it is
    not known yet what is rock.
    """

    jobs: int
    size: float
    gpu_hours: float
    unknown: tuple[str, ...]
    not_inspected: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.told(shutil.disk_usage(os.getcwd()).free)

    def told(self, free: float) -> str:
        """Put it in a line, beside the free space [bytes]."""
        parts = [f"{self.jobs:,} jobs", f"about {_bytes(self.size)} to write, {_bytes(free)} free"]
        if self.gpu_hours:
            parts.append(f"about {_hours(self.gpu_hours)} GPU hours at the speed of known cards")
        line = f"Before the run: {'; '.join(parts)}"
        if self.unknown:
            line += (
                f"; not counted: tiles of {', '.join(self.unknown)}, whose mosaic is not here yet"
            )
        if self.not_inspected:
            line += (
                f"; tiles of {', '.join(self.not_inspected)}: at most so many, before their mosaic "
                "was inspected for what is no rock"
            )
        return line + ("" if self.size < free else ". THE DISK IS TOO SMALL")


def needs(
    jobs: Iterable[tuple[str, Mapping[str, str]]], settings: dict, results: str = "results"
) -> Needs:
    """Sum up what jobs take.

    Parameters
    ----------
    jobs : (rule, wildcards) of every job that is to be run.
    settings : of the config, defaults filled in.
    results : the folder of the run's results.
    """
    count, size, hours, unknown, not_inspected = 0, 0.0, 0.0, {}, {}
    for rule, wildcards in jobs:
        count += 1
        sample = wildcards.get("sample")
        shape = mosaic_shape(settings["samples"][sample]) if sample else None
        if rule == "cut_tiles" and shape is None:
            unknown[sample] = None
        elif rule == "cut_tiles":
            tiles, exact = _tiles(wildcards, settings, shape, results)
            size += tiles
            if not exact:
                not_inspected[sample] = None
        size += _size(rule, wildcards, settings, shape)
        if rule == "train_gan" and settings["run"]["device"] != "cpu":
            hours += gpu_hours(*_method_and_size(wildcards, settings))
    return Needs(count, size, hours, tuple(unknown), tuple(not_inspected))


def gpu_hours(method: dict, size: int) -> float:
    """Estimate the GPU hours of a training on tiles of `size` px from those of known ones."""
    method = with_automatic_values(method, size)
    measured = KINDS[method["kind"]].seconds
    if measured:
        (small, low), (large, high) = measured.items()
        seconds = low * (high / low) ** (math.log(size / small) / math.log(large / small))
        return method["steps"] * method["batch"] / 1000 * seconds / 3600
    work = _work(method, size) * method["batch"] / (_work(REFERENCE, 128) * REFERENCE["batch"])
    return method["steps"] * work * REFERENCE_HOURS_PER_STEP


def _work(method: Mapping, size: int) -> float:
    """Work of a step per tile, in passes of a network: of the generator, or of the critic."""
    layers = _layers(method, size)
    one_pass = sum(4 * side**2 * wide * narrow for side, wide, narrow in layers)
    penalty, updates = KINDS[method["kind"]].gradient_penalty, method.get("critic_steps", 1)
    return one_pass * (updates * (13 if penalty else 7) + 6)


def _layers(method: Mapping, size: int) -> list[tuple[int, int, int]]:
    """(side of the output, channels in, channels out) of the generator's doublings."""
    doublings = int(math.log2(size // 8))
    narrowest, widest = method["channels"], method["max_channels"]
    widths = [min(narrowest << k, widest) for k in range(doublings, -1, -1)]
    pairs = zip([*widths], [*widths[1:], 1], strict=True)
    return [(8 << k, wide, narrow) for k, (wide, narrow) in enumerate(pairs)]


def _size(rule: str, wildcards: Mapping, settings: dict, shape: tuple | None) -> float:
    """Bytes that a job writes."""
    if rule in BYTES and shape:
        return BYTES[rule] * shape[0] * shape[1]
    if rule in ("sample_gan", "gather_realisations", "quilt", "describe_realisations"):
        method, size = _method_and_size(wildcards, settings)
        pieces = method.get("realisations", 0) * ((method.get("size") or size) / size) ** 2
        curves = rule == "describe_realisations"
        return pieces * (DESCRIPTORS * 8 * size / 2 if curves else size**2)
    if rule == "train_gan":
        method, size = _method_and_size(wildcards, settings)
        layers = _layers(with_automatic_values(method, size), size)
        return 2 * STATES * sum(16 * wide * narrow for _, wide, narrow in layers)
    return 0.0


def _tiles(wildcards: Mapping, settings: dict, shape: tuple, results: str) -> tuple[int, bool]:
    """Bytes of a stack of tiles, and whether so many, or at most."""
    _, size = _method_and_size(wildcards, settings)
    of = wildcards["experiment"], wildcards["sample"]
    counts, exact = count_remaining(settings, *of, shape, results)
    return sum(counts.values()) * size**2, exact


def _method_and_size(wildcards: Mapping, settings: dict) -> tuple[dict, int]:
    """The settings of a job's method, and the side of its tiles, px."""
    sample, experiment = wildcards["sample"], wildcards["experiment"]
    tiles = for_sample(settings["experiments"][experiment]["tiles"], sample)
    method = settings["methods"].get(wildcards.get("method"), {})
    return for_sample(method, sample), tiles["size"]


def _bytes(number: float) -> str:
    for unit, length in (("TB", 1e12), ("GB", 1e9)):
        if number >= length:
            return f"{number / length:.3g} {unit}"
    return f"{number / 1e6:.3g} MB"


def _hours(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def announce(workflow, settings: dict, logger) -> None:
    """Let Snakemake's log hold the line before each table of jobs, of a run or a dry run.

    Snakemake has no hook that a dry run calls; its log tells of both. Where this workflow is a
    module of another one, its own jobs are counted, by the names that their rules have here.
    """
    announced, module = [], workflow.modifier
    results = module.modify_path("results")
    before, _, after = module.modify_rulename("*").partition("*")

    def own_jobs():
        for job in workflow.dag.needrun_jobs():
            if job.rule.module_globals is module.globals:
                yield job.rule.name.removeprefix(before).removesuffix(after), job.wildcards_dict

    def watch(record) -> bool:
        if str(getattr(record, "event", "")).endswith("run_info") and not announced:
            announced.append(True)
            logger.info(str(needs(own_jobs(), settings, results)))
        return True

    if workflow.is_main_process:
        logger.addFilter(watch)
