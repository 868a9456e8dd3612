"""Generative adversarial networks that learn to draw tiles of a rock.

What can be set stands in `rockrec.plain.records.kinds`. `training.train` trains any kind of network,
`sampling` draws tiles from a trained one.
"""
