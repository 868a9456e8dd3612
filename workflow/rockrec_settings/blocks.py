"""A block of the settings as it holds for one sample."""


def for_sample(block: dict, sample: str) -> dict:
    """Return a settings block as it holds for one sample: its ``per_sample`` keys merged in."""
    merged = {key: value for key, value in block.items() if key != "per_sample"}
    return merged | block.get("per_sample", {}).get(sample, {})


def experiment_samples(settings: dict, experiment: str) -> list[str]:
    """Return the names of the samples of an experiment: those listed, or all."""
    return settings["experiments"][experiment]["samples"] or list(settings["samples"])
