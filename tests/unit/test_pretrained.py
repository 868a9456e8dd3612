"""Weights of an encoder that was trained before: taken from a file, or refused by name."""

import pickle

import pytest
import torch
from safetensors.torch import save_file
from segmentation_models_pytorch.encoders import get_encoder

from rockrec.plain.records.unet import UNetSettings
from rockrec.segmentation.model import UNet, build_network, load_unet, save_unet
from rockrec.segmentation.pretrained import WeightsError

NAME = "resnet18"


@pytest.fixture
def state():
    """Weights of three channels, with a classifier, as ImageNet's are."""
    torch.manual_seed(5)
    classifier = {"fc.weight": torch.ones(10, 512), "fc.bias": torch.zeros(10)}
    return get_encoder(NAME, weights=None).state_dict() | classifier


def network_with(path):
    torch.manual_seed(1)
    return build_network(UNetSettings(encoder=NAME, encoder_weights=str(path)), 2)


def as_it_is(state):
    return state


def older(state):
    return {key: value for key, value in state.items() if "num_batches" not in key}


def of_several_gpus(state):
    return {"epoch": 3, "state_dict": {f"module.{key}": value for key, value in state.items()}}


def of_a_whole_network(state):
    return {f"encoder.{key}": value for key, value in state.items()} | {"decoder.x": torch.ones(2)}


@pytest.mark.parametrize("form", [as_it_is, older, of_several_gpus, of_a_whole_network])
def test_the_encoder_sees_gray_as_three_equal_channels(state, tmp_path, form, caplog):
    caplog.set_level("INFO")
    torch.save(form(state), tmp_path / "weights.pth")
    encoder, wide = network_with(tmp_path / "weights.pth").encoder, get_encoder(NAME, weights=None)
    wide.load_state_dict(dict(state))
    gray = torch.rand(1, 1, 64, 64)
    with torch.inference_mode():
        one, three = encoder.eval()(gray), wide.eval()(gray.expand(-1, 3, -1, -1))
    for found, expected in zip(one[1:], three[1:], strict=True):
        assert torch.allclose(found, expected, atol=1e-4)
    assert "SHA-256" in caplog.text and "classifier, fc.weight" in caplog.text


def test_safetensors_and_weights_of_one_channel_are_read(state, tmp_path):
    state["conv1.weight"] = state["conv1.weight"][:, :1].clone()
    save_file(state, tmp_path / "weights.safetensors")
    encoder = network_with(tmp_path / "weights.safetensors").encoder
    assert torch.equal(encoder.state_dict()["conv1.weight"], state["conv1.weight"])


def test_the_decoder_and_a_network_without_such_weights_are_as_before(state, tmp_path):
    torch.save(state, tmp_path / "weights.pth")
    torch.manual_seed(1)
    before = build_network(UNetSettings(encoder=NAME), 2).state_dict()
    after = network_with(tmp_path / "weights.pth").state_dict()
    assert all(torch.equal(before[key], after[key]) for key in before if "encoder" not in key)
    assert not torch.equal(before["encoder.conv1.weight"], after["encoder.conv1.weight"])


def test_a_trained_network_needs_the_file_no_more(state, tmp_path):
    path = tmp_path / "weights.pth"
    torch.save(state, path)
    settings = UNetSettings(encoder=NAME, encoder_weights=str(path))
    unet = UNet(build_network(settings, 2), settings, (1, 2), (0, 255))
    save_unet(tmp_path / "model.pt", unet)
    path.unlink()
    loaded = load_unet(tmp_path / "model.pt").network.state_dict()
    assert all(torch.equal(value, loaded[key]) for key, value in unet.network.state_dict().items())


def without(key):
    return lambda state: {name: value for name, value in state.items() if name != key}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without("layer2.0.conv1.weight"), "lacks 1 of its 120 tensors (layer2.0.conv1.weight)"),
        (
            lambda state: state | {"layer9.weight": torch.ones(3)},
            "has 1 that it does not know (layer9.weight)",
        ),
        (
            lambda state: state | {"conv1.weight": torch.ones(64, 3, 3, 3)},
            "conv1.weight is 64 x 3 x 3 x 3, not 64 x 3 x 7 x 7",
        ),
        (lambda state: get_encoder("resnet34", weights=None).state_dict(), "and 92 more)"),
        (lambda state: {"state_dict": 3}, "no state dict"),
        (lambda state: [1, 2], "no state dict"),
        (lambda state: {}, "no state dict"),
    ],
)
def test_what_differs_is_named_with_the_file(state, tmp_path, change, said):
    torch.save(change(state), tmp_path / "weights.pth")
    with pytest.raises(WeightsError, match="weights.pth") as refused:
        network_with(tmp_path / "weights.pth")
    assert said in str(refused.value)


class Trap:
    def __reduce__(self):
        return open, ("sprung", "w")


@pytest.mark.parametrize(
    "content",
    [None, b"", b"no weights", pickle.dumps(Trap())],
    ids=["none", "empty", "text", "trap"],
)
def test_nothing_but_tensors_is_unpickled(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / "weights.pth").write_bytes(content)
    with pytest.raises(WeightsError, match="weights.pth"):
        network_with("weights.pth")
    torch.save({"conv1.weight": Trap()}, tmp_path / "weights.pth")
    with pytest.raises(WeightsError, match="safely"):
        network_with("weights.pth")
    assert not (tmp_path / "sprung").exists()
