"""A running request is changed under its id: another target, distance or pace, held and gone on with."""

import math

import pytest

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.setpoint import SkillRequest


def change(world, request_id, skill, pace=1.0, **arguments):
    world.connector.change(SkillRequest(request_id, skill, arguments, pace=pace), world.scene, world.now)


def fastest(world, seconds):
    """Largest forward goal of a stretch."""
    most, end = 0.0, world.now + seconds
    while world.now < end:
        world.step()
        most = max(most, world.cycle.setpoint.goals.get("vx", 0.0))
    return most


def under_way(worlds, skill="go_to", **arguments):
    world = worlds()
    world.start("p/1", skill, **arguments)
    while world.status.skill != "walk":
        world.step()
    world.run(0.5)
    return world


def test_another_target_is_asked_for_in_the_next_cycle_and_reached_under_the_same_id(worlds):
    world = under_way(worlds, target="red_ball")
    before = world.cycle.setpoint.goals["wz"]
    change(world, "p/1", "go_to", target="blue_ball")
    world.step()
    after = world.cycle.setpoint
    assert after.request_id == "p/1" and after.skills[0].skill == "walk"
    assert after.goals["wz"] < 0 < before  # the blue ball lies to the right, the red one to the left
    assert world.finish().outcome == "succeeded"
    assert [outcome.request_id for outcome in world.outcomes] == ["p/1"]
    blue = world.scene["blue_ball"].position
    assert math.dist(blue[:2], (world.map_pose.x, world.map_pose.y)) < 0.7


def test_a_pace_scales_what_a_guide_asks_for_within_one_cycle(worlds):
    world = under_way(worlds, target="yellow_box")
    usual = fastest(world, 0.5)
    change(world, "p/1", "go_to", 0.5, target="yellow_box")
    world.step()
    assert world.cycle.setpoint.goals["vx"] <= 0.5 * 0.7 + 1e-9 < usual
    change(world, "p/1", "go_to", 1.4, target="yellow_box")
    assert fastest(world, 0.5) > usual


def test_a_pace_scales_the_velocities_of_a_policy_and_keeps_to_its_ranges(worlds):
    world = under_way(worlds, "walk", vx=0.6)
    change(world, "p/1", "walk", 0.5, vx=0.6)
    world.step()
    assert world.cycle.setpoint.goals["vx"] == pytest.approx(0.3)
    change(world, "p/1", "walk", 3.0, vx=0.6)
    world.step()
    assert world.cycle.setpoint.goals["vx"] == 1.0


def test_a_held_step_stands_and_its_time_stands_still(worlds):
    world = under_way(worlds, target="red_ball")
    change(world, "p/1", "go_to", 0.0, target="red_ball")
    world.run(80.0)  # longer than the time limit of the step
    assert world.status.skill == "stand" and not world.outcomes
    assert world.connector.active.id == "p/1"
    change(world, "p/1", "go_to", target="red_ball")
    assert world.finish().outcome == "succeeded"


@pytest.mark.parametrize(("left", "wanted"), [(1.0, 1.5), (1.0, 0.4)])
def test_a_distance_counts_from_where_the_step_began(worlds, left, wanted):
    world = worlds([])
    world.start("p/1", "move", forward=left)
    world.run(3.0)
    start = world.track[0]
    change(world, "p/1", "move", forward=wanted)
    assert world.finish().outcome == "succeeded"
    assert world.map_pose.x - start.x == pytest.approx(wanted, abs=0.12)


def test_an_angle_counts_from_where_the_step_began(worlds):
    world = worlds([])
    world.start("p/1", "turn", angle=0.8)
    world.run(2.8)
    change(world, "p/1", "turn", angle=1.6)
    assert world.finish().outcome == "succeeded"
    assert world.map_pose.yaw == pytest.approx(1.6, abs=0.15)


def test_more_distance_lets_a_robot_that_is_too_near_step_back(worlds):
    world = under_way(worlds, target="red_ball")
    while world.cycle.signals.get("distance_error", 9.0) > 0.1:
        world.step()
    near = math.dist(world.scene["red_ball"].position[:2], (world.map_pose.x, world.map_pose.y))
    change(world, "p/1", "go_to", target="red_ball", gap=0.4)
    assert world.finish().outcome == "succeeded"
    assert math.dist(world.scene["red_ball"].position[:2], (world.map_pose.x, world.map_pose.y)) > near + 0.15


@pytest.mark.parametrize(
    ("request_id", "skill", "pace", "arguments", "error", "hint"),
    [
        ("p/2", "go_to", 1.0, {"target": "red_ball"}, DataError, "does not run"),
        ("p/1", "turn", 1.0, {"angle": 1.0}, DataError, "start that instead"),
        ("p/1", "go_to", 1.0, {"target": "red_bull"}, UnknownName, "red_ball"),
        ("p/1", "go_to", 1.0, {"target": "red_ball", "gap": 9.0}, DataError, "gap"),
        ("p/1", "go_to", math.nan, {"target": "red_ball"}, DataError, "pace"),
        ("p/1", "go_to", -1.0, {"target": "red_ball"}, DataError, "pace"),
        ("p/1", "go_to", True, {"target": "red_ball"}, DataError, "pace"),
    ],
)
def test_a_wrong_change_is_refused_and_the_step_goes_on(worlds, request_id, skill, pace, arguments, error, hint):
    world = under_way(worlds, target="red_ball")
    with pytest.raises(error, match=hint):
        change(world, request_id, skill, pace, **arguments)
    assert world.finish().outcome == "succeeded"


def test_a_posture_can_only_be_ended(worlds):
    world = worlds()
    world.start("p/1", "go_to", target="red_ball")
    world.finish()
    world.start("p/2", "sit")
    world.run(0.3)
    with pytest.raises(DataError, match="only be ended"):
        change(world, "p/2", "sit", 0.5)
    assert world.finish().outcome == "succeeded"


def test_a_stop_ends_a_held_step_too(worlds):
    world = under_way(worlds, target="red_ball")
    change(world, "p/1", "go_to", 0.0, target="red_ball")
    world.run(0.5)
    world.controller.stop()
    assert world.finish().outcome == "interrupted"
    with pytest.raises(DataError):
        change(world, "p/1", "go_to", target="red_ball")


def test_reward_terms_are_sent_where_they_count_and_a_change_takes_one_cycle(worlds):
    world = worlds()
    world.start("p/1", "told", base_height=0.2, base_height_weight=1.0, foot_lift_FL=0.1, duration=2.0)
    while world.status.skill != "told":
        world.step()
    world.step()
    assert world.cycle.setpoint.goals == {"base_height": 0.2, "base_height_weight": 1.0}
    change(world, "p/1", "told", base_height=0.25, base_height_weight=1.0, foot_lift_FL=0.1, foot_lift_FL_weight=2.0)
    world.step()
    wanted = {"base_height": 0.25, "base_height_weight": 1.0, "foot_lift_FL": 0.1, "foot_lift_FL_weight": 2.0}
    assert world.cycle.setpoint.goals == wanted


@pytest.mark.parametrize(
    ("progress", "outcome", "reason"),
    [(1.0, "succeeded", ""), (0.6, "failed", "'progress >= 1.0' was not reached within 2 s")],
)
def test_a_motion_of_reward_terms_ends_when_it_was_told_to(worlds, progress, outcome, reason):
    world = worlds()
    world.start("p/1", "told", 60.0, base_height=0.2, base_height_weight=1.0, duration=2.0)
    while world.status.skill != "told":
        world.step()
    began = world.now
    world.controller.progress = progress
    found = world.finish()
    assert (found.outcome, found.reason) == (outcome, reason)
    assert world.now - began == pytest.approx(2.0, abs=0.15)


def test_reward_terms_that_exclude_each_other_or_are_too_many_are_refused(worlds):
    world = worlds()
    with pytest.raises(DataError, match="turn_rate and heading exclude each other"):
        world.start("p/1", "told", heading_weight=1.0, turn_rate_weight=1.0)
    joints = [one.name for one in world.library["told"].goal if one.name.startswith(("joint_position", "foot_lift"))]
    with pytest.raises(DataError, match="34 numbers at once, a setpoint has room for 32"):
        world.start("p/1", "told", base_height_weight=1.0, **{name: 1.0 for name in joints if name.endswith("_weight")})
    world.start("p/1", "told", base_height_weight=1.0)
    with pytest.raises(DataError, match="no term has a weight"):
        change(world, "p/1", "told")
