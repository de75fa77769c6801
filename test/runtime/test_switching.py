"""A robot that is told something else in the middle of something: it walks by every way out, and never falls."""

import os

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillRequest
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.line import Line

UPRIGHT = 0.8  # rad of tilt that nobody may pass on the way; a seated Go2 leans back by half of it


@pytest.fixture(scope="module", params=["foot_force", "joint_torque"])
def make(request):
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("go2"))
    robot = robot.model_copy(update={"estimation": robot.estimation.model_copy(update={"contact": request.param})})
    library, planner = load_library(resources, robot), None
    if not library.entries["walk"].usable:
        pytest.skip("the walking policy is not there")
    planner = Planner(library)
    scene = load_scene(resources.scene("playground"))
    return lambda: Line(robot, library, set_up(scene, 3).model_copy(update={"objects": ()}), planner=planner)


def ask(line, name, skill, **arguments):
    line.connector.start(SkillRequest(f"{name}/1", skill, arguments), line.scene, line.now)


def until(line, holds, seconds):
    """Skills on the way, in order, until something holds."""
    seen, end = [], line.now + seconds
    while not holds(line.status):
        assert line.now < end, f"not within {seconds} s: {seen}, {line.status.reason}"
        status = line.step()
        seen += [status.skill] if status.skill not in seen[-1:] else []
        assert line.device.truth().fallen is False and status.tilt < UPRIGHT
    return seen


@pytest.mark.parametrize(
    ("skill", "progress", "through", "within"),
    [("sit", 0.2, ["sit", "walk"], 0.2), ("sit", 0.7, ["sit", "walk"], 2.0), ("sit", 1.0, ["rise", "walk"], 4.0)],
    ids=["on its feet", "rolled back", "led out of"],
)
def test_something_else_in_the_middle_of_it(make, skill, progress, through, within):
    line = make()
    ask(line, "a", "stand")
    until(line, lambda status: status.skill == "stand" and status.tilt < 0.1 and line.now > 4.0, 8.0)
    ask(line, "b", skill)
    until(line, lambda status: status.skill == skill and status.progress >= progress, 9.0)
    ask(line, "c", "walk", vx=0.4)
    seen = until(line, lambda status: status.skill == "walk", within)
    assert seen in (through, through[-1:])
    before = line.device.truth().position[0]
    line.idle(2.5)
    assert line.status.mode is ControlMode.ACTIVE
    assert line.device.truth().position[0] - before > 0.4


def test_a_stop_on_the_way_back_ends_in_the_stance_of_the_phase(make):
    line = make()
    ask(line, "a", "stand")
    until(line, lambda status: status.skill == "stand" and line.now > 4.0, 8.0)
    ask(line, "b", "sit")
    until(line, lambda status: status.skill == "sit" and status.progress >= 0.8, 9.0)
    ask(line, "c", "walk", vx=0.4)
    until(line, lambda status: status.skill == "sit" and status.progress < 0.7, 2.0)
    line.stop()
    seen = until(line, lambda status: status.skill == "sit" and status.progress >= 1.0, 4.0)
    assert seen == ["sit"], "it goes on to where it is safe, and nothing stands up again"
    assert line.status.stop_count == 1 and line.status.mode is not ControlMode.DAMPED
