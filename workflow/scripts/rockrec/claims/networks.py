"""Statements on the networks: artefacts, the best of them, when their losses settle."""

import re

import numpy as np
import pandas as pd

from rockrec.claims.annealing import relative_change
from rockrec.claims.evidence import Evidence, Finding, Findings, method_of, verdict
from rockrec.plain.records.descriptors import OF_PAPER, WITH_F
from rockrec.plain.records.verdicts import CANNOT_TELL, DIFFERENT, FOUND, NOT_FOUND, SAME

NETWORKS = ("dcgan", "wgan_gp", "stylegan2_ada")  # of the paper
NEAR = 0.1  # of the lag that is looked for
SETTLED_BY = 250  # steps
LEAST_STEPS = 2 * SETTLED_BY
MEDIAN_WINDOW = 51  # steps
SETTLED = 0.1  # of the largest distance from where the loss ends


def repetition(evidence: Evidence) -> Findings:
    """DCGAN repeats patterns at r = 128 and 256 px of 512, a quarter and half of the tile."""
    if evidence.is_network:
        return
    for label in evidence.labels_of("dcgan"):
        line = evidence.finding(label, "repeated_pattern")
        lag = re.search(r"lag (\d+) px", str(line["where"]))
        at = float(lag[1]) if lag else float("nan")
        expected = (evidence.size / 4, evidence.size / 2)
        near = any(abs(at - one) <= max(NEAR * one, 1) for one in expected)
        yield Finding(
            evidence.experiment,
            evidence.sample,
            label,
            at,
            f"px, lag of the strongest peak; wanted: {expected[0]:.0f} or {expected[1]:.0f}",
            verdict(line["verdict"] == FOUND and near, line["verdict"] != CANNOT_TELL),
            _reason(line),
        )


def collapse(evidence: Evidence) -> Findings:
    """On fractures DCGAN draws tiles that are all alike."""
    if not evidence.is_network:
        return
    for label in evidence.labels_of("dcgan"):
        names = ("low_spread", "similar_curves", "repeated_tiles")
        lines = {name: evidence.finding(label, name) for name in names}
        found = [name for name, line in lines.items() if line["verdict"] == FOUND]
        unable = all(line["verdict"] == CANNOT_TELL for line in lines.values())
        yield Finding(
            evidence.experiment,
            evidence.sample,
            label,
            float(len(found)),
            "of 3 signs of collapse found (spread of S2, equal curves, tiles drawn twice)",
            verdict(bool(found), not unable),
            _reason(lines["low_spread"]) if unable else ", ".join(found).replace("_", " "),
        )


def checkerboard(evidence: Evidence) -> Findings:
    """WGAN-GP lowers L by a checkerboard inside the pores."""
    for label in evidence.labels_of("wgan_gp"):
        lines = [evidence.finding(label, f"checkerboard_{how}") for how in ("phase", "power")]
        found = any(line["verdict"] == FOUND for line in lines)
        unable = all(line["verdict"] == CANNOT_TELL for line in lines)
        change = relative_change(evidence, label, "L")
        seen = evidence.seen(label, "L")
        upsampling = evidence.settings[method_of(label)]["upsampling"]
        yield Finding(
            evidence.experiment,
            evidence.sample,
            label,
            100 * change,
            "% change of the flat part of L against real tiles",
            verdict(
                found and change < 0 and seen == DIFFERENT,
                testable=not unable and seen in (SAME, DIFFERENT),
            ),
            f"checkerboard: {_reason(lines[0]) if unable else FOUND if found else NOT_FOUND}; "
            f"L: {seen}; upsampling: {upsampling}",
        )


def edge_excess(evidence: Evidence) -> Findings:
    """On fractures StyleGAN2-ADA draws too much of the phase at the tile's border."""
    if not evidence.is_network:
        return
    for label in evidence.labels_of("stylegan2_ada"):
        line = evidence.finding(label, "edge_excess")
        yield Finding(
            evidence.experiment,
            evidence.sample,
            label,
            float(line["value"]),
            f"studentised excess; threshold {line['threshold']:.3g}",
            verdict(line["verdict"] == FOUND, line["verdict"] != CANNOT_TELL),
            _reason(line),
        )


def connected_fractures(evidence: Evidence) -> Findings:
    """WGAN-GP and StyleGAN2-ADA draw fractures that are connected as in the rock, DCGAN does not.

    What is connected conducts: by the diffusivity of the phase along x and y.
    """
    if not evidence.is_network:
        return
    for other in evidence.labels_of("dcgan"):
        for label in evidence.labels_of("wgan_gp", "stylegan2_ada"):
            lines = {
                name: [
                    evidence.lines(name, f"diffusivity_{axis}", "scalar", "mean") for axis in "xy"
                ]
                for name in (other, label)
            }
            errors = {name: sum(line["error"] for line in both) for name, both in lines.items()}
            seen = {name: [line["verdict"] for line in both] for name, both in lines.items()}
            defined = all(told in (SAME, DIFFERENT) for both in seen.values() for told in both)
            yield Finding(
                evidence.experiment,
                evidence.sample,
                f"{label} against {other}",
                float(np.sqrt(errors[other] / errors[label])) if errors[label] else float("inf"),
                "times nearer the rock's mean diffusivity",
                verdict(errors[label] < errors[other] and DIFFERENT in seen[other], defined),
                "; ".join(f"{name}: {', '.join(both)}" for name, both in seen.items()),
            )


def _conducting(evidence: Evidence, label: str) -> list[pd.Series]:
    names = ("diffusivity_x", "diffusivity_y")
    return [evidence.lines(label, name, "scalar", "mean") for name in names]


def first_place(evidence: Evidence) -> Findings:
    """StyleGAN2-ADA is nearest the rock among the networks."""
    places = {label: _mean_ratio(evidence, label) for label in evidence.labels_of(*NETWORKS)}
    methods = pd.Series(places, dtype=float).groupby(method_of).median().sort_values()
    styled = [m for m in methods.index if evidence.settings[m]["kind"] == "stylegan2_ada"]
    if not styled or len(styled) == len(methods):
        return
    place = list(methods.index).index(styled[0]) + 1
    yield Finding(
        evidence.experiment,
        evidence.sample,
        styled[0],
        float(place),
        f"place of {len(methods)}, by the geometric mean of the errors in floors",
        verdict(place == 1),
        ", ".join(f"{method} {ratio:.3g}" for method, ratio in methods.items()),
    )


def _mean_ratio(evidence: Evidence, label: str) -> float:
    headline = (("F", "pooled") if name in WITH_F else ("P", "mean") for name in OF_PAPER)
    ratios = [
        evidence.lines(label, name, *form)["ratio"]
        for name, form in zip(OF_PAPER, headline, strict=True)
    ]
    return float(np.exp(np.nanmean(np.log(ratios))))


def settled_losses(evidence: Evidence) -> Findings:
    """The losses of WGAN-GP settle within 250 steps."""
    for label in evidence.labels_of("wgan_gp"):
        history = evidence.histories[label]
        steps = int(history["step"].iloc[-1])
        step = max(_settles(history, f"loss_{player}") for player in ("generator", "discriminator"))
        short = steps < LEAST_STEPS
        yield Finding(
            evidence.experiment,
            evidence.sample,
            label,
            float(step),
            f"step from which both losses stay within a tenth of their range; of {steps:,}",
            verdict(step <= SETTLED_BY, not short),
            f"at least {LEAST_STEPS} steps are needed" if short else "",
        )


def _settles(history: pd.DataFrame, column: str) -> int:
    """First step from which the running median stays near its value in the last quarter."""
    median = history[column].rolling(MEDIAN_WINDOW, center=True, min_periods=1).median()
    away = (median - median.iloc[-max(len(median) // 4, 1) :].median()).abs()
    far = away > SETTLED * away.max()
    return int(history["step"][far].max()) if far.any() else int(history["step"].iloc[0])


def _reason(line: pd.Series) -> str:
    where = "" if pd.isna(line["where"]) else f": {line['where']}"
    return f"{line['verdict']}{where}"
