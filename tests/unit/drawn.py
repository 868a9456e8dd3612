"""What stands in a figure."""

from matplotlib.figure import Figure
from matplotlib.text import Text


def text_of(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text)]
