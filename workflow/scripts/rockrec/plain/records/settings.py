"""A setting is a field of a dataclass: its default, what it means, and what it may be.

The config's schema, the table of its keys and the checks of the library are read off the fields,
see `rockrec.plain.records.schema`.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral

from rockrec.plain.records.schema import block_schema
from rockrec.plain.records.values import fits, in_words

REQUIRED = dataclasses.MISSING  # a setting without a default
PRECISIONS = ("float32", "bfloat16")  # that a network may compute at
COMPILED = ("none", "passes", "graphs")  # how far a network is compiled
KEYWORDS = {
    "minimum": "minimum",
    "above": "exclusiveMinimum",
    "maximum": "maximum",
    "below": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "choices": "enum",
    "pattern": "pattern",
    "at_least": "at_least",
}


def setting(default, description: str, *, paper=None, trains: bool = True, **limits):
    """Return the field of a setting.

    Whether it is whole, a number, text, a list or null, its annotation says.

    Parameters
    ----------
    default : REQUIRED for none.
    description : what it means, with its unit.
    paper : the value of Amiri et al. (2023), where they state one.
    trains : whether it shapes what a network learns.
    **limits : ``minimum``, ``above`` (it), ``maximum``, ``below`` (it), ``multiple_of``,
        ``choices`` and ``pattern``, of a list for each of its items; and the least number of items,
        ``at_least``.
    """
    told = {KEYWORDS[name]: value for name, value in limits.items()}
    if paper is not None:
        told["paper"] = paper
    return _field(default, {"description": description, **told, "trains": trains})


def constant(value: str, description: str):
    """Return the field of a setting that has one value, which says what kind of block it is in."""
    return _field(value, {"description": description, "const": value, "trains": True})


def block(default=None):
    """Return the field of a block of settings, which its class describes.

    By default its settings have the defaults of their own; REQUIRED for a block that must be given.
    """
    return _field({} if default is None else default, {"trains": True})


def unset():
    """Return a field that is no setting, and null: others of its family have one of its name."""
    return dataclasses.field(default=None)


def altered(family: type, name: str, **changes):
    """Return the field of a setting of `family` with another default, description, limit or paper.

    Parameters
    ----------
    changes : ``default``, or any of the keywords of `setting`.
    """
    known = family.__dataclass_fields__[name]
    default = changes.pop("default", known.default)
    told = {KEYWORDS.get(key, key): value for key, value in changes.items()}
    return _field(default, {**known.metadata, **told})


def _field(default, metadata: dict):
    if isinstance(default, dict):
        return dataclasses.field(default_factory=default.copy, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A block of settings. Lists become tuples, and whole numbers floats where those are meant.

    Raises
    ------
    ValueError : a value that a setting may not have; the message names it, and what is wanted.
    """

    def __post_init__(self):
        known = block_schema(type(self))["properties"]
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            node = known.get(field.name)
            if node is None:
                if value is not None:
                    raise ValueError(f"{field.name} is no setting of {self._title()}")
                continue
            if not fits(value, node):
                raise ValueError(f"{field.name} must be {in_words(node)}, not {value!r}")
            object.__setattr__(self, field.name, _as_meant(value, node))
        self._check_together()

    def _check_together(self) -> None:
        """Raise ValueError for settings that do not fit one another."""

    @classmethod
    def of(cls, given: Mapping):
        """Return the settings of a block of the config.

        Raises
        ------
        ValueError : an unknown setting, or a value that one may not have.
        """
        known = {field.name for field in dataclasses.fields(cls)}
        for name in given:
            if name not in known:
                raise ValueError(f"unknown setting {name!r} of {cls._title()}")
        return cls(**given)

    @classmethod
    def _title(cls) -> str:
        return getattr(cls, "kind", cls.__name__)


def training_keys(block: type[Settings]) -> tuple[str, ...]:
    """Return the settings of a network's block that shape what it learns."""
    return tuple(
        field.name for field in dataclasses.fields(block) if field.metadata.get("trains", True)
    )


def of_the_paper(block: type[Settings]) -> dict[str, str]:
    """Return by setting the value that the paper states."""
    properties = block_schema(block)["properties"]
    return {name: str(node["paper"]) for name, node in properties.items() if "paper" in node}


def _as_meant(value, node: Mapping):
    if isinstance(value, list | tuple):
        return tuple(_as_meant(item, node["items"]) for item in value)
    meant = node.get("type", ())
    if "number" in meant and isinstance(value, Integral) and not isinstance(value, bool):
        return float(value)
    return value
