"""Generative adversarial networks that learn to draw tiles of a rock.

What can be set stands in `rockrec.plain.records.kinds`. `training.train` trains a network of any
kind, `sampling` draws tiles from a trained one.
"""
