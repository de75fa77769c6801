"""What the page shows of a robot, as plain data that JSON can express."""

import json
import math
from dataclasses import replace

import numpy as np

from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.world.scene import Pose2
from skill_stack.monitor.page.page_state import plan_section, robot_section, sections_of
from skill_stack.monitor.plan_view import PlanView, TreeNodeView
from skill_stack.monitor.status_board import PageEvent, StatusBoard
from test.monitor.conftest import plan, playground, status


def board(**changes):
    made = StatusBoard(wall=lambda: 1000.0)
    made.note_odom(Pose2(1.0, 2.0, math.pi / 2))
    made.note_scene(playground())
    made.note_plan(plan())
    made.note_status(status(2.0, **changes), 50.0)
    return made


def leaf(skill, state):
    return TreeNodeView("skill", skill, state, "", skill)


def test_state_motion_and_place_are_those_of_the_robot():
    shown = robot_section(board(reason="waits").snapshot(50.5))
    assert shown["connected"] and shown["mode"] == "active" and shown["reason"] == "waits" and shown["speed"] == 0.5
    assert shown["place"] == [1.0, 3.0, 1.57], "one metre ahead in odom, which is turned"
    late = robot_section(board().snapshot(53.7))
    assert not late["connected"] and late["age"] == 3
    none = robot_section(StatusBoard().snapshot(0.0))
    assert not none["connected"] and none["age"] is None


def test_numbers_that_are_none_are_left_out():
    shown = sections_of(board(progress=math.nan, base_velocity=np.array([math.inf, 0, 0])).snapshot(50.0))
    assert shown["robot"]["progress"] is None and shown["robot"]["speed"] is None
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown


def test_a_failed_step_says_why_and_the_next_one_is_marked():
    tree = TreeNodeView("sequence", children=(
        leaf("stand", "succeeded"), TreeNodeView("repeat", count=2, children=(leaf("walk", "running"),)),
        leaf("sit", "waiting"),
    ))  # fmt: skip
    shown = plan_section(PlanView("p", tree=tree), {}, {1: "preview/p/1.jpg"})["tree"]
    first, again, last = shown["children"]
    walk = again["children"][0]
    assert (first["step"], walk["step"], last["step"], again["step"]) == (0, 1, 2, None) and again["count"] == 2
    assert [one["next"] for one in (first, walk, last, again)] == [False, False, True, False]
    assert walk["picture"] == "preview/p/1.jpg" and last["picture"] is None
    broken = replace(tree, children=(leaf("stand", "succeeded"), leaf("walk", "failed"), leaf("sit", "waiting")))
    shown = plan_section(PlanView("p", tree=broken), {"walk": "the floor was wet"}, {})["tree"]["children"]
    assert shown[1]["reason"] == "the floor was wet" and not any(one["next"] for one in shown)
    fresh = replace(tree, children=(leaf("stand", ""), leaf("sit", "")))
    assert [one["next"] for one in plan_section(PlanView("p", tree=fresh), {}, {})["tree"]["children"]] == [True, False]


def test_failures_belong_to_the_present_plan():
    made = board()
    made.note_outcome(StepOutcome("p1/0", "go_to", "failed", "the way is blocked"))
    assert made.snapshot(0.0).failures == {"go_to": "the way is blocked"}
    made.note_plan(replace(plan(), id="p2"))
    assert made.snapshot(0.0).failures == {}


def test_events_have_numbers_and_times_that_stay():
    made = board()
    for number in range(300):
        made.note_event(PageEvent(f"event {number}", "good"))
    shown = sections_of(made.snapshot(0.0))["events"]
    assert len(shown) == 200 and shown[-1] == {"id": 300, "at": 1000.0, "kind": "good", "text": "event 299"}


def test_the_scene_is_drawn_from_above():
    shown = sections_of(board().snapshot(50.0))["scene"]
    assert {"red_ball"} <= {one["name"] for one in shown["objects"]}
    assert all(math.hypot(wall[2] - wall[0], wall[3] - wall[1]) > 1.0 for wall in shown["walls"]) and shown["walls"]
    assert len(shown["path"]) == 2, "from the robot to the ball"
