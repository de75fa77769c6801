"""A robot of two parts on two devices: a body of its own, a hand on a serial bus, and one stop for both."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

pytest.importorskip("dynamixel_sdk")

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.stand_ins.dynamixel.process import READY

pytestmark = pytest.mark.slow

HAND = "right_hand"
GIVEN_UP = (ControlMode.DAMPED, ControlMode.DISARMED, ControlMode.ESTOP)
WAITS = "waits for a reset"
ROBOT = {
    "name": "go2_leap",
    "description": "A Go2 with a LEAP hand on its back.",
    "parts": {"body": {"robot": "go2"}, HAND: {"robot": "leap", "mount": {"link": "base", "xyz": [0.0, 0.0, 0.15]}}},
    "sources": {"parts": "made up for this test"},
}


class Bus:
    """Motors in a process of their own, which no test keeps waiting."""

    def __init__(self, path: Path) -> None:
        """Plugs them in."""
        self.path = path
        command = [sys.executable, "-m", "skill_stack.hardware.stand_ins.dynamixel.process", str(path)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout.readline().strip() == READY

    def ask(self, word: str) -> dict:
        """Does something on the table, and tells how the motors are."""
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """Takes them away."""
        self._process.communicate(timeout=20)


@pytest.fixture(scope="module")
def bus(tmp_path_factory):
    made = Bus(tmp_path_factory.mktemp("bus") / "tty")
    yield made
    made.close()


@pytest.fixture(scope="module")
def stack(start, bus):
    overlay = Path(os.environ["SKILL_STACK_OVERLAY"])
    place = {"driver": "dynamixel", "driver_settings": {"port": str(bus.path), "reply_timeout": 0.01, "watchdog": 1.0}}
    deployment = {
        "name": "go2_leap", "robot": "go2_leap", "driver": "mujoco", "rearm": "person", "parts": {HAND: place},
        "monitor": {"enabled": False},
    }  # fmt: skip
    for path, data in ((f"urdf/{ROBOT['name']}/robot.yaml", ROBOT), ("config/deployments/go2_leap.yaml", deployment)):
        (overlay / path).parent.mkdir(parents=True, exist_ok=True)
        (overlay / path).write_text(yaml.safe_dump(data, sort_keys=False))
    made = start(namespace="buses", deployment="go2_leap")
    made.wait_up()
    return made


@pytest.fixture(scope="module")
def hand(stack):
    resources = Resources.from_environment(os.environ)
    made = RobotChannels.open(stack.block, load_robot(resources.robot("go2_leap"), resources), HAND)
    yield made
    made.close()


def fist(bus) -> float:
    """Mean angle of the fingers' first joints, as the motors themselves know it, rad."""
    angles = bus.ask("state")["angles"]
    return float(np.mean([angles[number] for number in ("1", "5", "9")]))


def done(stack, words) -> None:
    """Has words done; an earlier stop may still be heeded, after which they are said again."""
    for _ in range(3):
        result = stack.say(words)
        if result.outcome == "succeeded":
            return
    raise AssertionError(result)


def drive(stack, hand, bus, until) -> None:
    """A hand that may be driven: on a busy machine it may have been given up while everything else began."""

    if WAITS in hand.read_status().reason:
        assert stack.command("reset").returncode == 0
    until(lambda: WAITS not in hand.read_status().reason, 30, "a hand that may be driven", hand.read_status)
    until(lambda: bus.ask("state")["on"], 60, "torque on the hand's motors", hand.read_status)


def test_each_device_does_its_part_and_one_stop_is_for_both(stack, hand, bus, until) -> None:
    drive(stack, hand, bus, until)
    done(stack, "stand up and close your hand")
    until(lambda: fist(bus) > 1.2, 30, "a fist of real motors", lambda: fist(bus))
    until(stack.standing, 30, "a standing dog", lambda: stack.truth)
    rates = stack.channels.read_status().sample_sequence, hand.read_status().sample_sequence
    assert min(rates) > 0
    assert stack.command("estop", "--socket").returncode == 0
    assert stack.status.mode is hand.read_status().mode is ControlMode.ESTOP
    assert stack.command("reset").returncode == 0
    until(lambda: stack.status.mode is hand.read_status().mode is ControlMode.DISARMED, 30, "both reset")


def test_a_hand_whose_process_dies_lets_go_and_the_body_goes_on(stack, hand, bus, until) -> None:
    drive(stack, hand, bus, until)
    done(stack, "stand up and close your hand")
    killed = stack.kill(f"control_{HAND}", signal.SIGKILL)
    until(lambda: not bus.ask("state")["pulling"], 30, "a hand without torque")
    until(stack.standing, 30, "a dog that still stands", lambda: stack.truth)
    until(lambda: stack.pid(f"control_{HAND}") != killed, 30, "a new control process of the hand")
    until(lambda: WAITS in hand.read_status().reason, 60, "a hand that waits for a person", hand.read_status)
    drive(stack, hand, bus, until)
    done(stack, "close your hand")


def test_a_hand_that_is_unplugged_stops_alone_and_comes_back(stack, hand, bus, until) -> None:
    bus.ask("unplug")
    until(lambda: hand.read_status().mode in GIVEN_UP, 30, "a hand that is given up", hand.read_status)
    assert hand.read_status().reason
    assert stack.standing()
    bus.ask("plug")
    drive(stack, hand, bus, until)
    done(stack, "open your hand")
    until(lambda: fist(bus) < 0.3, 30, "an open hand", lambda: fist(bus))
