"""The page of all figures and tables, made from their records by ``make docs``."""

from pathlib import Path

from rockrec.plain.records.figures import FIGURES, Figure
from rockrec.plain.records.tables import TABLES, Table
from rockrec_planning.reconstructions import Shown

PAGE = Path(__file__).parents[2] / "docs" / "figures-and-tables.md"

HEAD = """# Figures and tables

Made from their records by `make docs`; do not edit.

A figure is a PDF for print and a PNG for the report, a table a CSV and a formatted view. Captions
stand in the report. What a config cannot fill says so in the figure, and what nothing is there for
is left out. Keys under `figures:` change the resolution, show F_n in place of P_n, or more tiles,
and redraw just the figures that they concern.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    parts = [HEAD]
    for title, records in (("Figures", FIGURES), ("Tables", TABLES)):
        rows = (f"| `{_file(record)}` | {record.what} |\n" for record in records)
        parts += [f"\n## {title}\n\n| file | what |\n|---|---|\n", *rows]
    return "".join(parts)


def _file(record: Figure | Table) -> str:
    experiment = "" if record.of == "run" else "<experiment>"
    return Shown(record, experiment, "<sample>" if record.of == "sample" else "").stem


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
