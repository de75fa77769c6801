"""Hands on simulated buses, in time controlled by the benchmark."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.robots.hardware import Hardware
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.stand_ins.allegro import VirtualAllegro
from skill_stack.hardware.stand_ins.dynamixel.bus import PtyBus
from skill_stack.hardware.stand_ins.dynamixel.process import READY

_CHANNELS = itertools.count()
PLAY = 0.05
"""How far beyond its range a joint of the stand-in reaches its mechanical end, rad."""


class Device(Protocol):
    """The stand-in of the hand."""

    @property
    def pulling(self) -> bool:
        """Whether any motor pulls."""

    @property
    def on(self) -> bool:
        """Whether the torque of any motor that has power is switched on."""

    def close(self) -> None:
        """Takes it away."""


@dataclass
class HandRig:
    """One hand.

    Attributes:
        robot: Its robot.
        device: What stands in for it.
        channels: The robot's shared block.
        now: The device's time, s.
        step: Time that passes in one cycle, s.
        pause: How long a cycle takes at least by the clock, s: the device works in a thread of its own.
    """

    robot: RobotSpec
    channels: RobotChannels
    driver_name: str
    settings: dict[str, Any]
    step: float
    pause: float
    device: Any = None
    now: float = 100.0

    def open(self, owner: Literal["control", "supervisor"] = "control") -> Hardware:
        """A driver with a new lease."""
        return open_driver(
            self.robot, self.driver_name, self.channels, self.channels.words.take_lease(owner), self.settings
        )

    def advance(self) -> None:
        """Lets one cycle's time pass."""
        self.now += self.step
        time.sleep(self.pause)

    def close(self) -> None:
        """Takes device and block away."""
        self.device.close()
        self.channels.close()


def leap_rig(folder: Path) -> HandRig:
    """A LEAP hand on a serial bus.

    Args:
        folder: Where its block and its port are made.
    """
    settings = {"port": str(folder / "tty"), "reply_timeout": 0.03, "gain_ramp": 0.02, "watchdog": 1.0,
                "damp_time": 0.02, "ask_again": 0.05}  # fmt: skip
    rig = _rig("leap", "dynamixel", folder, settings, step=0.004, pause=0.002)
    numbers = rig.robot.driver_data["dynamixel"]["motors"]
    rig.device = PtyBus(numbers.values(), folder / "tty", clock=_clock(rig))
    with rig.device.lock:
        body = rig.device.body
        body.stops = {
            numbers[joint.name]: (math.pi + joint.lower - PLAY, math.pi + joint.upper + PLAY)
            for joint in rig.robot.joints
        }
        for name, q in rig.robot.poses["default"].items():
            body.angles[numbers[name]] = rig.device.motors[numbers[name]].position = math.pi + q
    return rig


def allegro_rig(folder: Path) -> HandRig:
    """An Allegro Hand on a virtual CAN bus of this process.

    Args:
        folder: Where its block is made.
    """
    channel = f"rig-{os.getpid()}-{next(_CHANNELS)}"
    settings = {"channel": channel, "interface": "virtual", "gain_ramp": 0.02, "damp_time": 0.03}
    rig = _rig("allegro_right", "allegro", folder, settings, step=0.003, pause=0.004)
    rig.device = VirtualAllegro(channel, clock=_clock(rig))
    with rig.device.lock:
        rig.device.angles[:] = rig.robot.pose("default")
        rig.device.stops = rig.robot.column("lower") - PLAY, rig.robot.column("upper") + PLAY
    return rig


def _rig(name: str, driver: str, folder: Path, settings: dict[str, Any], step: float, pause: float) -> HandRig:
    robot = load_robot(Resources.from_environment(os.environ).robot(name))
    return HandRig(robot, RobotChannels.open(folder / "block", robot), driver, settings, step, pause)


def _clock(rig: HandRig) -> Callable[[], float]:
    return lambda: rig.now


@contextmanager
def bus_process(path: Path) -> Iterator[Path]:
    """A serial bus in another process, as on the table.

    Args:
        path: Where the link to its port shall be.

    Raises:
        SkillStackError: It did not come up.
    """
    module = "skill_stack.hardware.stand_ins.dynamixel.process"
    process = subprocess.Popen(
        [sys.executable, "-m", module, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        if process.stdout.readline().strip() != READY:
            raise SkillStackError("the process that plays the serial bus did not come up")
        yield path
    finally:
        process.communicate()
