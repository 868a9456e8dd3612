"""Which library modules a script runs on, read from its imports.

Snakemake notices an edited script, not an edited module that the script imports. Each rule
therefore names the modules as input.

A record (in `RECORDS`) may import code inside a function, as that of a kind of network does with
its networks. Whoever reads the record does not run on that code: it is followed where it is asked
for, and only there.
"""

import ast
from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).parents[1] / "scripts"
RECORDS = "rockrec.plain.records"


def library_code(script: str, *records: str, stop_at: tuple[str, ...] = ()) -> list[str]:
    """Return the paths of every module beside the scripts that `script` imports, at any depth.

    Templates (``.j2``) in the folder of a module count as its code.

    Parameters
    ----------
    script : file name in ``workflow/scripts``.
    records : modules (dotted) whose imports inside functions it runs on, too.
    stop_at : modules (dotted, with all below them) that are left out, and are not followed.
    """
    found: dict[str, Path] = {}
    waiting = {name for name, _ in _imports(SCRIPTS / script)}
    for record in records:
        waiting |= {name for name, deferred in _imports(_path_of(record)) if deferred}
    while waiting:
        module = waiting.pop()
        path = _path_of(module)
        if path and module not in found and not _is_in(module, stop_at):
            found[module] = path
            is_record = _is_in(module, (RECORDS,))
            waiting |= {name for name, deferred in _imports(path) if not (is_record and deferred)}
    templates = {page for path in found.values() for page in path.parent.glob("*.j2")}
    return sorted(map(str, templates | set(found.values())))


def _is_in(module: str, packages: tuple[str, ...]) -> bool:
    """Whether a module is one of some, or lies below one."""
    return any(module == package or module.startswith(package + ".") for package in packages)


@cache
def _imports(path: Path) -> frozenset[tuple[str, bool]]:
    """Dotted names of all modules that a file's import statements may load.

    With each comes whether that is deferred: the statement stands inside a function.
    """
    found = set()
    waiting = [(ast.parse(path.read_text(encoding="utf-8")), False)]
    while waiting:
        node, deferred = waiting.pop()
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        found |= {(prefix, deferred) for name in names for prefix in _prefixes(name)}
        deferred |= isinstance(node, ast.FunctionDef)
        waiting += [(inner, deferred) for inner in _statements_in(node)]
    return frozenset(found)


def _statements_in(node: ast.AST) -> list[ast.AST]:
    """The statements right inside another one: expressions import nothing, and are many."""
    names = ("body", "orelse", "handlers", "finalbody", "cases")
    blocks = (getattr(node, name, []) for name in names)
    return [inner for block in blocks if isinstance(block, list) for inner in block]


def _prefixes(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


@cache
def _path_of(module: str) -> Path | None:
    path = SCRIPTS.joinpath(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None
