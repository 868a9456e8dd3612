"""A conda channel on disk, made of this machine's Python and of packages installed beside it.

It stands in for conda-forge where none can be reached: it proves which packages a rule needs, and
that Snakemake puts each rule into its environment. It does not prove that conda-forge has them.
"""

import asyncio
import hashlib
import importlib.metadata
import io
import json
import os
import platform
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import zstandard
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler.index import index_fs

# The same software bears another name on conda-forge.
CONDA_NAMES = {
    "torch": "pytorch",
    "opencv-python-headless": "py-opencv",
    "matplotlib": "matplotlib-base",
}
LEFT_OUT = {"site-packages", "test", "tests", "__pycache__", "idlelib", "lib2to3", "ensurepip"}
SHORT = "{}.{}".format(*sys.version_info[:2])


def make_channel(channel: Path, installed: str, names: set[str]) -> None:
    """Fill `channel` with Python and with the packages `names` (of conda-forge) and their needs.

    `installed` is the folder of packages to take them from.
    """
    (channel / "noarch").mkdir(parents=True)
    (channel / "linux-64").mkdir()
    pack(channel, "python", platform.python_version(), [], python_files())
    here = {
        conda_name(found.metadata["Name"]): found
        for found in importlib.metadata.distributions(path=[installed])
    }
    waiting, done = sorted(names - {"python"}), set()
    while waiting:
        name = waiting.pop()
        if name in done:
            continue
        done.add(name)
        found = here[name]
        needs = [need for need in needs_of(found) if need in here]
        depends = [f"python {SHORT}.*", *needs]
        pack(channel, name, found.version, depends, package_files(found))
        waiting += needs
    asyncio.run(index_fs(channel))


def conda_name(name: str) -> str:
    name = canonicalize_name(name)
    return CONDA_NAMES.get(name, name)


def needs_of(found: importlib.metadata.Distribution) -> list[str]:
    """Names of the packages that one requires here, without its extras."""
    requirements = map(Requirement, found.requires or [])
    return [
        conda_name(one.name)
        for one in requirements
        if one.marker is None or one.marker.evaluate({"extra": ""})
    ]


def python_files():
    """(path in the environment, file here) of the interpreter and its standard library."""
    base = Path(sys.base_prefix)
    binary = (base / "bin" / f"python{SHORT}").resolve()
    for name in ("python", "python3", f"python{SHORT}"):
        yield f"bin/{name}", binary
    for library in (base / "lib").glob("libpython*.so*"):
        yield f"lib/{library.name}", library.resolve()
    root = Path(sysconfig.get_path("stdlib"))
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_file() and not LEFT_OUT & set(parts) and not parts[0].startswith("config-"):
            yield f"lib/python{SHORT}/{path.relative_to(root)}", path


def package_files(found: importlib.metadata.Distribution):
    """(path in the environment, file here) of an installed package's modules."""
    site = Path(found.locate_file(""))
    for entry in found.files or []:
        path = Path(os.path.normpath(entry.locate()))
        if path.is_relative_to(site) and path.suffix != ".pyc" and path.is_file():
            yield f"lib/python{SHORT}/site-packages/{path.relative_to(site)}", path


def pack(channel: Path, name: str, version: str, depends: list[str], files) -> None:
    """Write a package in conda's format: a zip of two archives, contents and description."""
    paths, contents = [], io.BytesIO()
    with tarfile.open(fileobj=contents, mode="w") as archive:
        for inside, path in files:
            data = path.read_bytes()
            archive.add(path, inside, recursive=False)
            digest = hashlib.sha256(data).hexdigest()
            paths.append(
                {
                    "_path": inside,
                    "path_type": "hardlink",
                    "sha256": digest,
                    "size_in_bytes": len(data),
                }
            )
    index = {
        "name": name,
        "version": version,
        "build": "local_0",
        "build_number": 0,
        "depends": depends,
        "subdir": "linux-64",
    }
    description = io.BytesIO()
    with tarfile.open(fileobj=description, mode="w") as archive:
        for inside, content in (
            ("info/index.json", index),
            ("info/paths.json", {"paths": paths, "paths_version": 1}),
            ("info/about.json", {}),
        ):
            data = json.dumps(content).encode()
            entry = tarfile.TarInfo(inside)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    stem = f"{name}-{version}-local_0"
    squeeze = zstandard.ZstdCompressor(level=1).compress
    with zipfile.ZipFile(channel / "linux-64" / f"{stem}.conda", "w") as package:
        package.writestr("metadata.json", '{"conda_pkg_format_version": 2}')
        package.writestr(f"pkg-{stem}.tar.zst", squeeze(contents.getvalue()))
        package.writestr(f"info-{stem}.tar.zst", squeeze(description.getvalue()))
