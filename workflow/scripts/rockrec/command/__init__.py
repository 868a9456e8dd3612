"""The command ``rockrec``: the library at work on single files, for those who need no workflow.

Each subcommand is a module here. What computes is imported when a subcommand runs, so that help is
quick, and a package that is missing is named with what installs it.
"""

import argparse
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType

from rockrec import __version__
from rockrec.command import compare, describe, sample
from rockrec.command.parsing import Parser, check_outputs
from rockrec.housekeeping.integrity import REMEDY

COMMANDS = {
    "describe": describe,
    "compare": compare,
    "sample": sample,
}
# Packages of an extra that several subcommands may need; any other is of the subcommand's own.
EXTRA_OF = {"h5py": "segmentation", "matplotlib": "figures"}
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; what is unfit is said in one line on stderr, with status 2."""
    asked = parser().parse_args(arguments)
    command = asked.parser
    with _told_on_stderr():
        try:
            check_outputs(asked)
            asked.module.run(asked)
            sys.stdout.flush()
        except BrokenPipeError:  # a reader such as `head` has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except ModuleNotFoundError as error:
            command.exit(2, f"{command.prog} {_what_it_needs(error, asked.module)}\n")
        except (ValueError, OSError, MemoryError, RuntimeError) as error:
            if not _is_of_the_user(error):
                raise
            command.error(_reason(error))
        except KeyboardInterrupt:
            return INTERRUPTED
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line of all subcommands."""
    command = Parser(prog="rockrec", description="Microstructures of rock in numbers, and copies.")
    command.add_argument("--version", action="version", version=f"rockrec {__version__}")
    subcommands = command.add_subparsers(metavar="COMMAND", required=True)
    for name, module in COMMANDS.items():
        one = subcommands.add_parser(
            name,
            help=module.SUMMARY,
            description=f"{module.SUMMARY.capitalize()}.\n{module.DETAILS}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(one)
        one.set_defaults(module=module, parser=one)
    return command


@contextmanager
def _told_on_stderr() -> Iterator[None]:
    """Show what the library tells of its progress on stderr."""
    log, handler = logging.getLogger("rockrec"), logging.StreamHandler(sys.stderr)
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.setLevel(level)
        log.removeHandler(handler)


def _what_it_needs(error: ModuleNotFoundError, module: ModuleType) -> str:
    package = (error.name or "").partition(".")[0]
    extra = EXTRA_OF.get(package, module.EXTRA)
    if package in ("", "rockrec"):
        raise error
    return f'needs {package}: pip install "rockrec{f"[{extra}]" if extra else ""}"'


def _is_of_the_user(error: Exception) -> bool:
    """Whether an error is of what was asked for: torch tells that memory ran out in its own way."""
    of_memory = ("out of memory", "can't allocate memory")
    return not isinstance(error, RuntimeError) or any(one in str(error) for one in of_memory)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    # A damaged file may be the user's own: no word of deleting it.
    return str(error).removesuffix(f"; {REMEDY}") or type(error).__name__
