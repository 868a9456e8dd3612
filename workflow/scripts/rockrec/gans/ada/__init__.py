"""Adaptive discriminator augmentation (ADA; Karras et al., 2020 b), for gray images.

With few tiles the discriminator learns them by heart. ADA shows it augmented ones, real and
generated alike, each with a probability p that a controller raises while the discriminator is too
sure of the real ones. As long as p is well below 1 the generator still learns the tiles as they
are, because no other rock looks like this one under the same augmentations.
"""
