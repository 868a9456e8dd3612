"""The torch twin: equal to the exact descriptors, with the right gradients."""

import numpy as np
import pytest
import torch

from rockrec.descriptors import ORDER, describe
from rockrec.descriptors.torch_twin import describe_torch

BOUNDARIES = ("unbiased", "periodic", "amiri2023")
FUNCTIONS = (*ORDER, "L")
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def random_images(seed, shape, phase_fraction=0.6):
    return np.random.default_rng(seed).random(shape) < phase_fraction


def bent(r):
    return [(0, 0), (-r, 2 * r), (r // 2, -3)]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("phase_fraction", [0, 0.05, 0.6, 1])
def test_whole_counts_equal_the_kernel(phase_fraction, boundary, device):
    images = random_images(1, (3, 23, 23), phase_fraction)
    named = {f: f for f in FUNCTIONS} | {"bent": bent}
    expected = describe(images, named, boundary)
    found = describe_torch(torch.from_numpy(images).to(device), named, boundary)
    assert list(found) == list(named)
    for name, curve in expected.items():
        np.testing.assert_array_equal(found[name].cpu().numpy(), curve, err_msg=name)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("boundary", ["unbiased", "periodic"])
def test_soft_form_on_binary_images_is_the_exact_one(boundary, dtype, device):
    images = random_images(2, (2, 20, 31))
    expected = describe(images, FUNCTIONS, boundary)
    tensor = torch.from_numpy(images).to(device, dtype)[:, None]
    for name, curve in describe_torch(tensor, FUNCTIONS, boundary).items():
        assert curve.dtype == dtype
        precision = 4 * torch.finfo(dtype).eps
        np.testing.assert_allclose(curve.cpu().numpy(), expected[name], rtol=0, atol=precision)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_gradients_are_the_numerical_ones(function, boundary, device):
    generator = torch.Generator().manual_seed(3)
    images = torch.rand((2, 7, 7), generator=generator, dtype=torch.float64).to(device)
    images.requires_grad_()

    def curve(values):
        return describe_torch(values, [function], boundary, lags=[0, 2])[function]

    assert torch.autograd.gradcheck(curve, images)


def test_gradient_of_s2_by_hand():
    image = torch.tensor([[[0.2, 0.5], [0.3, 0.9]]], requires_grad=True)
    describe_torch(image, ["S2H"], lags=[1])["S2H"].sum().backward()
    torch.testing.assert_close(image.grad, torch.tensor([[[0.25, 0.1], [0.45, 0.15]]]))


def test_lags_are_those_asked_for_in_their_order():
    images = torch.from_numpy(random_images(4, (2, 20, 20)))
    every = describe_torch(images, FUNCTIONS)
    some = describe_torch(images, FUNCTIONS, lags=[7, 0, 3])
    for name in FUNCTIONS:
        assert every[name].shape == (2, 10)
        torch.testing.assert_close(some[name], every[name][:, [7, 0, 3]], rtol=0, atol=0)


def test_a_step_down_the_gradient_comes_closer_to_the_target():
    target = describe_torch(torch.from_numpy(random_images(5, (1, 16, 16))).double())
    images = torch.rand((1, 16, 16), generator=torch.Generator().manual_seed(6)).double()
    errors = []
    for _ in range(20):
        images.requires_grad_()
        curves = describe_torch(images)
        error = sum(((curves[name] - target[name]) ** 2).mean() for name in curves)
        (gradient,) = torch.autograd.grad(error, images)
        images = (images - 5 * gradient).clamp(0, 1).detach()
        errors.append(error.item())
    assert all(later < earlier for earlier, later in zip(errors, errors[1:], strict=False))


@pytest.mark.parametrize(
    ("images", "arguments", "message"),
    [
        (torch.zeros(8, 8), {}, r"not \(8, 8\)"),
        (torch.zeros(1, 3, 8, 8), {}, r"not \(1, 3, 8, 8\)"),
        (torch.full((1, 8, 8), 2), {}, "0 and 1 only, found 2"),
        (torch.full((1, 8, 8), 1.5), {}, r"\[0, 1\] only, found 1.5"),
        (torch.full((1, 8, 8), torch.nan), {}, "found nan"),
        (torch.zeros(1, 8, 8), {"functions": ["C2"]}, "C2 has no form"),
        (torch.zeros(1, 8, 8), {"functions": ["S5"]}, "unknown function 'S5'"),
        (torch.zeros(1, 8, 8), {"lags": [3, 8]}, "9 lags"),
        (torch.zeros(1, 8, 8), {"lags": [-1]}, "0 or more"),
        (torch.zeros(1, 8, 8), {"lags": []}, "at least one"),
        (torch.zeros(1, 8, 9), {"boundary": "amiri2023"}, "square"),
    ],
)
def test_bad_input_is_named(images, arguments, message):
    with pytest.raises(ValueError, match=message):
        describe_torch(images, **arguments)
