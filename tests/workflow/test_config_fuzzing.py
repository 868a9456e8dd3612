"""Whatever stands in a config: it is refused with the path of the key, or its DAG can be built."""

import copy
import math
import os
from pathlib import Path

import pytest
from edits import keys_of
from hypothesis import given, settings, strategies
from planning import dag_of
from test_reruns import config_of_everything

from rockrec_settings.resolve import SettingsError, resolve

ODD = (
    *(None, True, False, 0, 1, -1, 7, 10**9, 10**30, 10**400, 0.5, -0.5, 1e308, 1e-300),
    *(math.nan, math.inf, -math.inf, "", " ", "nan", "1e-4", "-1", "1e999", "x", "x" * 300),
    *("..", "../x", "/", "/dev/null", "{sample}", "{0.__class__}", "a{row}{column}b", "$(touch x)"),
    *("a\nb", "a\0b", "é", "train", "figures", "made", "sa", "raw.tif", "segmented.tif", "*"),
    *([], {}, [None], ["sa", "sa"], [0, 0], [[1]], {"": 1}, {1: 2}, {None: None}, {"x": {"y": 1}}),
)
values = strategies.one_of(
    strategies.sampled_from(ODD),
    strategies.integers(),
    strategies.floats(),
    strategies.text(max_size=20),
    strategies.lists(strategies.sampled_from(ODD[:30]), max_size=3),
)


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """A config that has every key of the schema somewhere, written out, in its folder."""
    folder, before = tmp_path_factory.mktemp("fuzzing"), Path.cwd()
    os.chdir(folder)
    yield resolve(config_of_everything(folder))
    os.chdir(before)


def places(value, path=()):
    """The path of every key and item below a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield (*path, key)
        if isinstance(item, dict | list):
            yield from places(item, (*path, key))


def near_bounds(node):
    """Numbers at and beyond the bounds that the schema gives a key."""
    for name in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"):
        if name in node:
            yield from (node[name] - 1, node[name], node[name] + 1, float(node[name]))


@strategies.composite
def mutations(draw, config):
    """A config in which one thing, or two, are other than they should be, and what."""
    changed, where = copy.deepcopy(config), []
    bounds = {key.path: list(near_bounds(key.node)) for key in keys_of(config)}
    for _ in range(draw(strategies.integers(1, 2))):
        path = draw(strategies.sampled_from(sorted(places(changed), key=repr)))
        block = changed
        for step in path[:-1]:
            block = block[step]
        how = draw(strategies.sampled_from(("replace", "replace", "bound", "delete", "add")))
        if how == "delete":
            del block[path[-1]]
        elif how == "bound" and bounds.get(path):
            block[path[-1]] = draw(strategies.sampled_from(bounds[path]))
        elif how == "add" and isinstance(block, dict):
            name = draw(strategies.one_of(strategies.sampled_from(ODD[:37]), strategies.text()))
            block[name] = copy.deepcopy(block[path[-1]])
            path = (*path[:-1], name)
        else:
            block[path[-1]] = draw(values)
        where.append(path)
    return changed, where


def refused(config):
    """The mistakes of a config, None if it has none."""
    try:
        resolve(config)
    except SettingsError as error:
        return "\n".join(error.mistakes)
    return None


@settings(max_examples=200, deadline=None, derandomize=True)
@given(data=strategies.data())
def test_a_config_is_taken_or_its_mistakes_are_named_by_path(config, data):
    changed, where = data.draw(mutations(config))
    said = refused(changed)
    if said is not None:
        named = {str(step) for path in where for step in path}
        assert any(name in said for name in named), (said, where)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=strategies.data())
def test_a_config_that_is_taken_builds_a_dag(config, data):
    changed, _ = data.draw(mutations(config).filter(lambda drawn: refused(drawn[0]) is None))
    with dag_of(Path.cwd(), changed) as workflow:
        assert len(list(workflow.dag.jobs)) > 1
