"""StopSignal: requests that a process loop ends in order."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from skill_stack.core.processes.worker_thread import WorkerThread

_END = b"\0"  # no signal has this number


class StopSignal:
    """Set by SIGTERM and SIGINT.

    Attributes:
        asked: Whether the process was asked to end.
    """

    def __init__(self) -> None:
        """Installs the handlers; call it in the main thread."""
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True

    @contextmanager
    def waking(self, wake: Callable[[], object]) -> Iterator[None]:
        """Ends waits of the main thread inside of a library, which signals do not end by themselves.

        Python runs handlers of signals once the main thread is back from such a wait.

        Args:
            wake: Called at every signal, from a thread of its own; afterwards never again.
        """
        listening, told = os.pipe()
        os.set_blocking(told, False)
        before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)

        def listen() -> None:
            while os.read(listening, 1) != _END:
                wake()

        thread = WorkerThread("signals", listen)
        thread.start()
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            os.write(told, _END)
            thread.join()
            os.close(listening)
            os.close(told)
