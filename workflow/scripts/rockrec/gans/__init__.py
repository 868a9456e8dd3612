"""Generative adversarial networks that learn to draw tiles of a rock.

`settings` says what can be set, `training.train` trains any of the networks in `networks`,
`sampling` draws tiles from a trained one. Nothing is imported here, so that a config can be
checked (`settings`) where torch is not installed.
"""
