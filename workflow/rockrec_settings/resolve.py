"""The settings of a run: the config made whole, its mistakes named before any job starts."""

import copy
from collections.abc import Iterable, Sequence

from rockrec_settings.methods import method_mistakes, start_mistakes, tile_mistakes
from rockrec_settings.mosaics import mosaic_mistakes
from rockrec_settings.names import name_mistakes
from rockrec_settings.schema import filled, load_schema, schema_mistakes
from rockrec_settings.unets import unet_mistakes
from rockrec_settings.yaml_text import text_mistakes


def key_mistakes(settings: dict) -> list[str]:
    """What the schema sees: unknown keys, values that one may not have."""
    return schema_mistakes(settings, load_schema(), "")


def fit_mistakes(settings: dict) -> list[str]:
    """What does not fit together within the config."""
    return [
        *unet_mistakes(settings),
        *tile_mistakes(settings),
        *method_mistakes(settings),
        *start_mistakes(settings),
    ]


# Each looks at what all before it found in order.
LAYERS = (
    ("keys and their values", key_mistakes),
    ("names, and files of samples", name_mistakes),
    ("networks, methods and tiles", fit_mistakes),
    ("sizes of mosaics and labels", mosaic_mistakes),
)


class SettingsError(Exception):
    """The config is wrong; the message lists each mistake with its path in the config.

    Attributes
    ----------
    mistakes : all of a layer.
    unseen : the layers that were not looked at.
    """

    def __init__(self, mistakes: Sequence[str], unseen: Sequence[str]):
        rest = [f"(Not looked at before this is mended: {'; '.join(unseen)}.)"] if unseen else []
        super().__init__("\n".join([*mistakes, *rest]))
        self.mistakes, self.unseen = mistakes, unseen


def check_texts(files: Iterable[str], config: dict, is_module: bool) -> None:
    """Raise SettingsError for what is hardly meant in the text of config files; see `yaml_text`."""
    mistakes = [one for file in files for one in text_mistakes(file, config, is_module)]
    if mistakes:
        raise SettingsError(mistakes, [what for what, _ in LAYERS])


def resolve(config: dict) -> dict:
    """Return `config` with every default filled in.

    Mistakes are found layer by layer, see `LAYERS`: what a sample's size forbids, say, can only be
    told where its file is there. Those of a layer are listed at once.

    Raises
    ------
    SettingsError : unknown or misspelt keys, values of the wrong type or out of range, names
        that nothing bears, files that do not exist.
    """
    settings = filled(copy.deepcopy(dict(config)), load_schema())
    for number, (_, mistakes_of) in enumerate(LAYERS, start=1):
        mistakes = list(dict.fromkeys(mistakes_of(settings)))
        if mistakes:
            raise SettingsError(mistakes, [what for what, _ in LAYERS[number:]])
    return settings
