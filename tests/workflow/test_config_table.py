"""What is made from the records of the settings is up to date, and tells of every key."""

import re

import pytest
import yaml

from rockrec_planning import contents
from rockrec_settings.schema import load_schema
from rockrec_settings.table import PAGE, SCHEMA, page, schema_file


@pytest.mark.parametrize(
    ("file", "made"), [(PAGE, page), (SCHEMA, schema_file), (contents.PAGE, contents.page)]
)
def test_what_is_made_is_up_to_date(file, made):
    assert file.read_text(encoding="utf-8") == made(), "run `make docs`"


def test_the_file_of_the_schema_is_the_schema_and_needs_no_reference():
    text = SCHEMA.read_text(encoding="utf-8")
    assert yaml.safe_load(text) == load_schema()
    assert "$ref" not in text


def keys_below(node):
    if isinstance(node, list):
        return [key for item in node for key in keys_below(item)]
    if not isinstance(node, dict):
        return []
    below = [key for name, sub in node.items() if name != "if" for key in keys_below(sub)]
    return [*node.get("properties", {}), *below]


def test_every_key_of_the_schema_has_a_row_in_the_page():
    rows = re.findall(r"^\| `([^`]+)` \|", page(), flags=re.M)
    named = [re.split(r"\.|\[\]", row)[-1] for row in rows]
    in_schema = [key for key in keys_below(load_schema())]
    in_schema.remove("kind")  # of any method, before its own kind is known
    assert sorted(named) == sorted(in_schema)
