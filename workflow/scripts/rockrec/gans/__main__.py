"""One of the processes of a training: ``torchrun --nproc-per-node=2 -m rockrec.gans job.json``."""

import json
import logging
import os
import sys
from pathlib import Path

from rockrec.gans.job import TrainingJob
from rockrec.housekeeping.threads import keep_large_blocks


def main(path: str) -> None:
    """Do a process's part of the training that a file describes."""
    job = TrainingJob(**json.loads(Path(path).read_text(encoding="utf-8")))
    logging.basicConfig(
        level=logging.INFO if os.environ["RANK"] == "0" else logging.WARNING,
        format="%(asctime)s %(levelname)-7s %(message)s",
        datefmt="%Y-%m-%d %H:%M:%S",
        handlers=[logging.StreamHandler(), logging.FileHandler(job.log_file, encoding="utf-8")],
    )
    keep_large_blocks()
    try:
        job.run()
    except Exception as error:
        reason = f"process {os.environ['RANK']}: {type(error).__name__}: {error}"
        logging.error("%s", reason, exc_info=True)
        sys.exit(1)
    # All is written. Torch's threads now and then abort a process that still has them at its end.
    logging.shutdown()
    os._exit(0)


main(sys.argv[1])
