"""What keeps a run from starting its jobs, said before any of them."""

import re

UNQUOTED = re.compile(r"""[\s'"\\$&|;<>()`*?]""")  # what a shell takes apart, or for its own


def python_mistake(executable: str) -> str | None:
    """Return what is wrong with the path of the Python that runs Snakemake, None if nothing is.

    Snakemake starts jobs by that path through a shell, without quotes.
    """
    if not UNQUOTED.search(executable):
        return None
    return (
        f"{executable}: no job can be started by a Python whose path has a space or a quote in it; "
        "make the environment in a folder without (data and results may lie anywhere)"
    )
