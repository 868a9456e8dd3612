"""Which library modules a script runs on, read from its imports.

Snakemake notices an edited script, not an edited module that the script imports. Each rule
therefore names the modules as input.
"""

import ast
from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).parents[1] / "scripts"


def library_code(script: str, stop_at: tuple[str, ...] = ()) -> list[str]:
    """Return the paths of every module beside the scripts that `script` imports, at any depth.

    Templates (``.j2``) in the folder of a module count as its code.

    Parameters
    ----------
    script : file name in ``workflow/scripts``.
    stop_at : modules (dotted, with all below them) that are left out, and are not followed.
    """
    found: dict[str, Path] = {}
    waiting = [SCRIPTS / script]
    while waiting:
        for module in _imported_modules(waiting.pop()):
            stopped = any(module == stop or module.startswith(stop + ".") for stop in stop_at)
            path = _path_of(module)
            if path and not stopped and module not in found:
                found[module] = path
                waiting.append(path)
    templates = {page for path in found.values() for page in path.parent.glob("*.j2")}
    return sorted(map(str, templates | set(found.values())))


@cache
def _imported_modules(path: Path) -> frozenset[str]:
    """Dotted names of all modules that a file's import statements may load."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _base_of(node, path)
            names.add(base)
            names |= {f"{base}.{alias.name}" for alias in node.names}
    return frozenset(prefix for name in names for prefix in _prefixes(name))


def _base_of(node: ast.ImportFrom, path: Path) -> str:
    if node.level == 0:
        return node.module or ""
    package = path.relative_to(SCRIPTS).parts[: -node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


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
