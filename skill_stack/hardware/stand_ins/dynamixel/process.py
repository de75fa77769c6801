"""A Dynamixel bus as a separate process: for benchmarks, and for running a hand's stack without the hand.

Lines on its standard input inject faults: ``unplug``, ``plug``, ``cut`` (the power), ``restore``, ``mute 6``, ``hear
6``. Each is answered by a line of JSON with the state of the motors; ``state`` changes nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import sys
from pathlib import Path

from skill_stack.core.processes.realtime import enter_real_time
from skill_stack.hardware.stand_ins.dynamixel.bus import PtyBus

PRIORITY = 55  # under SCHED_FIFO where that is permitted: real motors never wait for a processor
READY = "the bus is there"


def main() -> None:
    """Runs until its standard input ends, or Ctrl-C."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: python -m skill_stack.hardware.stand_ins.dynamixel.process /tmp/leap",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", type=Path, help="where the link to the terminal shall be; name it as the driver's port")
    parser.add_argument("--motors", type=int, default=16, help="motors, numbered from 0 (default: 16)")
    options = parser.parse_args()
    enter_real_time(PRIORITY)
    with PtyBus(range(options.motors), options.path) as bus:
        hurry(PRIORITY)
        print(READY, flush=True)
        try:
            for line in sys.stdin:
                print(answer(bus, line), flush=True)
        except KeyboardInterrupt:
            pass


def hurry(priority: int) -> None:
    """Gives every thread of this process the priority of the first; threads started later get none."""
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # not permitted here
            os.sched_setscheduler(int(task.name), os.SCHED_FIFO, os.sched_param(priority))


def answer(bus: PtyBus, line: str) -> str:
    """Executes one line.

    Args:
        bus: The bus.
        line: A word, and for some the number of a motor.

    Returns:
        JSON: whether any motor pulls, whether torque is on, and each motor's angle from the middle of its turn, rad; or
        what is wrong with the line.
    """
    word, _, number = line.strip().partition(" ")
    plain = {
        "unplug": bus.unplug,
        "plug": bus.plug,
        "cut": bus.cut_power,
        "restore": bus.restore_power,
        "state": lambda: None,
    }
    motors = {"mute": bus.mute.add, "hear": bus.mute.discard}
    if word in plain and not number:
        plain[word]()
    elif word in motors and number.isdigit() and int(number) in bus.motors:
        motors[word](int(number))
    else:
        return json.dumps({"error": f"'{line.strip()}': say {', '.join(plain)}, or mute or hear and a motor's number"})
    with bus.lock:
        angles = {motor: round(bus.body.state(motor)[0] - math.pi, 4) for motor in bus.motors}
    return json.dumps({"pulling": bus.pulling, "on": bus.on, "angles": angles})


if __name__ == "__main__":
    main()
