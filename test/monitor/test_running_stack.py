"""The page of a real stack: words sent there move the robot, its stops stop it."""

import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import wrap_angle, yaw_of
from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.channels import RobotChannels
from test.monitor.browsing import wait_for
from test.monitor.page.page_client import PageClient, request

ROOT = Path(__file__).resolve().parents[2]
DEPLOYMENT = "{name: page, robot: go2, namespace: page, monitor: {port: 0}, pace: real_time, rearm: auto}\n"
# A minute of walking, so that a slow renderer sees it while it lasts.
WORDS = "walk to the red ball, then to the purple cylinder, then to the yellow box, then to the table, then sit down"

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]


class Stack:
    """A running stack: where its page is, and what its controller says."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "up.log"
        deployment = folder / "page.yaml"
        deployment.write_text(DEPLOYMENT)
        command = [sys.executable, "-m", "skill_stack.cli", "up", str(deployment)]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=ROOT)
        self._robot = load_robot(Resources.from_environment(os.environ).robot("go2"))
        self._channels: RobotChannels | None = None

    @property
    def url(self) -> str:
        found = re.search(r"monitor is ready: (\S+)", self._log.read_text())
        return found[1] if found else ""

    @property
    def status(self) -> SkillStatus:
        if self._channels is None:
            self._channels = RobotChannels.open(block_path("page", domain_of(os.environ), os.getuid()), self._robot)
        return wait_for(self._channels.read_status, "a status")

    def close(self) -> None:
        if self._channels is not None:
            self._channels.close()
        self.process.terminate()
        self.process.wait(timeout=90)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path)
    yield stack
    stack.close()


def test_words_move_the_robot_and_buttons_stop_it(stack):
    port, key = wait_for(lambda: re.search(r":(\d+)/(\w+)/", stack.url), "a monitor").groups()
    with PageClient(int(port), key) as page:
        page.until(lambda: page.state.get("robot", {}).get("mode") == "disarmed", "a robot that lies")
        assert page.order("say", words=WORDS) == ""
        wait_for(lambda: stack.status.skill == "walk" and stack.status.base_position[0] > 0.5, "a robot that walks")

        def running():
            robot, tree = page.state["robot"], page.state["plan"]["tree"]
            return robot["mode"] == "active" and tree and '"status": "running"' in json.dumps(tree)

        page.until(running, "the running step")
        stops = stack.status.stop_count
        assert page.order("stop") == ""
        wait_for(lambda: stack.status.stop_count > stops, "a stop")
        wait_for(lambda: math.hypot(*stack.status.base_velocity[:2]) < 0.1, "a robot that stands")
        page.until(lambda: "interrupted" in json.dumps(page.state["plan"]["tree"]), "the stop on the page")

        assert page.order("skill", name="turn", arguments={"angle": 0.8}) == ""
        heading = yaw_of(stack.status.orientation)
        wait_for(lambda: wrap_angle(yaw_of(stack.status.orientation) - heading) > 0.5, "a turn by a press")
        page.until(lambda: "turn succeeded" in json.dumps(page.state["events"]), "how it ended")

        def driven():
            assert page.order("drive", vx=0.4, vy=0, wz=0) == ""
            return np.linalg.norm(stack.status.base_position - place) > 0.4

        place = stack.status.base_position.copy()
        wait_for(driven, "a robot that is driven")
        wait_for(lambda: math.hypot(*stack.status.base_velocity[:2]) < 0.05, "rest, since nobody holds the switch")

        assert page.order("estop") == ""
        wait_for(lambda: stack.status.mode == ControlMode.ESTOP, "an emergency stop")
        page.until(lambda: page.state["robot"]["mode"] == "estop", "the emergency stop on the page")
        assert page.order("reset") == ""
        wait_for(lambda: stack.status.mode == ControlMode.DISARMED, "a reset")

        assert page.order("preview") == ""

        def previewed():
            drawn = "preview/" in json.dumps(page.state["plan"]["tree"])
            return drawn or "no pictures without a GL library" in json.dumps(page.state["events"])

        page.until(previewed, "pictures of the plan's steps")
        status, _, report = request(int(port), f"/{key}/report.zip")
        assert status == 200 and report.startswith(b"PK")
