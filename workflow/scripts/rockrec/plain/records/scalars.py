"""What is compared beside whole curves, by the descriptor and the form of its line of errors.

What counts a whole tile is computed in `rockrec.description`, how it conducts and how wide its
phase is in `rockrec.transport`.
"""

AT_PHI = "at_phi"  # the form of curves that are compared at equal phase fraction
SPREAD = "spread of S2 between tiles"
ONE_PHASE = "share of tiles with one phase"
# Of a tile as a whole, along rows and columns.
DIFFUSIVITIES = {
    "diffusivity_x": "diffusivity in x",
    "diffusivity_y": "diffusivity in y",
    "diffusivity_rest_x": "diffusivity of the rest in x",
    "diffusivity_rest_y": "diffusivity of the rest in y",
    "diffusivity_contrast_x": "diffusivity of both phases in x",
    "diffusivity_contrast_y": "diffusivity of both phases in y",
}
# Distributions.
WIDTHS = {
    "local_thickness": "local thickness",
    "chord_x": "chord length in x",
    "chord_y": "chord length in y",
}
SCALARS = {
    ("phase_fraction", "mean"): "phase fraction",
    ("euler_number", "mean"): "Euler number",
    ("perimeter", "mean"): "specific perimeter",
    ("percolation_x", "mean"): "share of tiles that percolate in x",
    ("percolation_y", "mean"): "share of tiles that percolate in y",
    **{(name, "mean"): title for name, title in DIFFUSIVITIES.items()},
    ("pore_area", "wasserstein"): "pore area",
    ("pore_orientation", "wasserstein"): "pore orientation",
    **{(name, "wasserstein"): title for name, title in WIDTHS.items()},
    ("one_phase", "mean"): ONE_PHASE,
    ("S2", "spread"): SPREAD,
}
