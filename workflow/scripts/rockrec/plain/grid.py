"""How the tiles of a mosaic lie, and what their files are called.

Plain Python, so that a config can be checked before any job starts.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Grid:
    """Tiles of one size in `rows` x `columns`, each reaching `overlap` px into the next.

    `first` is the number of the first row and column in the file names.
    """

    rows: int
    columns: int
    overlap: int = 0
    first: int = 0

    def paths(self, pattern: str) -> list[str]:
        """Files of the tiles, row by row, of a path such as ``tiles/r{row}_c{column:03}.tif``.

        Raises
        ------
        ValueError : the pattern names no row or no column.
        """
        for name in ("row", "column"):
            if not re.search(rf"{{{name}(:0\d)?}}", pattern):
                raise ValueError(f"{pattern!r} has no {{{name}}}: it names one file for all tiles")
        return [
            _filled(pattern, {"row": self.first + row, "column": self.first + column})
            for row in range(self.rows)
            for column in range(self.columns)
        ]


def _filled(pattern: str, numbers: dict[str, int]) -> str:
    # By hand, for str.format would let a pattern reach into objects.
    def number(match):
        return f"{numbers[match[1]]:0{match[2] or 0}d}"

    return re.sub(r"{(row|column)(?::0(\d))?}", number, pattern)
