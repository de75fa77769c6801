"""A gamepad and a full-screen terminal move and stop a real robot of the simulation; a lost gamepad stops it too."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.setpoint import ControlMode
from skill_stack.nodes.clients.client import TaskClient
from skill_stack.teleop.gamepad.profile import load_profile
from test.e2e.conftest import COMMAND
from test.eventually import eventually
from test.teleop.conftest import Terminal

PROFILE = load_profile(Resources.from_environment(os.environ), "legged")
STILL = 1.0  # s in which a robot that nobody drives does not walk


class Pad:
    """Publishes ``sensor_msgs/Joy`` as ROS's joy nodes do, and takes what shakes it."""

    def __init__(self, client: TaskClient, output: Path) -> None:
        from sensor_msgs.msg import Joy, JoyFeedback

        from skill_stack.nodes.ros_compat import STREAM

        self.client, self.output, self.shakes = client, output, 0
        self._message, self._there = Joy(axes=[0.0] * 6, buttons=[0] * 21), True
        self._publisher = client.node.create_publisher(Joy, "joy", STREAM)
        client.node.create_subscription(JoyFeedback, "joy/set_feedback", self._shake, STREAM)
        client.node.create_timer(0.05, self._say)

    def _shake(self, _: Any) -> None:
        self.shakes += 1

    def _say(self) -> None:
        if self._there:
            self._publisher.publish(self._message)

    def hold(self, *buttons: str, **sticks: float) -> None:
        """Holds buttons and sticks from now on."""
        self._there = True
        for name, one in PROFILE.buttons.items():
            self._message.buttons[one.joy] = int(name in buttons)
        for name, stick in PROFILE.sticks.items():
            self._message.axes[stick.joy] = sticks.get(name, 0.0)

    def unplug(self) -> None:
        """Is silent from now on."""
        self._there = False

    def until(self, condition: Any, what: str) -> None:
        """Waits until something is so, and says what was told meanwhile if it is not."""
        assert self.client.spin(condition, 60), (what, self.output.read_text())


@pytest.fixture(scope="module")
def stack(start: Any) -> Any:
    made = start(namespace="pad")
    made.wait_up()
    assert made.say("stand up").outcome == "succeeded"
    return made


@pytest.fixture
def pad(stack: Any, tmp_path: Path) -> Iterator[Pad]:
    command = [*COMMAND, "drive", "--namespace", stack.namespace, "--gamepad", "legged", "--joy", "joy"]
    output = tmp_path / "output"
    with output.open("wb") as file, TaskClient(stack.namespace) as client:
        with subprocess.Popen(command, stdout=file, stderr=file) as program:
            made = Pad(client, output)
            made.until(lambda: "Hold LB" in output.read_text(), "a program that has its gamepad")
            yield made
            program.send_signal(signal.SIGINT)
            assert program.wait(30) == 0


def test_the_terminal_shows_it_sends_words_and_stops_it(stack: Any, tmp_path: Path) -> None:
    script = f"from skill_stack.cli import main\nraise SystemExit(main(['watch', '--namespace', '{stack.namespace}']))"
    terminal = Terminal(script, tmp_path, COLUMNS="100", LINES="30")
    try:
        terminal.expect("go2 pad")
        terminal.expect("standing")
        stops = stack.status.stop_count
        terminal.type("/walk forward 4 metres\r")
        eventually(stack.walking, 60, "a robot that walks", lambda: (terminal.read(0.1), terminal.screen[-3000:]))
        terminal.expect("walk for")
        terminal.type(" ")
        eventually(lambda: stack.status.stop_count > stops, 60, "a stop")
        eventually(stack.standing, 60, "a robot that stands")
        terminal.expect("stop asked for")
        terminal.type("q")
        assert terminal.end() == 0
    finally:
        terminal.close()


def test_it_drives_and_its_end_stops_the_robot(stack: Any, pad: Pad) -> None:
    pad.hold("lb", left_y=1.0)
    pad.until(stack.walking, "a robot that walks")
    stops = stack.status.stop_count
    pad.unplug()
    told = pad.output.read_text()
    pad.until(lambda: stack.status.stop_count > stops, "a stop")
    pad.until(stack.standing, "a robot that stands")
    assert "the robot was stopped" in pad.output.read_text().removeprefix(told)
    pad.hold("lb", left_y=1.0)  # plugged in again with the switch held
    end = time.monotonic() + STILL
    pad.until(lambda: time.monotonic() > end or stack.walking(), "time that passes")
    assert not stack.walking()
    pad.hold()
    pad.client.spin(lambda: False, 0.3)
    pad.hold("lb", left_y=-0.5)
    pad.until(lambda: stack.status.base_velocity[0] < -0.1, "a robot that walks backwards")


def test_it_poses_starts_skills_is_refused_and_stops(stack: Any, pad: Pad) -> None:
    pad.until(stack.standing, "a robot that stands")
    height = stack.truth.position[2]
    pad.hold("rb", left_y=-1.0)
    pad.until(lambda: stack.truth.position[2] < height - 0.04, "a lowered body")
    pad.hold()
    pad.until(lambda: stack.truth.position[2] > height - 0.02, "a body at its height")
    pad.hold("lb", "b")
    pad.until(lambda: stack.status.skill == "sit", "a robot that sits down")
    pad.hold()
    pad.until(lambda: not stack.asked(), "the end of sitting down")
    pad.hold("left_stick", "right_stick")
    pad.until(lambda: stack.status.mode == ControlMode.ESTOP, "an emergency stop")
    pad.hold("rb")
    pad.until(lambda: pad.shakes > 0, "a refusal that is felt")
    pad.hold()
    pad.client.spin(lambda: False, 0.3)
    pad.hold("back", "start")
    pad.until(lambda: stack.status.mode != ControlMode.ESTOP, "a reset")
