"""Keys on a terminal move and stop a simulated robot, through the real nodes."""

import math
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.channels import RobotChannels
from test.eventually import eventually

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 150.0  # s
CLI = "import sys\nfrom skill_stack.cli import main\nsys.exit(main({words}))\n"
PROMPT = "import sys\nfrom skill_stack.nodes.prompt_node import main\nsys.exit(main({words}))\n"
UP, ESC, CTRL_C, CTRL_D = "\x1b[A", "\x1b", "\x03", "\x04"

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]


class Robot:
    """A running stack without a monitor, and what its controller says."""

    def __init__(self, folder: Path) -> None:
        deployment = folder / "hand.yaml"
        deployment.write_text("{name: hand, robot: go2, namespace: hand, monitor: {enabled: false}, rearm: auto}\n")
        self._log = folder / "up.log"
        command = [sys.executable, "-m", "skill_stack.cli", "up", str(deployment)]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=ROOT)
        self.wait_for(lambda: "is up" in self._log.read_text(), "a stack")
        spec = load_robot(Resources.from_environment(os.environ).robot("go2"))
        self._channels = RobotChannels.open(block_path("hand", domain_of(os.environ), os.getuid()), spec)

    @property
    def status(self) -> SkillStatus:
        return self.wait_for(self._channels.read_status, "a status")

    @property
    def speed(self) -> float:
        return math.hypot(*self.status.base_velocity[:2])

    def wait_for(self, condition, what, meanwhile=lambda: None):
        return eventually(lambda: condition() or meanwhile(), PATIENCE, what, self._log.read_text)

    def close(self) -> None:
        self._channels.close()
        self.process.terminate()
        self.process.wait(timeout=90)


@pytest.fixture(scope="module")
def robot(tmp_path_factory) -> Iterator[Robot]:
    robot = Robot(tmp_path_factory.mktemp("stack"))
    yield robot
    robot.close()


def test_words_and_ctrl_c_on_the_prompt(robot, terminal):
    prompt = terminal(PROMPT.format(words=["--ros-args", "-r", "__ns:=/hand"]))
    prompt.expect("robot>")
    prompt.type("walk to the purple cylinder\r")
    robot.wait_for(lambda: robot.speed > 0.2, "a robot that walks", lambda: prompt.read(0.01))
    stops = robot.status.stop_count
    prompt.type(CTRL_C)
    robot.wait_for(lambda: robot.status.stop_count > stops, "a stop", lambda: prompt.read(0.01))
    prompt.expect("interrupted")
    robot.wait_for(lambda: robot.speed < 0.1, "a robot that stands", lambda: prompt.read(0.01))
    prompt.type(CTRL_D)
    assert prompt.end() == 0
    assert robot.status.mode in (ControlMode.STANCE, ControlMode.ACTIVE)


def test_lines_of_a_script_are_done_one_after_the_other(robot):
    command = [sys.executable, "-m", "skill_stack.nodes.prompt_node", "--ros-args", "-r", "__ns:=/hand"]
    done = subprocess.run(command, input="sit down\nstand up\n", capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("succeeded: ") == 2 and "interrupted" not in done.stdout
    first, second = done.stdout.split("succeeded: ")[:2]
    assert "step started: sit" in first and "step started: " in second


def test_a_script_that_could_not_be_done_fails(robot):
    command = [sys.executable, "-m", "skill_stack.nodes.prompt_node", "--ros-args", "-r", "__ns:=/hand"]
    done = subprocess.run(command, input="fly to the moon\n", capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1


def test_a_held_key_drives_and_letting_go_stops(robot, terminal):
    hand = terminal(CLI.format(words=["drive", "--namespace", "hand"]))
    hand.expect("Letting go stops the robot")

    def hold() -> None:
        hand.type(UP)
        hand.read(0.01)

    robot.wait_for(lambda: robot.speed > 0.2, "a robot that drives", hold)
    robot.wait_for(lambda: robot.speed < 0.1, "a robot that stands", lambda: hand.read(0.01))
    hand.type(ESC + ESC)
    robot.wait_for(lambda: robot.status.mode == ControlMode.ESTOP, "an e-stop", lambda: hand.read(0.01))
    hand.type("q")
    assert hand.end() == 0


def test_driving_a_robot_that_is_not_there_says_so(terminal):
    hand = terminal(CLI.format(words=["drive", "--namespace", "nobody"]))
    assert hand.end() == 1
    hand.expect("no stack is up in namespace 'nobody'")
