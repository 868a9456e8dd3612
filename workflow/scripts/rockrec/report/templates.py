"""The templates of the report, and how numbers, names and the words of verdicts are set in them."""

import re
from pathlib import Path

import jinja2
import numpy as np
from markupsafe import Markup, escape

from rockrec.plain.records import verdicts
from rockrec.tables.errors import in_floors

# F3H, S2D+, P_n; not the paper's Fig. S1 or Table S3.
DESCRIPTOR = re.compile(r"\b(S(?=2)|[CFP])_?([1-9][DHV]?[+-]?|(?<=_)n)(?!\w)")


def fragment(template: str, **values: object) -> str:
    """Fill a template; the HTML is plain ASCII, so that it reads right in any page or alone."""
    html = templates().get_template(template).render(**values)
    return html.encode("ascii", "xmlcharrefreplace").decode("ascii")


def templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.globals["words"] = verdicts
    environment.filters |= {
        "scientific": _scientific,
        "floors": in_floors,
        "printed": _printed,
        "slug": _slug,
    }
    return environment


def _scientific(number: float) -> str:
    """Write 0.0000021 as 2.1·10⁻⁶."""
    if not np.isfinite(number):
        return "–"
    if number == 0:
        return "0"
    mantissa, exponent = f"{number:.1e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}·10{raised}"


def _printed(text: str) -> Markup:
    """Set the order of a descriptor as an index: F3H becomes F with 3H lowered."""
    lowered = DESCRIPTOR.sub(r"\1<sub>\2</sub>", str(escape(text)))
    return Markup(lowered.replace("D-</sub>", "D−</sub>"))


def _slug(text: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in text.lower())
