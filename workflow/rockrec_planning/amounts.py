"""Resources of a job that grow with its input, and again at each attempt."""

from collections.abc import Callable


def memory(mb: float, beside_input: float = 0, most: int = 3) -> Callable:
    """A resource function: what a job takes, more with its input, again at each attempt.

    `most` is the attempt from which it grows no more: what resumes is tried often.
    """
    return lambda wildcards, input, attempt: (
        int(mb + beside_input * input.size_mb) * min(attempt, most)
    )


def again(amount: float) -> Callable:
    """A resource function: as much again at each attempt, whatever the input (a group has many)."""
    return lambda wildcards, attempt: amount * attempt
