"""The log of a stage: every script tells the same way what it does and why it stopped."""

import copy
import functools
import logging
import os
import sys
import time
import traceback

from rockrec.housekeeping.contents import Contents, name_of
from rockrec.housekeeping.integrity import check_unchanged, keep_checksum, sources_of
from rockrec.housekeeping.threads import use_threads

# Idle threads soon sleep instead of spinning, or jobs that share the cores starve one another; but
# not at once, or a network of many small layers runs on two cores hardly faster than on one. The
# count is that of GNU's OpenMP; others know the policy. Both are read when torch loads OpenMP,
# after this module.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "10000")

LINE = "%(asctime)s %(levelname)-7s %(message)s"
CLOCK = "%Y-%m-%d %H:%M:%S"


class ReasonOnce(logging.Formatter):
    """The traceback below the line that gives the reason, without saying it again."""

    def formatException(self, exc_info) -> str:
        error = exc_info[1]
        again = len(list(traceback.format_exception_only(error)))
        return "".join(traceback.format_exception(error)[:-again]).rstrip()


class WithoutTraceback(logging.Formatter):
    """One line per record: the traceback is for the log file."""

    def format(self, record: logging.LogRecord) -> str:
        record = copy.copy(record)
        record.exc_info = record.exc_text = None
        return super().format(record)


def logged(snakemake):
    """Decorate a script's ``main``: log to the rule's log file and to stderr.

    Threads of every numeric library follow the rule's. Inputs that are not as they were written
    are refused, and so are those that come from different contents of one file. On an error the
    traceback goes to the log file, one line with the reason to both, and the script ends with
    status 1.
    """

    def decorate(main):
        @functools.wraps(main)
        def run():
            _start(snakemake.log[0])
            use_threads(snakemake.threads)
            log = logging.getLogger(snakemake.rule)
            log.info("%s: start", snakemake.rule)
            began = time.monotonic()
            try:
                for path in snakemake.input:
                    check_unchanged(path)
                sources = sources_of(snakemake.input, own_sources(snakemake))
                main()
                for path in snakemake.output:
                    keep_checksum(path, sources)
            except SystemExit as stop:
                log.warning("%s: %s", snakemake.rule, stop)
                raise
            except Exception as error:
                reason = f"{snakemake.rule}: {type(error).__name__}: {error}"
                log.error("%s", reason, exc_info=True)
                sys.exit(1)
            log.info("%s: done in %.1f s", snakemake.rule, time.monotonic() - began)

        return run

    return decorate


def own_sources(snakemake) -> dict[str, str]:
    """Return the checksums of the user's files among a job's inputs, by the files' names.

    Raises
    ------
    DamagedFile : a file holds something else than when the run was planned.
    """
    contents, found = Contents(), {}
    for name, planned in (snakemake.params.get("contents") or {}).items():
        given = snakemake.input[name]
        paths = [given] if isinstance(given, str) else list(given)
        contents.check(paths, planned)
        if planned:
            found[name_of(paths)] = planned
    return found


def _start(path: str) -> None:
    open(path, "w", encoding="utf-8").close()
    # At the end of the file, wherever that is: other processes of a training write there, too.
    to_file = logging.FileHandler(path, mode="a", encoding="utf-8")
    to_file.setFormatter(ReasonOnce(LINE, CLOCK))
    to_stderr = logging.StreamHandler()
    to_stderr.setFormatter(WithoutTraceback(LINE, CLOCK))
    logging.basicConfig(level=logging.INFO, handlers=[to_file, to_stderr], force=True)
    logging.captureWarnings(True)
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of each glyph in a PDF
