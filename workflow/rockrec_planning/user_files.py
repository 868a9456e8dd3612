"""What the user's files among a job's inputs hold: a param, for their time tells nothing."""

from collections.abc import Callable

from snakemake.io import is_flagged

from rockrec.housekeeping.contents import Contents


def contents_with(contents: Contents) -> Callable:
    """Return a function that makes params functions, which know files by these checksums."""

    def of(**inputs):
        """A params function: what the user's files among a job's inputs hold, by the inputs' names.

        `inputs` are those inputs' functions. Of files that are made here nothing is told.
        """

        def told(wildcards):
            found = {name: input(wildcards) for name, input in inputs.items()}
            found = {name: [one] if isinstance(one, str) else one for name, one in found.items()}
            own = {
                name: [path for path in paths if is_flagged(path, "ancient")]
                for name, paths in found.items()
            }
            return {
                name: contents.of(list(map(str, paths))) for name, paths in own.items() if paths
            }

        return told

    return of
