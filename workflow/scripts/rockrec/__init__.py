"""rockrec: microstructures of rock in numbers, and statistically equal copies of them.

The package knows nothing of Snakemake or of the config file. The workflow's scripts import
it, and it works alone: ``from rockrec.descriptors import describe``.
"""

import logging

__version__ = "0.1.0"

# Who uses the library says where its log goes; without a word of that it is silent.
logging.getLogger(__name__).addHandler(logging.NullHandler())
