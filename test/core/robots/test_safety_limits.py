"""Limits may be tightened by anybody, loosened by those alone who say that it is unsafe."""

import argparse
import math

import pytest
import yaml

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.processes.limit_arguments import add_limits, limit_arguments, limited
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import Deployment
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.robots.safety_limits import is_tighter, limit_names, override
from skill_stack.runtime.bringup.processes import describe


@pytest.fixture(scope="module")
def resources():
    return Resources.from_environment({})


@pytest.fixture(scope="module")
def robot(resources):
    return load_robot(resources.robot("go2"))


@pytest.mark.parametrize("name", ["go2"])
def test_a_robot_states_every_limit_with_its_source(resources, name):
    data = yaml.safe_load((resources.robot(name) / "robot.yaml").read_text())
    assert set(data["safety"]) == {*limit_names(), "stance_without_imu"}
    assert any(group.startswith("safety") for group in data["sources"])


@pytest.mark.parametrize("name", limit_names())
def test_each_limit_can_be_tightened_and_not_loosened(robot, name):
    own = getattr(robot.safety, name)
    lower, higher = (own - 1, own + 1) if isinstance(own, int) else (0.9 * own, 1.1 * own)
    higher = min(higher, 1.0) if name in ("battery", "effort_share") else higher
    safe, loose = (lower, higher) if is_tighter(name, lower, own) else (higher, lower)
    assert getattr(override(robot.safety, {name: safe}, False, "test"), name) == safe
    if loose == own:
        return
    with pytest.raises(DataError, match=rf"looser than the robot's limits: {name} .*unsafe: true"):
        override(robot.safety, {name: loose}, False, "test")
    assert getattr(override(robot.safety, {name: loose}, True, "test"), name) == loose


@pytest.mark.parametrize("value", [math.nan, -1.0, 0.0, "much", True, None])
def test_no_number_is_no_limit_even_when_unsafe(robot, value):
    with pytest.raises(DataError):
        override(robot.safety, {"tilt": value}, True, "test")
    with pytest.raises(UnknownName, match="tilt"):
        override(robot.safety, {"tillt": 1.0}, True, "test")


def test_a_deployments_word_on_the_envelope_holds_for_every_skill(robot):
    tight = override(robot.safety, {"tilt": 0.7}, False, "test")
    assert tight.within("tilt", 3.2) == 0.7 and tight.within("tilt", 0.5) == 0.5 and tight.within("tilt", None) == 0.7
    assert tight.within("angular_speed", 20.0) == 20.0
    loose = override(robot.safety, {"tilt": 1.5}, True, "test")
    assert loose.within("tilt", 1.0) == 1.5 and loose.within("tilt", 3.2) == 3.2


def test_from_the_deployment_to_the_processes(robot, resources):
    deployment = Deployment(name="first", robot="go2", safety={"effort_share": 0.5, "battery": 0.4})
    commands = {spec.name: spec.arguments for spec in describe(deployment, resources)}
    for process in ("control", "supervisor"):
        parser = argparse.ArgumentParser()
        add_limits(parser)
        found = limited(robot, parser.parse_known_args(commands[process])[0]).safety
        assert (found.effort_share, found.battery, found.tilt) == (0.5, 0.4, robot.safety.tilt)
    with pytest.raises(DataError, match="deployment 'second': looser"):
        describe(Deployment(name="second", robot="go2", safety={"tilt": 2.0}), resources)
    describe(Deployment(name="third", robot="go2", safety={"tilt": 2.0}, unsafe=True), resources)
    assert limit_arguments({}, False) == ()


@pytest.mark.parametrize("text", ["{", "[1]", '"tilt"'])
def test_a_command_line_that_makes_no_sense(robot, text):
    with pytest.raises(DataError, match="--safety"):
        limited(robot, argparse.Namespace(safety=text, unsafe=False))
