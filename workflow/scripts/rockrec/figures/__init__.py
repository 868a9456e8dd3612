"""Figures of the paper: one module each, named by what it shows, and one shared style.

Every ``plot_<what>`` takes tables or tiles and returns a matplotlib ``Figure``; nothing here
computes a descriptor, and only `rockrec.figures.sources` reads files. `rockrec.figures.style.save`
writes PDF and PNG.
"""
