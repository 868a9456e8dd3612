"""The layers in the table are those of the network: all its weights, in the order data pass."""

import pytest

from rockrec.gans.architecture import list_layers
from rockrec.gans.networks import build
from rockrec.gans.settings import gan_settings

PAPER = {"latent": 512, "channels": 64, "upsampling": "transposed", "pointwise": True}


def parameters(network):
    return sum(p.numel() for p in network.parameters() if p.requires_grad)


@pytest.mark.parametrize(
    "block",
    [
        *(
            {"kind": kind, "upsampling": upsampling}
            for kind in ("dcgan", "wgan_gp")
            for upsampling in ("transposed", "blur", "resize")
        ),
        {"kind": "stylegan2_ada", "unshuffle": True},
        {"kind": "stylegan2_ada", "unshuffle": False},
    ],
)
def test_every_weight_is_in_the_table_once(block):
    settings = gan_settings({**block, "channels": 4})
    layers = list_layers(settings, 32)
    networks = build(32, settings, seed=0)
    for name in ("generator", "discriminator"):
        listed = layers.loc[layers["network"] == name, "parameters"].sum()
        assert listed == parameters(getattr(networks, name))


def test_weights_under_spectral_norm_are_counted_once():
    settings = gan_settings({"kind": "wgan_gp", "channels": 4, "spectral_norm": True})
    plain = gan_settings({"kind": "wgan_gp", "channels": 4})
    with_norm, without = list_layers(settings, 32), list_layers(plain, 32)
    assert with_norm["parameters"].tolist() == without["parameters"].tolist()
    assert with_norm["kind"].tolist() == without["kind"].tolist()


def test_the_papers_networks_have_the_papers_size():
    layers = list_layers(gan_settings({"kind": "wgan_gp", **PAPER}), 128)
    sizes = layers.groupby("network")["parameters"].sum()
    assert sizes["generator"] == pytest.approx(19.5e6, rel=0.01)
    assert sizes["discriminator"] == pytest.approx(11.2e6, rel=0.01)


def test_shapes_follow_the_data():
    layers = list_layers(gan_settings({"kind": "dcgan", **PAPER, "channels": 4}), 64)
    generator = layers[layers["network"] == "generator"]
    convolutions = generator[generator["kind"] == "ConvTranspose2d"]
    assert convolutions["height"].tolist() == [4, 8, 16, 32, 64]
    assert convolutions["channels"].iloc[-1] == 1
    assert convolutions["details"].iloc[1] == "kernel size 4, stride 2, padding 1"
    assert generator["kind"].iloc[-1] == "Tanh"
    critic = layers[layers["network"] == "discriminator"]
    assert critic["height"].iloc[0] == 32 and critic["height"].iloc[-1] == 1
