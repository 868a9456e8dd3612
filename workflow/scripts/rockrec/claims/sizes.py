"""Statements on sizes and times: features, the representative size, the speed-up."""

import pandas as pd

from rockrec.claims.evidence import Evidence, Finding, Findings, verdict
from rockrec.plain.records.descriptors import DESCRIPTORS

PORE_SIZE, FRACTURE_WIDTH = 10, 20  # px, as the paper reads them off its curves
WITHIN = 1.5  # a factor: what the paper reads off is round
RES = 512  # px
SPEED_UP = 1800


def pore_size(evidence: Evidence) -> Findings:
    """Pores are smaller than 10 px: S2 has flattened by then."""
    if not evidence.is_network:
        yield from _feature_size(evidence, f"under {PORE_SIZE}", lambda lag: lag < PORE_SIZE)


def fracture_width(evidence: Evidence) -> Findings:
    """Fractures are about 20 px wide."""
    if evidence.is_network:
        low, high = FRACTURE_WIDTH / WITHIN, FRACTURE_WIDTH * WITHIN
        yield from _feature_size(
            evidence, f"{low:.0f} to {high:.0f}", lambda lag: low <= lag <= high
        )


def _feature_size(evidence: Evidence, wanted: str, fits) -> Findings:
    """First lag at which the band of the mean S2 holds φ²."""
    table = evidence.real
    s2 = table[(table["descriptor"] == "S2") & (table["quantity"] == "P")]
    level = s2["mean"].iloc[0] ** 2
    flat = s2[(s2["low"] <= level) & (level <= s2["high"]) & (s2["lag_px"] > 0)]
    lag = flat["lag_px"].iloc[0] if len(flat) else float("nan")
    note = f"{flat['lag_um'].iloc[0]:.3g} µm" if len(flat) else "the band never holds φ²"
    yield Finding(
        evidence.experiment,
        evidence.sample,
        "real",
        float(lag),
        f"px, first lag at which the band of S2 holds φ²; wanted: {wanted}",
        verdict(len(flat) > 0 and fits(lag)),
        note,
    )


def representative_size(evidence: Evidence) -> Findings:
    """A square of 512 px is representative, and none smaller: by F2, as the paper has it."""
    pooled = evidence.res[evidence.res["form"] == "pooled"]
    sizes = ", ".join(map(str, pooled["size_px"]))
    chosen = pooled.loc[pooled["res"].astype(bool), "size_px"]
    descriptor = pooled["descriptor"].iloc[0]
    wide_enough = RES in set(pooled["size_px"]) and pooled["size_px"].max() > RES
    yield Finding(
        "",
        evidence.sample,
        "real",
        float(chosen.iloc[0]) if len(chosen) else float("nan"),
        f"px, representative size by pooled {DESCRIPTORS[descriptor].scaled}; wanted: {RES} by F2",
        verdict(len(chosen) > 0 and chosen.iloc[0] == RES, wide_enough and descriptor == "S2"),
        f"sizes: {sizes}" + ("" if len(chosen) else "; it grows with the largest"),
    )


def speed_up(evidence: Evidence) -> Findings:
    """A network draws 1,800 times faster than annealing anneals."""
    for line in evidence.costs[evidence.costs["speed_up"].notna()].itertuples():
        if evidence.settings[line.method]["kind"] == "wgan_gp":
            yield Finding(
                evidence.experiment,
                evidence.sample,
                f"{line.method}/{line.replicate} against {line.annealing}",
                float(line.speed_up),
                f"times, 24 cores for annealing; wanted: {SPEED_UP:,}",
                verdict(line.speed_up >= SPEED_UP),
                _hardware(line),
            )


def _hardware(line) -> str:
    by_core = line.speed_up_one_core
    more = "" if pd.isna(by_core) else f"; {by_core:,.2g} times, one core against one core"
    return f"drawn on {line.sampling_hardware}{more}"
