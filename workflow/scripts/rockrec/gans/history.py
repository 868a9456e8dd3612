"""The history of a training: a line per step, in memory and in the checkpoint, and as a table."""

import math
from pathlib import Path

import pandas as pd
import torch

from rockrec.housekeeping.outputs import written_whole

COLUMNS = (
    "step",
    "seconds",
    "loss_generator",
    "loss_discriminator",
    "score_real",
    "score_fake",
    "ada_p",
    "phase_fraction",
    "s2_error",
    "s2_floor",
    "s2_error_raw",
    "score",
    "guard",
)


class History:
    """Lines of COLUMNS; what was not measured at a step is NaN."""

    def __init__(self, lines: torch.Tensor | None = None):
        self.lines = [] if lines is None else lines.tolist()

    def add(self, **values: float) -> None:
        """Append a line."""
        self.lines.append([float(values.get(name, math.nan)) for name in COLUMNS])

    def amend(self, **values: float) -> None:
        """Fill in what a check measured after the last line's step."""
        for name, value in values.items():
            self.lines[-1][COLUMNS.index(name)] = float(value)

    def tensor(self) -> torch.Tensor:
        """Return all lines as float64 (lines, columns), for the checkpoint."""
        return torch.tensor(self.lines, dtype=torch.float64).reshape(-1, len(COLUMNS))

    def write(self, path: Path, kept_step: int | None, devices: list[tuple[int, str]]) -> None:
        """Write ``history.csv``.

        Parameters
        ----------
        kept_step : step whose weights are kept, marked in the column `kept`.
        devices : (first step, name) of each device that the training has run on.
        """
        table = pd.DataFrame(self.lines, columns=COLUMNS)
        table["step"] = table["step"].astype(int)
        table["kept"] = table["step"] == kept_step
        table["device"] = ""
        for first_step, name in devices:
            table.loc[table["step"] >= first_step, "device"] = name
        with written_whole(path) as partial:
            table.to_csv(partial, index=False, float_format="%.8g")
