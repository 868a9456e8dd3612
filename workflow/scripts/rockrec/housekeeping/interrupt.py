"""SIGTERM and SIGINT during a training: finish the step, save, then leave."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGTERM, signal.SIGINT)
ECHO = 5.0  # s


class Interrupted(SystemExit):
    """The training was told to stop and has saved its state; running it again continues it.

    A process that does not catch it exits with 128 + the signal's number, as a shell would say.
    """

    def __init__(self, number: int, step: int):
        super().__init__(128 + number)
        self.number, self.step = number, step

    def __str__(self) -> str:
        return f"{signal.Signals(self.number).name}: stopped and saved at step {self.step}"


class Request:
    """Holds the number of the signal that arrived, or None, and when it did."""

    number: int | None = None
    since: float = 0.0


@contextmanager
def signals_noted() -> Iterator[Request]:
    """Note SIGTERM and SIGINT instead of dying of them; a second one acts as before.

    Not within 5 s of the first: a scheduler signals every process of a job, and ``torchrun``
    passes the signal on to those that have it already.

    Outside the main thread, where Python allows no handlers, nothing is changed.
    """
    request = Request()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def note(number, frame):
        if request.number is None:
            request.number, request.since = number, time.monotonic()
        elif time.monotonic() - request.since > ECHO:
            signal.signal(number, before[number])
            signal.raise_signal(number)

    for number in SIGNALS:
        signal.signal(number, note)
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
