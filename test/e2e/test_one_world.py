"""A Go2 and a G1 in one simulated world share one request, each with every process of its own."""

import json
import os
import subprocess

import numpy as np
import pytest

pytest.importorskip("rclpy")

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_name import block_path, truth_path
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.truth_channel import TruthChannel
from test.e2e.running_team import COMMAND, place_of, running_team

pytestmark = pytest.mark.slow

TEAM = "dog_and_humanoid"
ROBOTS = {"dog": "go2", "humanoid": "g1"}
RED_BALL = (2.2, 0.8)


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    with running_team(TEAM, ROBOTS, tmp_path_factory.mktemp("team") / "output", 300):
        yield


def test_a_dog_and_a_humanoid_do_their_shares_in_one_world(team, until) -> None:
    resources = Resources.from_environment(os.environ)
    simulators = set()
    for name, robot in ROBOTS.items():
        channels = RobotChannels.open(block_path(*place_of(name)), load_robot(resources.robot(robot), resources))
        simulators.add(channels.common.registered("simulator").pid)
    assert len(simulators) == 1, "one simulator moves both"
    truths = {name: TruthChannel(truth_path(*place_of(name))) for name in ROBOTS}
    times = [until(truth.read, 10, "a truth").task_time for truth in truths.values()]
    assert times[0] == pytest.approx(times[1], abs=0.5)
    said = subprocess.run(
        [*COMMAND, "say", "--robots", TEAM, "--json", "the dog goes to the red ball and the humanoid waves"],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    found = json.loads(said.stdout)
    assert said.returncode == 0 and found["outcome"] == "succeeded", (found, said.stderr)
    assert {one["robot"]: one["outcome"] for one in found["shares"]} == dict.fromkeys(ROBOTS, "succeeded")
    assert "Humanoid: step ended: wave succeeded" in said.stderr
    now = {name: until(truth.read, 10, "a truth") for name, truth in truths.items()}
    assert float(np.linalg.norm(now["dog"].position[:2] - RED_BALL)) < 1.0
    assert not now["humanoid"].fallen and now["humanoid"].position[2] > 0.6
    assert float(np.linalg.norm(now["humanoid"].position[:2] - (-1.2, 1.0))) < 1.5
