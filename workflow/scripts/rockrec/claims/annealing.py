"""Statements on annealing to S2: what it misses, and how far a network is ahead of it."""

from itertools import product

import numpy as np
import pandas as pd

from rockrec.claims.evidence import REAL, Evidence, Finding, Findings, verdict
from rockrec.plain.records.descriptors import HIGHER_ORDERS, OF_PAPER
from rockrec.plain.records.verdicts import DIFFERENT, SAME

POLYTOPES = tuple(name for name in HIGHER_ORDERS if name in OF_PAPER)
RESAMPLES = 500
LEAST_PORE = 10  # px; smaller ones have no shape


def higher_orders(evidence: Evidence) -> Findings:
    """WGAN-GP errs by two (isolated pores) to three (network) decades less on F3 to F6."""
    wanted = 3 if evidence.is_network else 2
    for annealed, network in product(evidence.annealed_to_s2(), evidence.labels_of("wgan_gp")):
        decades = _log_errors(evidence, annealed) - _log_errors(evidence, network)
        ratios = [evidence.lines(annealed, name, "F", "pooled")["ratio"] for name in POLYTOPES]
        floors = float(np.exp(np.mean(np.log(ratios))))
        yield Finding(
            evidence.experiment,
            evidence.sample,
            f"{network} against {annealed}",
            decades,
            f"decades between their errors, mean of F3H, F3V, F4, F6; wanted: {wanted}",
            verdict(decades >= wanted),
            f"annealing stands at {floors:,.0f} floors: more than {np.log10(floors):.1f} decades "
            "cannot show",
        )


def _log_errors(evidence: Evidence, label: str) -> float:
    errors = [evidence.lines(label, name, "F", "pooled")["error"] for name in POLYTOPES]
    return float(np.mean(np.log10(errors)))


def lineal_path_of_pores(evidence: Evidence) -> Findings:
    """In isolated pores annealing underestimates the flat part of L."""
    if not evidence.is_network:
        yield from _lineal_path(evidence, sign=-1)


def lineal_path_of_network(evidence: Evidence) -> Findings:
    """In a fracture network it overestimates L."""
    if evidence.is_network:
        yield from _lineal_path(evidence, sign=1)


def _lineal_path(evidence: Evidence, sign: int) -> Findings:
    for label in evidence.annealed_to_s2():
        change = relative_change(evidence, label, "L")
        seen = evidence.seen(label, "L")
        yield Finding(
            evidence.experiment,
            evidence.sample,
            label,
            100 * change,
            "% change of the flat part of L against real tiles",
            verdict(seen == DIFFERENT and change * sign > 0, seen in (SAME, DIFFERENT)),
            f"L: {seen}",
        )


def polytopes_of_network(evidence: Evidence) -> Findings:
    """In a fracture network annealing overestimates every polytope function."""
    if not evidence.is_network:
        return
    for label in evidence.annealed_to_s2():
        changes = {name: relative_change(evidence, label, name) for name in POLYTOPES}
        seen = {name: evidence.seen(label, name) for name in POLYTOPES}
        others = [f"{name}: {told}" for name, told in seen.items() if told != DIFFERENT]
        least = min(changes, key=changes.get)
        yield Finding(
            evidence.experiment,
            evidence.sample,
            label,
            100 * changes[least],
            f"% change of {least}, the least of P3H, P3V, P4, P6",
            verdict(not others and changes[least] > 0, {*seen.values()} <= {SAME, DIFFERENT}),
            "; ".join(others) or f"all of them: {DIFFERENT}",
        )


def relative_change(evidence: Evidence, label: str, descriptor: str) -> float:
    """Return the change of a mean curve against real tiles, summed over the lags.

    Of L over its flat part: the lags beyond which the real curve stays under a tenth of the
    phase fraction; over all lags above 0 where it never does.
    """
    real, made = evidence.mean_curve(None, descriptor), evidence.mean_curve(label, descriptor)
    lags = real.index[(real.index > 0) & real.notna() & made.notna()]
    if descriptor == "L":
        flat = lags[real[lags] < real[0] / 10]
        lags = flat if len(flat) else lags
    return float((made[lags] - real[lags]).sum() / real[lags].sum())


def rounder_pores(evidence: Evidence) -> Findings:
    """Annealing makes isolated pores rounder."""
    yield from _pores(evidence, "elongation", f"elongation of pores of {LEAST_PORE} px and more")


def smaller_pores(evidence: Evidence) -> Findings:
    """Annealing makes isolated pores smaller."""
    yield from _pores(evidence, "area_px", "area of a pore")


def _pores(evidence: Evidence, column: str, what: str) -> Findings:
    if evidence.is_network:
        return
    pores = evidence.pores
    if column == "elongation":
        pores = pores[pores["area_px"] >= LEAST_PORE]
    for label in evidence.annealed_to_s2():
        real, made = pores[pores["source"] == REAL], pores[pores["source"] == label]
        if real.empty or made.empty:
            continue
        low, high = _range_of_ratio(real, made, column)
        yield Finding(
            evidence.experiment,
            evidence.sample,
            label,
            made[column].median() / real[column].median(),
            f"median {what}, annealed over real",
            verdict(high < 1),
            f"95 % of resampled tiles: {low:.2f} to {high:.2f}",
        )


def _range_of_ratio(real: pd.DataFrame, made: pd.DataFrame, column: str) -> tuple[float, float]:
    """The 2.5 and 97.5 % quantiles of the ratio of medians, tiles drawn with replacement."""
    rng = np.random.default_rng(0)
    sets = [
        [tile.to_numpy() for _, tile in table.groupby("tile")[column]] for table in (real, made)
    ]
    ratios = []
    for _ in range(RESAMPLES):
        medians = [
            np.median(np.concatenate([tiles[i] for i in rng.integers(len(tiles), size=len(tiles))]))
            for tiles in sets
        ]
        ratios.append(medians[1] / medians[0])
    low, high = np.quantile(ratios, (0.025, 0.975))
    return float(low), float(high)
