"""Published mosaics that are not there yet, and the archives that they are taken from."""

import os
import re
from pathlib import Path

from rockrec.plain.records.doors import door_of


def to_fetch(settings: dict) -> dict[str, dict]:
    """Where mosaics that are not there come from, by their file name under ``resources/``."""
    paths = {name: block[door_of(block).name] for name, block in settings["samples"].items()}
    return {
        Path(paths[name]).name: block["archive"]
        for name, block in settings["samples"].items()
        if block.get("archive") and not os.path.exists(paths[name])
    }


def archive_name(archive: dict) -> str | None:
    """The file name of an archive while mosaics are taken out of it; None without an address."""
    if archive["url"] is None:
        return None
    name = re.sub(r"[^\w.-]", "_", archive["url"].rsplit("/", 1)[-1])
    return f"{archive['sha256'][:12]}-{name}"


def archives(fetched: dict[str, dict]) -> dict[str, dict]:
    """Return the archives of `to_fetch` by their file names, with the mosaics that each holds."""
    return {
        archive_name(archive): archive
        | {
            "mosaics": [
                f"resources/{name}"
                for name, other in fetched.items()
                if other["url"] == archive["url"]
            ]
        }
        for archive in fetched.values()
        if archive["url"]
    }
