"""Rates and means over a training: what the settings of a network say of each of its steps.

Settings that only some kinds of network have are asked for by name, and may be missing.
"""

import math

from rockrec.plain.records.kinds.networks import NetworkSettings

PENALTIES = {"discriminator": "r1", "generator": "path_length"}


def critic_steps(settings: NetworkSettings) -> int:
    """Return the updates of the discriminator per update of the generator."""
    return getattr(settings, "critic_steps", 1)


def lazy(settings: NetworkSettings, player: str) -> int | None:
    """Return every how many steps a player has an update for its penalty alone, if ever."""
    penalty = PENALTIES[player]
    every = getattr(settings, f"{penalty}_every", None)
    return None if every is None or getattr(settings, penalty) == 0 else every


def adam(settings: NetworkSettings, player: str) -> tuple[float, tuple[float, float]]:
    """Return learning rate and betas of a player, ``generator`` or ``discriminator``.

    They are corrected for its lazy updates: with k + 1 updates in k steps, rate and the betas'
    logarithms are k / (k + 1) of those set (Karras et al., 2020 a, appendix B).
    """
    rate, betas, every = settings.learning_rate, settings.betas, lazy(settings, player)
    if player == "discriminator":
        rate = getattr(settings, "discriminator_rate", None) or rate
    if every is None:
        return rate, betas
    share = every / (every + 1)
    return rate * share, (betas[0] ** share, betas[1] ** share)


def rate_at(settings: NetworkSettings, step: int, player: str = "generator") -> float:
    """Return the learning rate of a player at update `step` (the first is 0)."""
    rate, _ = adam(settings, player)
    if settings.decay_from is None or step <= settings.decay_from:
        return rate
    left = (settings.decay_to - step) / (settings.decay_to - settings.decay_from)
    return rate * max(left, 0.0)


def ema_at(settings: NetworkSettings, step: int) -> float:
    """Return the decay of the running mean at update `step` (the first is 0)."""
    ramp = getattr(settings, "ema_ramp", None)
    if ramp is None or settings.ema == 0:
        return settings.ema
    half_life = min(math.log(0.5) / math.log(settings.ema), ramp * (step + 1))
    return 0.5 ** (1 / half_life)
