"""A simulated robot that is driven as a device is: half of a motion first, the whole once that has succeeded."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skill_stack.connector.selection.known import track_record
from skill_stack.connector.selection.observer import RunObserver
from skill_stack.connector.statistics.keeper import RunKeeper
from skill_stack.core.plan import PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.motion.words import ToldMotion
from skill_stack.planner.composites import composite, keep
from skill_stack.runtime.line.line import Line

ROOT = Path(__file__).parents[3]
SKILL = "move_as_told"
LOW = "lower your body by 12 cm"
STANDS = 0.30  # m, robot.yaml


def device_line(path, device=True, own=None):
    """A robot that stands, with the record of runs in a file beside its own skills."""
    resources = Resources((path.parent, ROOT), path.parent)
    robot = load_robot(resources.robot("go2"), resources)
    library = load_library(resources, robot, device=device)
    keeper = RunKeeper(path, library.body, pytest.fail)
    line = Line(robot, library, set_up(load_scene(resources.scene("open")), 0))
    record, own = track_record(library, keeper.known), keeper.own if own is None else own
    line.connector.observer = RunObserver(record, np.random.default_rng(0), lambda: line.now, keeper, own=own)
    line.run_skill("rise", {})
    return line, keeper


def lowered(line, plan):
    """How a plan ended, what its step said, and how low the body came, m."""
    line._connect()
    going, low = line.execution(plan), STANDS
    while True:
        try:
            next(going)
        except StopIteration as end:
            outcome, _, steps = end.value
            return outcome, steps[-1].reason, low
        line.step()
        low = min(low, height(line))


def height(line):
    return float(line.device.truth().position[2])


def test_half_of_the_way_first_and_the_whole_after_a_success_also_after_a_restart(tmp_path) -> None:
    line, keeper = device_line(tmp_path / "runs.sqlite")
    plan = line.plan(LOW)
    assert "50 % of the way while nothing of that kind has succeeded on this robot" in plan.reason
    outcome, said, low = lowered(line, plan)
    assert outcome == "succeeded" and "at 50 % of the way" in said and "say it again" in said
    assert low > STANDS - 0.09, "half of 12 cm, and the term's tolerance"
    keeper.close()

    line, keeper = device_line(tmp_path / "runs.sqlite")
    outcome, said, low = lowered(line, line.plan(f"{LOW} for 2 seconds"))
    assert outcome == "succeeded" and not said and low < STANDS - 0.1
    keeper.close()

    line, keeper = device_line(tmp_path / "runs.sqlite", own=())
    assert lowered(line, line.plan(LOW))[2] > STANDS - 0.09, "what other robots shared opens nothing"
    keeper.close()


def test_a_failed_run_opens_nothing_and_a_kept_motion_is_held_back_too(tmp_path) -> None:
    crouch = {"base_height": 0.18, "base_height_weight": 1.0, "duration": 4.0}
    tree = PlanNode("sequence", (PlanNode("skill", skill=SKILL, arguments=crouch),))
    keep(Resources((ROOT,), tmp_path), composite("go2", "curtsy", tree, recipe="a test"))
    line, keeper = device_line(tmp_path / "runs.sqlite")
    assert line.run_skill(SKILL, {**crouch, "duration": 0.2}).outcome == "failed", "nobody is there in 0.2 s"
    outcome, said, low = lowered(line, line.plan("curtsy"))
    assert outcome == "succeeded" and "50 %" in said and low > STANDS - 0.09, said
    assert lowered(line, line.plan("curtsy"))[2] < STANDS - 0.1
    keeper.close()


def test_words_while_it_runs_do_not_leap_over_what_may_be_gone(tmp_path) -> None:
    line, keeper = device_line(tmp_path / "runs.sqlite")
    asked = {"base_height": 0.25, "base_height_weight": 1.0, "duration": 30.0}
    request = line.operator.confirmed(SkillRequest("t/1", SKILL, asked), line._library)
    line.connector.start(request, line.scene, line.now)
    while line.status.skill != SKILL:
        line.step()
    for words in ("lower", "lower", "as low as you can"):
        told = ToldMotion(line._library[SKILL]).edit(words, request.arguments)
        assert isinstance(told, dict), told
        request = line.operator.confirmed(replace(request, arguments=told), line._library)
        line.connector.change(request, line.scene, line.now)
        said = line.now
        while line.cycle.setpoint.goals.get("base_height") != pytest.approx((STANDS + told["base_height"]) / 2):
            line.step()
        assert line.now - said <= 0.1, "in the next cycle"
        line.idle(1.0)
    assert told["base_height"] < 0.13 and height(line) > 0.18
    keeper.close()


def test_in_simulation_nothing_is_held_back(tmp_path) -> None:
    line, keeper = device_line(tmp_path / "runs.sqlite", device=False)
    plan = line.plan(f"{LOW} for 2 seconds")
    outcome, said, low = lowered(line, plan)
    assert "way" not in plan.reason and outcome == "succeeded" and not said and low < STANDS - 0.1
    keeper.close()
