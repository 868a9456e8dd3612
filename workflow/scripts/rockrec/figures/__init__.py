"""Figures of the paper: one module each, named by what it shows, and one shared style.

Every ``plot_<what>`` takes tables or tiles and returns a matplotlib ``Figure``; nothing here
reads or computes a descriptor. `rockrec.figures.style.save` writes PDF and PNG.
"""
