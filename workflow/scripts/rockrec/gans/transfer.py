"""Numbers from the CPU to where a network computes, without waiting for it."""

import torch


def sent(numbers: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Return numbers that lie on the CPU on `device`; a GPU goes on with what it is doing."""
    if device.type != "cuda":
        return numbers.to(device)
    # Only from memory that stays in its place can they be fetched while the program goes on.
    return numbers.pin_memory().to(device, non_blocking=True)
