"""config/README.md tells of every key, because it is made from the schema."""

from rockrec_settings.schema import load_schema
from rockrec_settings.table import PAGE, SECTIONS, page


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_every_block_of_the_schema_has_a_section():
    blocks = {
        name
        for name, node in load_schema()["$defs"].items()
        if node.get("additionalProperties") is False
    }
    assert blocks == set(SECTIONS) - {""}
