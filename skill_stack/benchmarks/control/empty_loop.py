"""A loop that only keeps its deadlines: the baseline of the machine.

Runs as a process of its own, like the control loop: ``python -m skill_stack.benchmarks.control.empty_loop --rate 50``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence

import numpy as np

from skill_stack.benchmarks.timing import Array, Work, nothing, paced
from skill_stack.controllers.processes.control_process import PRIORITY
from skill_stack.core.processes.realtime import enter_real_time

WARM_UP = 10  # cycles left out


def start_empty_loop(rate: float, seconds: float, fifo: bool) -> subprocess.Popen[str]:
    """Starts an empty loop as a process; read it with :func:`result_of`.

    Args:
        rate: Hz.
        seconds: How long, s.
        fifo: Whether it requests SCHED_FIFO.
    """
    command = [sys.executable, "-m", "skill_stack.benchmarks.control.empty_loop", "--rate", str(rate)]
    command += ["--seconds", str(seconds), *(["--fifo"] if fifo else [])]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def result_of(process: subprocess.Popen[str]) -> Array:
    """Lateness of every wake-up, s, once the process has ended."""
    return np.array(json.loads(process.communicate()[0]))


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the loop and prints the lateness of every wake-up, s, as a JSON list."""
    parser = argparse.ArgumentParser(description="Measures how late an empty loop wakes up.")
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--fifo", action="store_true")
    options = parser.parse_args(argv)
    enter_real_time(PRIORITY if options.fifo else None)
    _, late = paced(options.rate, WARM_UP + round(options.rate * options.seconds), Work(nothing))
    print(json.dumps(late[WARM_UP:].tolist()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
