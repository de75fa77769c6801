"""A thin wall is between two sides, and a walk keeps the heading that it began with."""

import numpy as np
import pytest

from skill_stack.connector.paths.clearance import in_sight
from skill_stack.connector.paths.object_outline import Outlines, outline_distance
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2

THIN = 0.03  # m


@pytest.mark.parametrize("x", [0.45, 0.2, -1.0])
def test_approach_goes_to_the_side_of_a_thin_wall_on_which_the_thing_is(worlds, things, x):
    wall = things["box"]("fence", 0.8, 0.0, THIN, 2.0)
    ball = things["ball"]("red_ball", 1.0, 0.0)
    world = worlds([wall, ball], pose=Pose2(x, 0.0, 0.0))
    world.start("p/1", "go_to", target="red_ball")
    outcome = world.finish(60.0)
    assert outcome.outcome == "succeeded", outcome
    end = world.map_pose
    assert end.x > 0.8
    assert outline_distance(ball, end.x, end.y) == pytest.approx(0.39, abs=0.08)


def test_a_thing_walled_in_has_no_free_way(worlds, things):
    walls = [things["box"](f"fence_{n}", 2.0 + dx, dy, lx, ly) for n, (dx, dy, lx, ly) in enumerate(
        [(0.3, 0, THIN, 0.63), (-0.3, 0, THIN, 0.63), (0, 0.3, 0.63, THIN), (0, -0.3, 0.63, THIN)])]  # fmt: skip
    world = worlds([*walls, things["ball"]("red_ball", 2.0, 0.0)])
    world.start("p/1", "go_to", target="red_ball")
    outcome = world.finish(60.0)
    assert (outcome.outcome, outcome.violated) == ("failed", "way is free")


def test_what_hides_a_thing_is_thicker_than_two_centimetres(things):
    ball = things["ball"]("red_ball", 1.0, 0.0)
    points = np.array([[0.0, 0.0], [1.0, 1.0]])
    for thickness, seen in ((0.025, [False, True]), (0.3, [False, True])):
        outlines = Outlines.from_objects([things["box"]("fence", 0.5, 0.0, thickness, 1.0), ball])
        assert in_sight(outlines, points, (1.0, 0.0), "red_ball").tolist() == seen
    assert in_sight(Outlines.from_objects([ball]), points, (1.0, 0.0), "red_ball").all()


def test_a_thing_at_a_wall_is_not_hidden_by_it(worlds, things):
    world = worlds([things["box"]("wall", 1.17, 0.0, 0.1, 3.0), things["ball"]("red_ball", 1.0, 0.0)])
    world.start("p/1", "go_to", target="red_ball")
    assert world.finish(40.0).outcome == "succeeded"


@pytest.mark.parametrize("arguments", [{"vx": 0.0, "vy": 0.3, "duration": 6.0}, {"vx": 0.4, "duration": 6.0}])
def test_a_walk_that_turns_by_itself_keeps_its_heading(worlds, arguments):
    world = worlds([], pose=Pose2(0.0, 0.0, 0.7))
    world.controller.drift = 0.05
    world.start("p/1", "walk_for", **arguments)
    outcome = world.finish(20.0)
    assert outcome.outcome == "succeeded", (outcome, world.map_pose)
    assert max(abs(wrap_angle(pose.yaw - 0.7)) for pose in world.track) < 0.06


def test_a_sidestep_keeps_its_heading(worlds):
    world = worlds([])
    world.controller.drift = 0.05
    world.start("p/1", "move", left=2.0)
    assert world.finish(40.0).outcome == "succeeded"
    assert max(abs(pose.yaw) for pose in world.track) < 0.06


@pytest.mark.parametrize(("y", "sign"), [(-0.26, 1.0), (0.26, -1.0)], ids=["right of it", "left of it"])
def test_a_walk_moves_off_what_is_too_near_beside_it(worlds, things, y, sign):
    """The straight way runs along a crate that is nearer than the side and its margin: the goals lead off it."""
    world = worlds([things["ball"]("ball", 3.0, 0.0), things["box"]("crate", 0.6, y + y / abs(y) * 0.2, 1.6, 0.4)])
    world.start("p/1", "stand")
    world.finish()
    assert world.robot.footprint.side + 0.08 > 0.26
    world.start("p/2", "move", forward=1.5)
    seen = []
    for _ in range(40):
        world.step()
        seen.append(sign * world.cycle.setpoint.goals.get("vy", 0.0))
    assert max(seen) > 0.02 and sum(seen) > 0
    assert sign * world.map_pose.y > 0.01


@pytest.mark.parametrize("forward", [0.6, -0.6])
def test_a_long_body_goes_lengthwise_through_a_gap_that_is_narrower_than_it_is_long(worlds, things, forward):
    walls = [things["box"](f"wall_{side:+d}", 0.0, side * 0.33, 3.0, THIN) for side in (-1, 1)]
    world = worlds(walls, pose=Pose2(0.0, 0.0, 0.07))
    world.start("p/1", "move", forward=forward)
    outcome = world.finish(20.0)
    assert outcome.outcome == "succeeded", (outcome, world.map_pose)


@pytest.mark.parametrize("forward", [0.6, -0.6])
def test_what_is_before_or_behind_it_stops_it_as_far_from_its_middle_as_it_is_long(worlds, things, forward):
    world = worlds([things["box"]("wall", np.sign(forward) * 0.85, 0.0, THIN, 1.0)])
    world.start("p/1", "move", forward=forward)
    outcome = world.finish(20.0)
    assert (outcome.outcome, outcome.violated) == ("failed", "way is free")
    assert 0.85 - abs(world.map_pose.x) > 0.35
