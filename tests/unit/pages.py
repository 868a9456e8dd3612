"""Reading the pages that the report is made of."""

import re
from html.parser import HTMLParser

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Balanced(HTMLParser):
    """Collects what is unbalanced, and every address the page refers to."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.addresses, self.ids = [], [], [], set()

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name in ("src", "href"):
                self.addresses.append(value)
            elif name == "id":
                self.ids.add(value)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def parsed(html: str) -> Balanced:
    """Read a page or a part of one, whose tags have to be balanced."""
    parser = Balanced()
    parser.feed(html)
    assert not parser.wrong and not parser.open
    return parser


def text_of(html: str) -> str:
    """What a reader sees of a page, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
