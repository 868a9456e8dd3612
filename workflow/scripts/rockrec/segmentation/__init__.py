"""Segment a mosaic with a model that was taught by a few labelled pixels of it.

`training` trains a U-Net and `inference` segments with it; `forests` does both without a network.
What they share: `fields` and `places` (of labels), `parts`, `scores`.
"""
