"""What a cooling schedule says of the energy at hand: the moves of a stage, and where to stop."""

import numpy as np

from rockrec.annealing.energy import Energy
from rockrec.plain.records.kinds.sa import Schedule

# A mean squared error of a curve that needs no bettering: a tenth of the paper's best.
FINE_ERROR = 1e-9


def moves_of(schedule: Schedule, energy: Energy) -> int:
    """Return the moves of a stage: by default as many as the images have pixels."""
    if schedule.moves_per_stage is not None:
        return schedule.moves_per_stage
    return energy.shape[0] * energy.shape[1]


def stop_of(schedule: Schedule, energy: Energy) -> float:
    """Return the energy at which the annealing stops, and is then called converged.

    By default that of curves with a mean squared error of 1e-9, or that are off by one count at
    each lag where an image is too small to tell so little; the Euler number is met.
    """
    if schedule.stop_energy is not None:
        return schedule.stop_energy
    slack = energy.weight * np.maximum(energy.of_one_count(), FINE_ERROR)
    return float(slack[[name != "euler_number" for name in energy.names]].sum())


def temperature_for(rises: np.ndarray, accepted: float) -> float:
    """Return the temperature at which a share of the moves that raise the energy is accepted.

    Parameters
    ----------
    rises : of the energy, by trial moves that were not made; falls among them do not count.
    """
    rises = rises[rises > 0]
    if not len(rises):
        return 0.0
    low, high = np.log(rises.min()) - 10, np.log(rises.max()) + 10
    for _ in range(60):
        middle = (low + high) / 2
        if np.exp(-rises / np.exp(middle)).mean() < accepted:
            low = middle
        else:
            high = middle
    return float(np.exp(high))
