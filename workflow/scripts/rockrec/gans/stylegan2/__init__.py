"""StyleGAN2 (Karras et al., 2020 a), written from the paper, for gray images.

In plain torch, twice differentiable on CPU and GPU. `generator` and `discriminator` are the
networks, `adversaries` their losses and what is measured along the way.
"""
