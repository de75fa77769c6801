"""A robot that keeps its own controller: every node, and a peer on the vendor's network for the robot."""

import math
import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import yaml

pytest.importorskip("cyclonedds", reason="the extra 'unitree' is not installed")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peers"))

from unitree.process import PeerProcess

from skill_stack.core.resources import Resources
from skill_stack.core.setpoint import ControlMode

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def robot(tmp_path_factory):
    domain = 101 + int(os.environ["ROS_DOMAIN_ID"])
    where = ("--domain", str(domain), "--service", "normal", "--walks", "--scene", "playground")
    with PeerProcess(tmp_path_factory.mktemp("robot"), *where) as peer:
        peer.domain = domain
        yield peer


@pytest.fixture(scope="module")
def stack(start, robot, tmp_path_factory):
    path = Resources.from_environment({}).deployment("go2_builtin")
    deployment = yaml.safe_load(path.read_text())
    deployment["driver_settings"] |= {"interface": "lo", "domain": robot.domain}
    file = tmp_path_factory.mktemp("deployment") / "go2_builtin.yaml"
    file.write_text(yaml.safe_dump(deployment))
    made = start(namespace="builtin", deployment=str(file))
    made.wait_up()
    return made


def test_words_become_motions_of_the_robots_own_controller(stack, robot, until) -> None:
    """Judged by the peer's own physics; the stack knows only what the robot's controller tells it."""
    until(lambda: stack.status.mode is not ControlMode.DAMPED, 30, "a robot that is ready", lambda: stack.status)
    begin = robot.ask("report")
    result = stack.say("stand up, walk forward one metre, then sit down")
    assert result.outcome == "succeeded", result
    end = robot.ask("report")
    way = math.hypot(*np.subtract(end["position"], begin["position"])[:2])
    assert way == pytest.approx(1.0, abs=0.35) and not end["fallen"]
    assert end["doing"] == "sit" and end["service"] == "normal"
    assert not end["violations"] and end["commands"] == 0  # nobody else drove a motor


def test_a_stop_ends_the_walk_and_the_robot_stays_with_its_controller(stack, robot, until) -> None:
    results = []
    task = threading.Thread(target=lambda: results.append(stack.say("stand up and walk forward five metres")))
    task.start()
    until(lambda: robot.ask("report")["doing"] == "move", 60, "a walking robot", lambda: (stack.status, results))
    assert stack.command("stop", "--json").returncode == 0
    until(lambda: robot.ask("report")["doing"] == "stand", 30, "a standing robot", lambda: robot.ask("report"))
    task.join(60)
    assert results[0].outcome == "interrupted", results
    assert not robot.ask("report")["fallen"]
