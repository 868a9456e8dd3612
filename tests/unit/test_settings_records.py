"""A block of settings: its fields checked by what is told of them, and its schema."""

from dataclasses import dataclass

import pytest

from rockrec.plain.records.kinds import KINDS, NETWORKS, kinds_that
from rockrec.plain.records.schema import block_schema
from rockrec.plain.records.settings import (
    REQUIRED,
    Settings,
    altered,
    block,
    constant,
    of_the_paper,
    setting,
    training_keys,
    unset,
)


@dataclass(frozen=True, kw_only=True)
class Inner(Settings):
    """A block within."""

    path: str = setting(REQUIRED, "A path.")


@dataclass(frozen=True, kw_only=True)
class Family(Settings):
    """What both have."""

    steps: int = setting(4, "Steps.", minimum=2, multiple_of=2, paper=1000)
    other: None = unset()


@dataclass(frozen=True, kw_only=True)
class Block(Family):
    """A block of one of each sort."""

    rate: float = setting(0.5, "A rate.", above=0, below=1)
    bound: float | None = setting(None, "A bound, or none.", maximum=3)
    kind: str = constant("toy", "A toy.")
    named: dict[str, float] = setting({}, "Numbers by name.", above=0)
    words: tuple[str, ...] = setting(("a",), "Words.", choices=("a", "b"), at_least=1)
    pair: tuple[float, float] = setting((0.0, 1.0), "Two numbers.", minimum=0)
    choice: str | None = setting("a", "A word, or none.", choices=("a", "b"))
    on: bool = setting(True, "On or off.", trains=False)
    inner: Inner | None = setting(None, "A block, or none.")
    of_all_defaults: Inner = block()
    steps: int = altered(Family, "steps", default=6, paper=2000)


def test_the_schema_says_what_the_fields_say():
    schema = block_schema(Block)
    assert schema["additionalProperties"] is False
    assert "required" not in schema
    assert schema["properties"] == {
        "kind": {"const": "toy", "description": "A toy."},
        "rate": {
            "description": "A rate.",
            "type": "number",
            "exclusiveMinimum": 0,
            "exclusiveMaximum": 1,
            "default": 0.5,
        },
        "bound": {
            "description": "A bound, or none.",
            "type": ["number", "null"],
            "maximum": 3,
            "default": None,
        },
        "named": {
            "description": "Numbers by name.",
            "type": "object",
            "additionalProperties": {"type": "number", "exclusiveMinimum": 0},
            "default": {},
        },
        "words": {
            "description": "Words.",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": ["a", "b"]},
            "default": ["a"],
        },
        "pair": {
            "description": "Two numbers.",
            "type": "array",
            "minItems": 2,
            "maxItems": 2,
            "items": {"type": "number", "minimum": 0},
            "default": [0.0, 1.0],
        },
        "choice": {"description": "A word, or none.", "enum": ["a", "b", None], "default": "a"},
        "on": {"description": "On or off.", "type": "boolean", "default": True},
        "inner": {
            "description": "A block, or none.",
            "type": ["object", "null"],
            "additionalProperties": False,
            "required": ["path"],
            "properties": {"path": {"description": "A path.", "type": "string"}},
            "default": None,
        },
        "of_all_defaults": {
            "description": "A block within.",
            **block_schema(Inner),
            "default": {},
        },
        "steps": {
            "description": "Steps.",
            "type": "integer",
            "minimum": 2,
            "multipleOf": 2,
            "default": 6,
            "paper": 2000,
        },
    }


def test_what_is_particular_comes_before_what_the_family_has_and_the_kind_first():
    names = list(block_schema(Block)["properties"])
    assert (names[0], names[1], names[-1]) == ("kind", "rate", "steps")


def test_lists_become_tuples_and_whole_numbers_floats_where_those_are_meant():
    made = Block(pair=[0, 2], bound=2, words=["b"], of_all_defaults={"path": "x"})
    assert made.pair == (0.0, 2.0) and made.bound == 2.0 and made.words == ("b",)
    assert all(type(value) is float for value in (*made.pair, made.bound))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rate": 1}, "rate must be above 0 and below 1, not 1$"),
        ({"rate": float("nan")}, "rate must be above 0"),
        ({"rate": "0.5"}, "not '0.5'"),
        ({"rate": True}, "rate must be .*not True"),
        ({"bound": float("-inf")}, "bound must be at most 3, or null"),
        ({"bound": 10**400}, "bound must be"),
        ({"steps": 3}, "steps must be a whole number, 2 or more and a multiple of 2, not 3"),
        ({"steps": 4.0}, "steps must be a whole number"),
        ({"words": ["a", "a"]}, "words must be a list of a, b, each once"),
        ({"words": []}, "words must be"),
        ({"words": "a"}, "words must be"),
        ({"words": [["a"]]}, "words must be"),
        ({"pair": [1]}, "pair must be a list of 2 values, each 0 or more"),
        ({"choice": "c"}, "choice must be a or b or null"),
        ({"on": 1}, "on must be true or false"),
        ({"named": {"a": 0}}, "named must be values by name"),
        ({"kind": "doll"}, "kind must be 'toy'"),
        ({"other": 1}, "other is no setting of toy"),
        ({"step": 1}, "unknown setting 'step' of toy"),
    ],
    ids=str,
)
def test_mistakes_are_named(given, message):
    with pytest.raises(ValueError, match=message):
        Block.of(given)


def test_what_shapes_a_training_and_what_the_paper_states():
    assert "on" not in training_keys(Block)
    assert {"rate", "steps", "other"} <= set(training_keys(Block))
    assert of_the_paper(Block) == {"steps": "2000"}
    assert of_the_paper(Family) == {"steps": "1000"}


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_found_by_its_name_and_has_complete_defaults(name):
    kind = KINDS[name]
    required = {"stack": "stack.tif"} if kind.is_external else {}
    assert kind.settings.of({"kind": name, **required}).kind == kind.name == name


@pytest.mark.parametrize("name", NETWORKS)
def test_sampling_shapes_no_training(name):
    spared = {"size", "limit", "replicates", "realisations", "per_sample"}
    assert not spared & set(KINDS[name].trained_on)
    assert {"kind", "steps", "batch", "threshold"} <= set(KINDS[name].trained_on)


def test_capabilities_are_asked_by_name():
    assert kinds_that("walks_latent_space") == ("stylegan2_ada",)
    assert kinds_that("gradient_penalty") == ("wgan_gp",)
    assert "stylegan2_ada" not in kinds_that("draws_larger")
