"""A loop with constant work beside the control loop: the machine's own variation over a long time.

Runs as a process of its own, at the rate and priority of the control loop and with none of its code:
``python -m skill_stack.benchmarks.control.reference_loop --rate 500``. Whatever makes both later or slower is the
machine.
"""

from __future__ import annotations

import argparse
import os
import select
import struct
import subprocess
import sys
import zlib
from collections.abc import Sequence

import numpy as np

from skill_stack.benchmarks.timing import Array, Work, paced
from skill_stack.controllers.processes.control_process import PRIORITY
from skill_stack.core.processes.realtime import enter_real_time

AT_ONCE = 1.0  # s between two reports to the process that started it
NUMBERS = 100  # about as many as there are in a sample and its command
ROUNDS = 5
CHUNK = 65536  # bytes that are read at once
_LAYOUT = struct.Struct(f"{NUMBERS}d")
_NUMBERS = np.linspace(-1.0, 1.0, NUMBERS)


class ReferenceLoop:
    """The running loop; ends with the ``with`` block, or when the process that reads it ends."""

    def __init__(self, rate: float) -> None:
        """Starts it.

        Args:
            rate: Hz.
        """
        command = [sys.executable, "-m", "skill_stack.benchmarks.control.reference_loop", "--rate", str(rate)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self._rest = b""

    def __enter__(self) -> ReferenceLoop:
        """The loop itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.communicate()

    def read(self) -> Array:
        """What is new: lateness and duration of each turn, ms, shape (2, turns)."""
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        while select.select([descriptor], [], [], 0)[0] and (data := os.read(descriptor, CHUNK)):
            self._rest += data
        whole = len(self._rest) - len(self._rest) % 8
        values, self._rest = np.frombuffer(self._rest[:whole], np.float32), self._rest[whole:]
        return 1e3 * values.reshape(-1, 2).T


def computation() -> None:
    """Arithmetic on plain numbers, arrays, packed records and a checksum, as in a control tick; always the same."""
    check = 0
    for _ in range(ROUNDS):
        numbers = _NUMBERS.tolist()
        products = [a * b - 0.5 * a for a, b in zip(numbers, reversed(numbers))]
        record = _LAYOUT.pack(*products)
        check = zlib.crc32(record, check)
        np.clip(np.frombuffer(record), -0.5, 0.5)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs until its reader is gone; writes pairs of lateness and duration, s, as 32-bit floats."""
    parser = argparse.ArgumentParser(description="A loop with work that never changes.")
    parser.add_argument("--rate", type=float, default=500.0)
    options = parser.parse_args(argv)
    enter_real_time(PRIORITY)
    work, turns = Work(computation), max(1, round(AT_ONCE * options.rate))
    while True:
        duration, late = paced(options.rate, turns, work)
        try:
            os.write(sys.stdout.fileno(), np.stack([late, duration], axis=1).astype(np.float32).tobytes())
        except BrokenPipeError:
            return 0


if __name__ == "__main__":
    sys.exit(main())
