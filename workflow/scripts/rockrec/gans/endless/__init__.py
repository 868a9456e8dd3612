"""A generator on the infinite plane: without a border, without a size of its own.

No convolution is padded, and the noise is a hash of absolute pixel positions. So a model and a
seed are a field of rock of which any window can be drawn by itself (after the spatial GANs of
Jetchev et al., 2016, and of Bergmann et al., 2017, and the infinite images of Lin et al., 2022).
"""
