"""What is compared beside whole curves, by the descriptor and the form of its line of errors.

What counts a whole tile is computed in `rockrec.description`.
"""

AT_PHI = "at_phi"  # the form of curves that are compared at equal phase fraction
SPREAD = "spread of S2 between tiles"
ONE_PHASE = "share of tiles with one phase"
SCALARS = {
    ("phase_fraction", "mean"): "phase fraction",
    ("euler_number", "mean"): "Euler number",
    ("perimeter", "mean"): "specific perimeter",
    ("percolation_x", "mean"): "share of tiles that percolate in x",
    ("percolation_y", "mean"): "share of tiles that percolate in y",
    ("pore_area", "wasserstein"): "pore area",
    ("pore_orientation", "wasserstein"): "pore orientation",
    ("one_phase", "mean"): ONE_PHASE,
    ("S2", "spread"): SPREAD,
}
