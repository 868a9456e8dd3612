"""The cooling schedule: what the annealing is told about temperatures, moves and stopping."""

import math
from dataclasses import dataclass

import numpy as np

from rockrec.annealing.energy import Energy

# A mean squared error of a curve that needs no bettering: a tenth of the paper's best.
FINE_ERROR = 1e-9


@dataclass(frozen=True)
class Schedule:
    """Geometric cooling: `moves_per_stage` moves at T0, then at T0 * cooling, ..., `stages` times.

    The defaults of T0, cooling and stages are those of Amiri et al. (2023).

    Attributes
    ----------
    initial_temperature : T0, in units of the energy.
    cooling : factor of the temperature from one stage to the next.
    stages : number of temperatures.
    moves_per_stage : swaps tried at each; by default as many as the image has pixels.
    stop_energy : the annealing stops at this energy, and is then called converged; by default
        that of curves with a mean squared error of 1e-9, or that are off by one count at each
        lag where an image is too small to tell so little.
    interface_moves : swap only pixels that have an unlike neighbour.

    Raises
    ------
    ValueError : a value out of its range.
    """

    initial_temperature: float = 1e-7
    cooling: float = 0.97
    stages: int = 250
    moves_per_stage: int | None = None
    stop_energy: float | None = None
    interface_moves: bool = True

    def __post_init__(self):
        if not 0 <= self.initial_temperature < math.inf:
            raise ValueError(f"initial_temperature is {self.initial_temperature}: from 0 is needed")
        if not 0 < self.cooling <= 1:
            raise ValueError(f"cooling is {self.cooling}: above 0, up to 1 is needed")
        if self.stages < 1:
            raise ValueError(f"stages is {self.stages}: at least 1 is needed")
        if self.moves_per_stage is not None and self.moves_per_stage < 1:
            raise ValueError(f"moves_per_stage is {self.moves_per_stage}: at least 1 is needed")
        if self.stop_energy is not None and not 0 <= self.stop_energy < math.inf:
            raise ValueError(f"stop_energy is {self.stop_energy}: from 0 is needed")

    def moves_of(self, energy: Energy) -> int:
        """Moves of a stage, for images of the energy's shape."""
        if self.moves_per_stage is not None:
            return self.moves_per_stage
        return energy.shape[0] * energy.shape[1]

    def stop_of(self, energy: Energy) -> float:
        """The stopping energy."""
        if self.stop_energy is not None:
            return float(self.stop_energy)
        return float((energy.weight * np.maximum(energy.of_one_count(), FINE_ERROR)).sum())
