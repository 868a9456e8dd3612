"""The schema that users see and the library that obeys it name the same settings and defaults."""

import dataclasses

import pytest

from rockrec.annealing import Schedule
from rockrec.gans.settings import gan_settings
from rockrec.plain.records.kinds import NETWORKS
from rockrec_settings.resolve import NOT_FOR_THE_NETWORK
from rockrec_settings.schema import load_schema

BLOCKS = load_schema()["$defs"]


def defaults(block, omit=()):
    """Key to default of a block of the schema."""
    named = {
        key: BLOCKS[sub["$ref"].split("/")[-1]] if "$ref" in sub else sub
        for key, sub in BLOCKS[block]["properties"].items()
    }
    return {
        key: sub["default"] for key, sub in named.items() if "default" in sub and key not in omit
    }


@pytest.mark.parametrize("kind", NETWORKS)
def test_networks(kind):
    of_library = gan_settings({"kind": kind}).as_dict()
    of_schema = {"kind": kind, **defaults(kind, omit=NOT_FOR_THE_NETWORK)}
    assert of_schema == {key: value for key, value in of_library.items() if key in of_schema}
    assert not [
        key for key, value in of_library.items() if key not in of_schema and value is not None
    ]


def test_annealing():
    of_library = dataclasses.asdict(Schedule())
    of_schema = defaults("sa")
    assert of_library == {key: of_schema[key] for key in of_library}


def test_unet():
    pytest.importorskip("segmentation_models_pytorch")
    from rockrec.segmentation import UNetSettings

    assert dataclasses.asdict(UNetSettings()) == defaults("unet", omit=["init_from", "per_sample"])
