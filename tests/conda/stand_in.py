"""A stand-in for the command ``conda``: what Snakemake asks of it, done by py-rattler.

Every channel is the one in LOCAL_CHANNEL; every Python is the one it holds.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

import rattler
import yaml

ROOT = Path(sys.argv[1])  # where a conda installation would be


async def create(prefix: str, wanted: list[str]) -> None:
    """Solve and install an environment."""
    records = await rattler.solve(
        sources=[rattler.Channel(Path(os.environ["LOCAL_CHANNEL"]).as_uri())],
        specs=["python" if one.startswith("python=") else one for one in wanted],
        platforms=["linux-64", "noarch"],
        virtual_packages=rattler.VirtualPackage.detect(),
    )
    await rattler.install(
        records=records, target_prefix=prefix, cache_dir=ROOT / "pkgs", show_progress=False
    )


def main(words: list[str]) -> None:
    """Answer one call."""
    if words == ["--version"]:
        print("conda 25.9.1")
    elif words[0] == "info":
        print(json.dumps({"conda_prefix": str(ROOT), "platform": "linux-64"}))
    elif words[:2] == ["config", "--get"]:
        print(json.dumps({"get": {"channel_priority": "strict"}}))
    elif "create" in words[:2]:
        options = dict(zip(words, words[1:], strict=False))
        wanted = yaml.safe_load(Path(options["--file"]).read_text(encoding="utf-8"))
        asyncio.run(create(options["--prefix"], wanted["dependencies"]))
    elif words[0] != "clean":
        sys.exit(f"the stand-in for conda does not know: {' '.join(words)}")


main(sys.argv[2:])
sys.stdout.flush()
os._exit(0)  # threads of py-rattler may abort the interpreter as it ends
