"""Gray levels of the minerals around pores and fractures, as an electron microscope shows them."""

import numpy as np

from rockrec.plain.records.rocks import RockVariant
from rockrec.synthetic import pores
from rockrec.synthetic.fractures import depth_in_fractures
from rockrec.synthetic.grains import grains
from rockrec.synthetic.plane import Piece, smooth_noise

# Layers of random numbers, beyond those of the media.
ZONING, FILLING, STRINGS, TRAINS, OLIVINE = 20, 21, 22, 23, 24
GRAY_SPREAD = 4.0  # between grains of a mineral

# Quartz, feldspars, epidote: level, and the share of the grains up to it.
UNALTERED = ((78.0, 0.45), (138.0, 0.75), (190.0, 1.0))
FELDSPARS = ((112.0, 0.6), (128.0, 1.0))
PORE = 42.0
REPLACED, TWINS = 7.0, 2.5  # gray levels that replacement adds, that twins go up and down

SERPENTINE = 85.0
OLIVINES = ((136.0, 0.88), (108.0, 1.0))  # the second is bastite, nearly as dark as serpentine
OLIVINE_GRAIN = 240.0  # px
CLEAVAGE = (7.0, 5.0)  # px and gray levels of bastite's stripes
MAGNETITE = 215.0


def altered_feldspar(seed: int, piece: Piece, variant: RockVariant) -> tuple[np.ndarray, ...]:
    """Return truth (height, width) uint8 and gray levels float32 of a rock with pores."""
    size = variant.feature_size
    truth, hosts = pores.draw_pores(seed, piece, variant)
    is_replaced = pores.replaced(seed, piece, hosts, size)
    traits = hosts.traits
    altered = traits[:, pores.REPLACED] < pores.PARTLY
    level = np.where(
        altered,
        _chosen(FELDSPARS, traits[:, pores.MINERAL]),
        _chosen(UNALTERED, traits[:, pores.MINERAL]),
    )
    level = level + GRAY_SPREAD * (traits[:, pores.SHADE] - 0.5) * np.sqrt(12)
    rows, columns = np.broadcast_arrays(*piece.places)
    lamella, *_ = pores.twin_places(hosts, rows, columns, hosts.owner, size)
    twins = np.where(np.floor(lamella) % 2, TWINS, -TWINS) * altered[hosts.owner]
    gray = level[hosts.owner] + twins + REPLACED * is_replaced
    return truth, _filled(seed, piece, truth, gray, PORE, variant.contrast)


def serpentinite(seed: int, piece: Piece, variant: RockVariant) -> tuple[np.ndarray, ...]:
    """Return truth (height, width) uint8 and gray levels float32 of a rock with fractures."""
    size = variant.feature_size
    depth = depth_in_fractures(seed, piece, variant)
    truth = (depth > 0).astype(np.uint8)
    relics = grains(seed, OLIVINE, piece, OLIVINE_GRAIN * size)
    level = _chosen(OLIVINES, relics.traits[:, 0])
    level = level + GRAY_SPREAD * (relics.traits[:, 1] - 0.5) * np.sqrt(12)
    rows, columns = piece.places
    turn = np.pi * relics.traits[relics.owner, 2]
    period, strength = CLEAVAGE
    stripes = np.sin(2 * np.pi / (period * size) * (np.cos(turn) * rows + np.sin(turn) * columns))
    is_bastite = relics.traits[relics.owner, 0] > OLIVINES[0][1]
    gray = level[relics.owner] + strength * stripes * is_bastite
    gray = _filled(seed, piece, truth, gray, SERPENTINE, variant.contrast)
    # Magnetite grows in the middle of fractures, in strings that come and go.
    beads = smooth_noise(seed, STRINGS, piece, 4.5 * size) > 1.4
    trains = smooth_noise(seed, TRAINS, piece, 130 * size) > 0.4
    gray[(depth > 1.5 * size) & beads & trains] = MAGNETITE
    return truth, gray


def _chosen(minerals, chance: np.ndarray) -> np.ndarray:
    """Return the gray level of grains by their chance from U[0, 1)."""
    levels, shares = map(np.array, zip(*minerals, strict=True))
    return levels[np.searchsorted(shares, chance, side="right")]


def _filled(seed, piece, truth, gray, filling, contrast) -> np.ndarray:
    """Zone the grains, bring them as near to the filling as asked for, and fill the truth."""
    gray = gray + GRAY_SPREAD * smooth_noise(seed, ZONING, piece, 10.0)
    inside = filling + 5.0 * smooth_noise(seed, FILLING, piece, 12.0)
    return np.where(truth == 1, inside, filling + contrast * (gray - filling)).astype(np.float32)


MEDIA = {"pores": altered_feldspar, "fractures": serpentinite}
