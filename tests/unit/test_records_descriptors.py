"""Records of descriptors name what the library counts, and say of it what the library does."""

from pathlib import Path

import pytest
import torch

import rockrec
from rockrec.annealing import energy
from rockrec.descriptors import FUNCTIONS, NAMES, ORDER
from rockrec.descriptors.curves import LINES
from rockrec.descriptors.torch_twin import describe_torch
from rockrec.plain.records.descriptors import (
    DESCRIPTORS,
    GUIDES,
    OF_PAPER,
    TARGETS,
    is_s2_alone,
    met_by,
)
from rockrec.plain.records.diagnoses import DIAGNOSES
from rockrec.plain.records.kinds import KINDS


def test_every_descriptor_that_is_counted_has_a_record_and_the_other_way_round():
    assert set(DESCRIPTORS) == set(NAMES)
    assert {name: one.order for name, one in DESCRIPTORS.items() if one.order} == ORDER
    assert OF_PAPER == FUNCTIONS
    means = {name: one.mean_of for name, one in DESCRIPTORS.items() if one.mean_of}
    assert means == {name: parts for name, parts in LINES.items() if set(parts) <= set(NAMES)}


def test_what_annealing_is_held_to_and_what_guides_a_network():
    assert set(TARGETS) == set(energy.TARGETS)
    images = torch.rand(1, 8, 8, requires_grad=True)
    for name in DESCRIPTORS:
        if name in GUIDES:
            describe_torch(images, [name])[name].sum().backward()
            assert images.grad.any()
            images.grad = None
        else:
            with pytest.raises(ValueError, match=name):
                describe_torch(images, [name])


@pytest.mark.parametrize(
    ("targets", "met"),
    [
        (["S2H"], ("S2H",)),
        (["S2H", "L", "S2V"], ("S2H", "L", "S2V", "S2")),
        (["S2", "S2H", "S2V"], ("S2", "S2H", "S2V")),
    ],
)
def test_a_mean_is_met_where_its_parts_are(targets, met):
    assert met_by(targets) == met


def test_s2_alone_may_be_given_by_its_directions():
    assert is_s2_alone(["S2"]) and is_s2_alone(["S2V", "S2H"])
    assert not is_s2_alone(["S2H"]) and not is_s2_alone(["S2", "L"])


def test_scaled_curves_have_names():
    names = {name: DESCRIPTORS[name].scaled for name in ("S2", "P3H", "S2D+", "L")}
    assert names == {"S2": "F2", "P3H": "F3H", "S2D+": "F2D+", "L": "L/φ"}


@pytest.mark.parametrize("room", ["descriptors", "annealing"])
def test_what_is_counted_is_no_matter_of_titles(room):
    modules = list((Path(rockrec.__file__).parent / room).glob("*.py"))
    assert modules
    assert not [m.name for m in modules if "records.descriptors" in m.read_text(encoding="utf-8")]


def test_cures_are_for_diagnoses():
    assert {name for kind in KINDS.values() for name in kind.cures} == set(DIAGNOSES)
