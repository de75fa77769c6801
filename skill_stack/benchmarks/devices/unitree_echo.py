"""A robot on the network without physics: states at 500 Hz, joints that move to their targets.

Prints its observations when an end is requested. Example: ``python -m skill_stack.benchmarks.devices.unitree_echo
--robot g1``
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from skill_stack.core.processes.realtime import enter_real_time
from skill_stack.core.processes.stop_signal import StopSignal
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.unitree import topics
from skill_stack.hardware.unitree.facts import RATE
from skill_stack.hardware.unitree.family import FAMILIES
from skill_stack.hardware.unitree.link import PackedInlet, PackedOutlet
from skill_stack.hardware.unitree.messages.crc import MessageCrc
from skill_stack.hardware.unitree.messages.layout import MessageLayout
from skill_stack.hardware.unitree.messages.packed_message import PackedMessage
from skill_stack.hardware.unitree.network import NetworkSettings, join
from skill_stack.hardware.unitree.settings import robot_data

READY = "echo is ready"
GRAVITY = 9.81
PRIORITY = 40  # under SCHED_FIFO: a robot never stalls, but the control process goes first
MACHINE = 5
"""Kind of machine that it reports."""
SHARE = 0.1
"""Share of the way to its target that a joint goes in one step."""


class Echo:
    """One robot."""

    def __init__(self, messages: str, domain: int) -> None:
        """Joins the network on the loopback interface.

        Args:
            messages: Family of messages.
            domain: DDS domain.
        """
        family = FAMILIES[messages]
        participant = join(NetworkSettings(interface="lo", domain=domain))
        self._outlet = PackedOutlet(participant, topics.LOW_STATE, family.state, b"")
        self._inlet = PackedInlet(participant, topics.LOW_COMMAND, family.command)
        self._state = PackedMessage(family.state)
        self._tick = self._state.view("tick")
        self._motors = self._state.rows(("motor_state.q", "motor_state.dq"))
        self._state.view("imu_state.quaternion")[0] = 1.0
        self._state.view("imu_state.accelerometer")[2] = GRAVITY
        if family.echo:
            self._state.fill("mode_machine", MACHINE)
        else:
            self._state.fill("bms_state.soc", 80)
        layout = MessageLayout(family.command)
        self._crc = MessageCrc(layout)
        self._targets = layout.wire("motor_cmd.q") // 4
        self._machine = layout.places("mode_machine")[0].wire if family.echo else None
        self.seen: dict[str, Any] = {"states": 0, "commands": 0, "damaged": 0, "wrong_machine": 0}

    def step(self) -> None:
        """Takes the newest command, moves, and publishes its state."""
        raw = self._inlet.take()
        if raw is not None:
            self._obey(raw)
        self._tick[0] += round(1000 / RATE)
        self._outlet.send(self._state.signed())
        self.seen["states"] += 1

    def _obey(self, raw: bytes) -> None:
        if not self._crc.holds(raw):
            self.seen["damaged"] += 1
        elif self._machine is not None and raw[self._machine] != MACHINE:
            self.seen["wrong_machine"] += 1
        else:
            self.seen["commands"] += 1
            way = np.frombuffer(raw, dtype="<f4")[self._targets] - self._motors[:, 0]
            self._motors[:, 1] = SHARE * RATE * way
            self._motors[:, 0] += SHARE * way


def main(argv: Sequence[str] | None = None) -> int:
    """Is a robot until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="unitree_echo", description=__doc__)
    parser.add_argument("--robot", required=True)
    parser.add_argument("--domain", type=int, required=True)
    arguments = parser.parse_args(argv)
    stop, clock = StopSignal(), time.perf_counter
    data = robot_data(load_robot(Resources.from_environment(os.environ).robot(arguments.robot)))
    echo = Echo(data.messages, arguments.domain)
    enter_real_time(PRIORITY)
    print(READY, flush=True)
    deadline = clock()
    while not stop.asked:
        deadline = max(deadline + 1.0 / RATE, clock() - 1.0 / RATE)
        time.sleep(max(deadline - clock(), 0.0))
        echo.step()
    print(json.dumps(echo.seen), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
