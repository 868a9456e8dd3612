"""The processes that train one network together: one, unless ``torchrun`` started several.

Each works on its part of every batch, and the gradients are averaged before every update, so n
processes do what one does. Only BatchNorm in training and StyleGAN2's spread of the batch look at
their own process's part, the latter in groups of 4 images. (Torch's
DistributedDataParallel loses, without a word, the gradients of a loss that is itself made of
gradients, as the gradient penalty is.)
"""

import datetime
import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import distributed, nn

# One job may wait for another that trains the same network, and the others wait with it.
PATIENCE = datetime.timedelta(days=30)


class Processes:
    """This process's place among `count`; number 0 reads, checks, logs and saves for all."""

    def __init__(self, number: int = 0, count: int = 1):
        self.number, self.count = number, count

    @property
    def is_first(self) -> bool:
        """Whether this process speaks for all."""
        return self.number == 0

    def part_of(self, batch: torch.Tensor) -> torch.Tensor:
        """Return this process's part of something drawn for the whole batch."""
        size = len(batch) // self.count
        return batch[self.number * size : (self.number + 1) * size]

    def average(self, tensor: torch.Tensor) -> torch.Tensor:
        """Average a tensor over the processes, in place."""
        if self.count > 1:
            distributed.all_reduce(tensor)
            tensor /= self.count
        return tensor

    def average_gradients(self, network: nn.Module) -> None:
        """Average the gradients of a network over the processes, all in one message."""
        if self.count == 1:
            return
        # A penalty may leave weights without gradient, the same ones in all processes.
        grads = (weights.grad for weights in network.parameters())
        gradients = [gradient for gradient in grads if gradient is not None]
        flat = self.average(torch.cat([gradient.flatten() for gradient in gradients]))
        parts = flat.split([gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    def from_first(self, numbers: list[float]) -> list[float]:
        """Return the first process's numbers, in all."""
        if self.count == 1:
            return numbers
        told = torch.tensor(numbers, dtype=torch.float64)
        distributed.broadcast(told, src=0)
        return told.tolist()

    def anywhere(self, flag: bool) -> bool:
        """Say whether `flag` is set in any of the processes."""
        if self.count == 1:
            return flag
        flags = torch.tensor([float(flag)])
        distributed.all_reduce(flags)
        return bool(flags.item() > 0)


@contextmanager
def together(device: torch.device) -> Iterator[Processes]:
    """Join the processes that ``torchrun`` started, if it did."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Processes()
        return
    # Flags and scores travel between CPUs, so that no GPU has to wait for them.
    backend = "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo"
    distributed.init_process_group(backend, timeout=PATIENCE)
    try:
        yield Processes(distributed.get_rank(), count)
    finally:
        distributed.destroy_process_group()
