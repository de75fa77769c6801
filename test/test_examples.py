"""The examples do what their first lines say."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import load_deployment
from skill_stack.core.robots.driver import check_driver
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.runtime.bringup.processes import describe

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(name, *arguments):
    return subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments], capture_output=True, text=True, timeout=170, check=False
    )


def test_the_line_in_one_process_says_what_came_of_each_seed():
    done = run("in_process.py", "turn left, then sit", "2")
    assert done.returncode == 0, done.stderr
    assert "2 of 2" in done.stdout


def test_without_a_stack_the_error_says_how_to_start_one():
    done = run("say.py", "sit")
    assert done.returncode != 0
    assert "skill-stack up" in done.stderr


def test_an_arm_and_its_gripper_behind_ros2_control_have_a_bridge_and_a_checked_driver_each():
    found = Resources.from_environment({"SKILL_STACK_PATH": str(EXAMPLES / "ros2_control")})
    deployment = load_deployment(found.deployment("arm_ros2_control"))
    specs = {spec.name: spec for spec in describe(deployment, found)}
    robot = load_robot(found.robot(deployment.robot), found)
    for part, bridge in (("arm", "bridge"), ("gripper", "bridge_gripper")):
        assert specs[bridge].executable == "ros2_control_bridge" and specs[bridge].interfaces == ("lo",)
        settings = json.loads(specs[bridge].arguments[specs[bridge].arguments.index("--driver-settings") + 1])
        check_driver(robot.part(part), "ros2_control", settings)
        with pytest.raises(DataError, match="no command interface 'effort'"):
            check_driver(robot.part(part), "ros2_control", {**settings, "kind": "effort"})
