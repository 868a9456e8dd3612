"""What can be varied of a built-in rock, and of the microscope that shows it."""

from dataclasses import dataclass

from rockrec.plain.records.settings import Settings, setting

LEAST_FRACTURED = 0.2  # phase fraction of a mesh whose fractures are no thinner than 3 px


@dataclass(frozen=True, kw_only=True)
class RockVariant(Settings):
    """A rock of the family; the defaults are its usual one, under a usual microscope."""

    phase_fraction: float | None = setting(
        None,
        "Phase fraction to expect of the built-in rock; a mosaic's own differs from it as that of "
        "a piece of rock does. null for its usual one (pores 0.05, fractures 0.35).",
        above=0,
        below=0.6,
    )
    feature_size: float = setting(
        1.0, "Factor of all lengths of the built-in rock.", minimum=0.8, maximum=4
    )
    anisotropy: float = setting(
        1.0,
        "How strongly the built-in rock is aligned - 0 for not at all, 1 as usual.",
        minimum=0,
        maximum=4,
    )
    contrast: float = setting(
        1.0,
        "Factor of the gray difference between the phase of interest and the minerals.",
        above=0,
        maximum=1.2,
    )
    noise: float = setting(1.0, "Factor of the noise in the gray image.", minimum=0, maximum=4)
    shading: float = setting(
        14.0,
        "Standard deviation of the brightness over the mosaic, gray levels.",
        minimum=0,
        maximum=60,
    )
    tile_shading: float = setting(
        0.0,
        "How much darker the corners of each scan tile (1024 px) are than its middle, gray levels.",
        minimum=0,
        maximum=120,
    )
    charging: float = setting(
        1.0, "Factor of the streaks that charging leaves along the rows.", minimum=0, maximum=4
    )
    rim: int = setting(
        0,
        "Width of a rim around the mosaic that was not scanned, px; it is 0 in the gray image.",
        minimum=0,
    )
