"""Every statement of the paper that a run can test, and the table of what it says of them."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import pandas as pd

from rockrec.claims import annealing, networks, sizes
from rockrec.claims.evidence import Evidence, Finding, Findings
from rockrec.plain.records.verdicts import UNTESTABLE


class Claim(NamedTuple):
    """A statement of the paper, where it stands, how it is tested, and what a test needs."""

    name: str
    statement: str
    place: str
    test: Callable[[Evidence], Findings]
    needs: str


PORES = "a sample with isolated pores"
NETWORK = "a sample with a connected network"
ANNEALED = "annealing to S2 alone"
CLAIMS = (
    Claim(
        "higher_orders",
        "WGAN-GP errs two (isolated pores) to three (fracture network) decades less than "
        "annealing to S2 on higher orders",
        "Table S3",
        annealing.higher_orders,
        f"{ANNEALED} and wgan_gp in one experiment",
    ),
    Claim(
        "lineal_path_of_pores",
        "Annealing underestimates L in isolated pores",
        "Fig. 7c",
        annealing.lineal_path_of_pores,
        f"{ANNEALED}, {PORES}",
    ),
    Claim(
        "polytopes_of_network",
        "Annealing overestimates the polytope functions in the fracture network",
        "Fig. 4d",
        annealing.polytopes_of_network,
        f"{ANNEALED}, {NETWORK}",
    ),
    Claim(
        "lineal_path_of_network",
        "Annealing overestimates L in the fracture network",
        "Fig. 7d",
        annealing.lineal_path_of_network,
        f"{ANNEALED}, {NETWORK}",
    ),
    Claim(
        "rounder_pores",
        "Annealing makes isolated pores rounder",
        "Figs. 3c, 8",
        annealing.rounder_pores,
        f"{ANNEALED}, {PORES}",
    ),
    Claim(
        "smaller_pores",
        "Annealing makes isolated pores smaller",
        "Figs. 3c, 8a",
        annealing.smaller_pores,
        f"{ANNEALED}, {PORES}",
    ),
    Claim(
        "pore_size",
        "Where the curves flatten: pores are smaller than 10 px",
        "Fig. 4a",
        sizes.pore_size,
        PORES,
    ),
    Claim(
        "fracture_width",
        "Where the curves flatten: fractures are about 20 px wide",
        "Fig. 4b",
        sizes.fracture_width,
        NETWORK,
    ),
    Claim(
        "repetition",
        "DCGAN repeats patterns at r = 128 and 256 of 512 px",
        "Figs. 6c, 9",
        networks.repetition,
        f"dcgan, {PORES}",
    ),
    Claim(
        "collapse",
        "DCGAN collapses on the fracture network: its tiles are all alike",
        "Figs. S1c, S1d",
        networks.collapse,
        f"dcgan, {NETWORK}",
    ),
    Claim(
        "connected_fractures",
        "WGAN-GP and StyleGAN2-ADA reproduce the connectivity of fractures better than DCGAN",
        "Fig. 6",
        networks.connected_fractures,
        f"dcgan beside another network, {NETWORK}",
    ),
    Claim(
        "checkerboard",
        "WGAN-GP underestimates L, by a checkerboard",
        "Figs. 6e, 9",
        networks.checkerboard,
        "wgan_gp",
    ),
    Claim(
        "edge_excess",
        "StyleGAN2-ADA draws too many fractures at the border",
        "Figs. 10, S1g",
        networks.edge_excess,
        f"stylegan2_ada, {NETWORK}",
    ),
    Claim(
        "first_place",
        "StyleGAN2-ADA is nearest the rock of all networks",
        "Table S4",
        networks.first_place,
        "stylegan2_ada beside another network",
    ),
    Claim(
        "representative_size",
        "A square of 512 px is representative",
        "Fig. 5",
        sizes.representative_size,
        "an analysis of sizes",
    ),
    Claim(
        "settled_losses",
        "The losses of WGAN-GP settle after 250 steps",
        "Fig. 2b",
        networks.settled_losses,
        "wgan_gp",
    ),
    Claim(
        "speed_up",
        "A network draws 1,800 times faster than annealing",
        "Discussion",
        sizes.speed_up,
        f"{ANNEALED} and wgan_gp in one experiment",
    ),
)
COLUMNS = ("claim", "statement", "paper", *Finding._fields)


def assess_claims(evidence: Iterable[Evidence]) -> pd.DataFrame:
    """Hold every statement against everything the run knows.

    Parameters
    ----------
    evidence : one for each sample of each experiment.

    Returns
    -------
    Columns claim, statement, paper (where it stands), experiment, sample, method, number
    (ours), what (the number is, and what is wanted), verdict (holds | does not hold | not
    testable), note. A line for each rock and method that a statement can be tested on; a
    statement that none can has one line, which says what is missing.
    """
    evidence = list(evidence)
    rows = []
    for claim in CLAIMS:
        found = [finding for one in evidence for finding in claim.test(one)]
        missing = Finding("", "", "", float("nan"), "", UNTESTABLE, f"needs {claim.needs}")
        # The same sample in two experiments says the same of what concerns it alone.
        for finding in {str(finding): finding for finding in found or [missing]}.values():
            rows.append((claim.name, claim.statement, claim.place, *finding))
    return pd.DataFrame(rows, columns=list(COLUMNS))
