"""A Dynamixel bus as a process of its own: for benchmarks, and for trying a hand's stack without the hand."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from skill_stack.core.realtime import be_punctual
from skill_stack.hardware.stand_ins.dynamixel.bus import PtyBus

PRIORITY = 55  # under SCHED_FIFO where that is permitted: real motors never wait for a processor
READY = "the bus is there"


def main() -> None:
    """Works until its standard input ends, or Ctrl-C."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="example: python -m skill_stack.hardware.stand_ins.dynamixel.process /tmp/leap"
    )
    parser.add_argument("path", type=Path, help="where the link to the terminal shall be; name it as the driver's port")
    parser.add_argument("--motors", type=int, default=16, help="motors, numbered from 0 (default: 16)")
    options = parser.parse_args()
    be_punctual(PRIORITY)  # before the bus's thread begins, which takes it over
    with PtyBus(range(options.motors), options.path):
        print(READY, flush=True)
        try:
            sys.stdin.read()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
