"""How sure one mosaic makes of its rock: intervals, wanted sizes, and whether it is one rock."""
