"""What a microstructure does: how it conducts, and how wide and how long its phase is."""

from rockrec.transport.chords import chord_lengths
from rockrec.transport.diffusivity import effective_diffusivity, measure_diffusivity
from rockrec.transport.thickness import local_thickness
from rockrec.transport.widths import measure_widths

__all__ = [
    "chord_lengths",
    "effective_diffusivity",
    "local_thickness",
    "measure_diffusivity",
    "measure_widths",
]
