"""Where the jobs of a run look for the library."""

import os


def put_first(folder: str) -> None:
    """Let jobs find the modules of `folder` before those that are installed.

    Snakemake itself adds the folder of a script at the end of its search path only.
    """
    others = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    searched = dict.fromkeys(filter(None, [folder, *others]))
    os.environ["PYTHONPATH"] = os.pathsep.join(searched)
