"""``python -m rockrec``: the command, where it is not installed."""

import sys

from rockrec.command import main

sys.exit(main())
