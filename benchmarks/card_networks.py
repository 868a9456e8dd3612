"""The networks that a card is tried with: the original StyleGAN2-ADA, and the paper's widths."""

# StyleGAN2's own size and regularisation; its values that depend on the size of the tiles are null.
ORIGINAL = {
    "kind": "stylegan2_ada",
    "channels": None,
    "max_channels": 512,
    "batch": None,
    "latent": 512,
    "mapping_layers": 8,
    "style_mixing": 0.9,
    "path_length": 2,
    "r1": None,
    "r1_every": 16,
    "unshuffle": False,
    "discriminator_width": 1,
    "shown_s2": False,
    "start": "learnt",
    "smooth_noise": False,
    "input_noise": 0,
}
# What else it learns by.
LEARNING = {
    "learning_rate": 0.0025,
    "discriminator_rate": None,
    "noise_strength": 0,
    "output": "linear",
    "ema": None,
    "ema_ramp": 0.05,
}
# The widths of the paper's DCGAN and WGAN-GP, and its batch.
PAPER = {"channels": 64, "max_channels": 1024}
PAPER_BATCH = {"batch": 128}

METHODS = {
    "wgan_gp": {"kind": "wgan_gp", **PAPER},
    "stylegan2_small": {"kind": "stylegan2_ada"},
    "stylegan2_original": ORIGINAL | LEARNING,
    # The small one's cures in the original's width.
    "stylegan2_wide": {
        "kind": "stylegan2_ada",
        "channels": None,
        "max_channels": 512,
        "batch": None,
        "latent": 512,
    },
}

# To rehearse on a processor.
QUICK = {"channels": 4, "max_channels": 8, "batch": 4, "latent": 16, "check_tiles": 16}
