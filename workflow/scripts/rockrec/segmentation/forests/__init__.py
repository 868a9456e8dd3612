"""Segment a mosaic with a forest: trees on classical features, fitted to labels in seconds.

Knows no network: a forest needs neither torch nor a GPU.
"""
