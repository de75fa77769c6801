"""Guides bring the robot where they say, from anywhere, without coming too near to anything."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill_stack.connector.guides import GUIDES, GuideContext, make_guide
from skill_stack.connector.guides.displacement import Retreat
from skill_stack.connector.paths.object_outline import Outlines, outline_distance
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.errors import UnknownName
from skill_stack.core.world.scene import Pose2, SceneGraph

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ANGLE = st.floats(-math.pi, math.pi)
COORDINATE = st.floats(-3.0, 3.0)
STAND_OFF = 0.35 + 0.04


def clearance(world, ignored=()):
    """Smallest distance that the base ever had to any outline."""
    outlines = Outlines.from_objects(thing for name, thing in world.scene.objects.items() if name not in ignored)
    return float(outlines.distances(np.array([(p.x, p.y) for p in world.track])).min())


@QUICK
@given(x=COORDINATE, y=COORDINATE, yaw=ANGLE)
def test_approach_ends_in_front_of_a_ball_from_anywhere(worlds, things, x, y, yaw):
    if math.hypot(x, y) < 0.6:
        return
    world = worlds([things["ball"]("red_ball", 0.0, 0.0)], pose=Pose2(x, y, yaw))
    world.start("p/1", "go_to", target="red_ball")
    outcome = world.finish(40.0)
    assert outcome.outcome == "succeeded", outcome
    world.run(1.0)
    end = world.map_pose
    assert end.distance_to(0.0, 0.0) == pytest.approx(0.12 + STAND_OFF, abs=0.06)
    assert abs(end.bearing_to(0.0, 0.0)) < 0.15
    assert clearance(world) > STAND_OFF - 0.06, "it never touches the ball"


@QUICK
@given(x=COORDINATE, y=COORDINATE, yaw=ANGLE, turn=ANGLE, length=st.floats(0.2, 1.2), width=st.floats(0.2, 1.2))
def test_approach_stands_before_the_side_of_a_box(worlds, things, x, y, yaw, turn, length, width):
    thing = things["box"]("crate", 0.0, 0.0, length, width, turn)
    if outline_distance(thing, x, y) < 0.5:
        return
    world = worlds([thing], pose=Pose2(x, y, yaw))
    world.start("p/1", "go_to", target="crate")
    assert world.finish(40.0).outcome == "succeeded"
    end = world.map_pose
    assert outline_distance(thing, end.x, end.y) == pytest.approx(STAND_OFF, abs=0.07)
    assert abs(end.bearing_to(0.0, 0.0)) < 0.15


@QUICK
@given(seed=st.integers(1, 10_000))
def test_approach_goes_around_what_stands_between(worlds, things, seed):
    rng = np.random.default_rng(seed)
    middle = [things["ball"](f"post_{i}", *rng.uniform((-1.2, -1.5), (1.2, 1.5)), 0.3) for i in range(4)]
    world = worlds([*middle, things["ball"]("goal", 3.0, 0.0)], pose=Pose2(-3.0, 0.0, rng.uniform(-3, 3)))
    world.start("p/1", "go_to", target="goal")
    outcome = world.finish(60.0)
    assert outcome.outcome == "succeeded", outcome
    assert world.map_pose.distance_to(3.0, 0.0) == pytest.approx(0.12 + STAND_OFF, abs=0.07)
    assert clearance(world, ("goal",)) > 0.25, "the base, 0.2 m wide to each side, keeps off everything"


@QUICK
@given(
    lag=st.floats(0.05, 0.4),
    gain=st.floats(0.8, 1.15),
    drift=st.floats(-0.06, 0.06),
    dead_zone=st.floats(0.0, 0.12),
    yaw=ANGLE,
)
def test_a_sluggish_inexact_walker_gets_there_too(worlds, things, lag, gain, drift, dead_zone, yaw):
    world = worlds(
        [things["ball"]("red_ball", 0.0, 0.0), things["ball"]("post", -1.0, -0.7)], pose=Pose2(-2.0, -1.5, yaw)
    )
    body = world.controller
    body.lag, body.gain, body.drift, body.dead_zone = lag, gain, drift, dead_zone
    world.start("p/1", "go_to", target="red_ball")
    outcome = world.finish(60.0)
    assert outcome.outcome == "succeeded", outcome
    world.run(1.0)
    assert world.map_pose.distance_to(0.0, 0.0) == pytest.approx(0.12 + STAND_OFF, abs=0.08)
    assert clearance(world, ("red_ball",)) > 0.25


@pytest.mark.parametrize("name", ["brown_table", "black_chair", "pink_block", "white_cylinder", "blue_box", "red_ball"])
def test_every_corner_of_the_playground_is_reached(worlds, name):
    world = worlds()
    world.start("p/1", "go_to", target=name)
    assert world.finish().outcome == "succeeded"
    thing = world.scene[name]
    assert outline_distance(thing, world.map_pose.x, world.map_pose.y) == pytest.approx(STAND_OFF, abs=0.06)
    assert clearance(world, (name,)) > 0.3


def test_leaving_an_object_behind_does_not_touch_it(worlds):
    world = worlds()
    for number, name in enumerate(["red_ball", "blue_ball", "yellow_box", "red_ball"]):
        world.start(f"p/{number}", "go_to", target=name)
        assert world.finish().outcome == "succeeded"
    assert clearance(world) > STAND_OFF - 0.06


def test_a_walled_in_object_is_refused_by_name(worlds, things):
    walls = [
        things["box"]("north", 3.0, 1.0, 3.0, 0.2),
        things["box"]("south", 3.0, -1.0, 3.0, 0.2),
        things["box"]("west", 1.5, 0.0, 0.2, 2.2),
        things["box"]("east", 4.5, 0.0, 0.2, 2.2),
    ]
    world = worlds([*walls, things["ball"]("prize", 3.0, 0.0)])
    world.start("p/1", "go_to", target="prize")
    outcome = world.finish()
    assert (outcome.outcome, outcome.violated) == ("failed", "way is free")
    assert "prize" in outcome.reason


def test_an_object_that_moves_is_followed(worlds, things):
    world = worlds([things["ball"]("red_ball", 2.0, 0.0)])
    world.start("p/1", "go_to", target="red_ball")
    world.run(4.0)
    world.scene = SceneGraph({"red_ball": things["ball"]("red_ball", 1.0, 2.0)})
    assert world.finish().outcome == "succeeded"
    assert world.map_pose.distance_to(1.0, 2.0) == pytest.approx(0.12 + STAND_OFF, abs=0.07)


def test_something_that_comes_into_the_way_is_walked_around(worlds, things):
    goal = things["ball"]("red_ball", 4.0, 0.0)
    world = worlds([goal])
    world.start("p/1", "go_to", target="red_ball")
    world.run(3.0)
    world.scene = SceneGraph({"red_ball": goal, "crate": things["box"]("crate", 2.5, 0.1, 0.5, 0.5)})
    assert world.finish().outcome == "succeeded"
    assert clearance(world, ("red_ball",)) > 0.3


def test_an_object_that_disappears_fails_the_step_by_name(worlds, things):
    world = worlds([things["ball"]("red_ball", 3.0, 0.0)])
    world.start("p/1", "go_to", target="red_ball")
    world.run(3.0)
    here = world.now
    world.scene = SceneGraph({})
    outcome = world.finish()
    assert (outcome.outcome, outcome.violated) == ("failed", "target is known")
    assert "red_ball" in outcome.reason
    assert world.now - here == pytest.approx(2.0, abs=0.2), "a short loss of sight is forgiven"


def test_an_object_that_is_lost_for_a_moment_is_still_reached(worlds, things):
    full = SceneGraph({"red_ball": things["ball"]("red_ball", 3.0, 0.0)})
    world = worlds(list(full.objects.values()))
    world.start("p/1", "go_to", target="red_ball")
    world.run(3.0)
    world.scene = SceneGraph({})
    world.run(1.0)
    world.scene = full
    assert world.finish().outcome == "succeeded"


@QUICK
@given(x=COORDINATE, y=COORDINATE, yaw=ANGLE)
def test_a_place_is_reached_with_any_heading(worlds, things, x, y, yaw):
    world = worlds([things["place"]("corner", 0.5, -0.5)], pose=Pose2(x, y, yaw))
    world.start("p/1", "go_to", target="corner")
    assert world.finish(40.0).outcome == "succeeded"
    assert world.map_pose.distance_to(0.5, -0.5) < 0.25


@QUICK
@given(x=COORDINATE, y=COORDINATE, yaw=ANGLE)
def test_face_turns_on_the_spot(worlds, things, x, y, yaw):
    world = worlds([things["place"]("there", 4.0, 4.0)], pose=Pose2(x, y, yaw))
    world.start("p/1", "face", target="there")
    assert world.finish(30.0).outcome == "succeeded"
    world.run(1.0)
    assert abs(world.map_pose.bearing_to(4.0, 4.0)) < 0.12
    assert world.map_pose.distance_to(x, y) < 0.01


@QUICK
@given(angle=st.floats(-12.6, 12.6), yaw=ANGLE)
def test_turn_turns_by_the_whole_angle(worlds, angle, yaw):
    world = worlds([], pose=Pose2(0.0, 0.0, yaw))
    world.start("p/1", "turn", angle=angle)
    assert world.finish(60.0).outcome == "succeeded"
    world.run(1.0)
    assert world.controller.pose.yaw - yaw == pytest.approx(angle, abs=0.12)


@QUICK
@given(forward=st.floats(-3.0, 3.0), left=st.floats(-3.0, 3.0), yaw=ANGLE)
def test_move_goes_along_the_heading_that_it_began_with(worlds, forward, left, yaw):
    world = worlds([], pose=Pose2(1.0, -1.0, yaw))
    world.start("p/1", "move", forward=forward, left=left)
    assert world.finish(60.0).outcome == "succeeded"
    wanted = Pose2(1.0, -1.0, yaw).compose(Pose2(forward, left, 0.0))
    assert world.map_pose.distance_to(wanted.x, wanted.y) < 0.09
    assert math.cos(world.map_pose.yaw - yaw) > 0.98


def test_moving_stops_in_front_of_a_box(worlds, things):
    world = worlds([things["box"]("crate", 2.0, 0.0, 0.4, 0.4)])
    world.start("p/1", "move", forward=3.0)
    outcome = world.finish()
    assert (outcome.outcome, outcome.violated) == ("failed", "way is free")
    assert "crate" in outcome.reason
    world.run(1.0)
    assert 0.35 < 1.8 - world.map_pose.x < 0.9


@pytest.mark.parametrize("odom", [Pose2(1.0, 2.0, 0.5), Pose2(-2.0, 0.3, -2.8)])
def test_the_map_may_lie_anywhere_under_the_odometry(worlds, things, odom):
    world = worlds([things["ball"]("red_ball", 2.0, 1.0)], odom=odom)
    world.start("p/1", "go_to", target="red_ball")
    assert world.finish().outcome == "succeeded"
    end = odom.compose(world.controller.pose)
    assert end.distance_to(2.0, 1.0) == pytest.approx(0.12 + STAND_OFF, abs=0.06)


def test_the_start_place_is_where_odometry_begins(worlds):
    world = worlds()
    start = world.scene["start"]
    moved = type(start)("start", "place", (0.7, -0.4, 0.0), 1.0, "point")
    world.scene = SceneGraph({**world.scene.objects, "start": moved})
    world.step()
    assert world.map_pose == Pose2(0.7, -0.4, 1.0)
    assert world.connector.localization.source == "start pose"


def retreats(numbers, ways):
    """When a robot backs away, by what is left of its way every 0.1 s."""
    retreat = Retreat(numbers)
    return [tick for tick, left in enumerate(ways) if retreat.goals(left, 0.1 * tick)]


def test_a_robot_that_is_held_backs_away_for_a_while_and_comes_again():
    numbers = {"back_after": 0.55, "back_for": 0.95, "back_speed": 0.2}
    held = retreats(numbers, [1.0] * 24)
    assert held == [*range(6, 16), *range(22, 24)]
    assert Retreat({**numbers, "back_after": 0.0}).goals(1.0, 0.0) == {"vx": -0.2, "vy": 0.0}
    turns = Retreat({**numbers, "back_aside": 0.1})
    aside = {goals["vy"] for tick in range(60) if (goals := turns.goals(1.0, 0.1 * tick))}
    assert aside == {0.1, -0.1}, "to the left and to the right by turns"


def test_no_robot_backs_away_that_gets_on_is_nearly_there_or_is_not_asked_to():
    numbers = {"back_after": 0.55, "back_for": 0.95, "back_speed": 0.2}
    assert not retreats(numbers, [3.0 - 0.03 * tick for tick in range(80)])
    assert not retreats(numbers, [0.25] * 40)
    assert not retreats({}, [1.0] * 100)


def test_an_unknown_guide_names_the_known_ones(worlds):
    world = worlds()
    context = GuideContext({}, ConnectorSettings(), {}, world.robot.footprint)
    with pytest.raises(UnknownName, match="approach"):
        make_guide("fly", context)
    named = {
        "approach",
        "around",
        "lid",
        "offer",
        "palm_approach",
        "palm_vantage",
        "dribbling",
        "scoring",
        "kicking",
        "stopping",
        "tracking",
        "whole_body",
        "put",
        "take",
        "arc",
        "between",
        "face",
        "turn",
        "displacement",
        "hold",
        "opening",
        "passing",
        "circling",
        "closing",
        "pace",
        "gait",
        "path",
        "pushing",
        "grasp",
        "reach",
        "joints",
        "latent",
        "pose",
        "searching",
        "following",
        "synergy",
        "hand_to",
        "pointing",
        "touching",
        "vantage",
        "separating",
        "template",
        "pincer_reach",
        "pincer_close",
        "pincer_bring",
        "pincer_joints",
        "pincer_lid",
        "pincer_open",
        "pincer_leave",
    }
    assert set(GUIDES) == named


@QUICK
@given(forward=st.floats(-1.5, 1.5), left=st.floats(-0.8, 0.8), angle=st.floats(-4.0, 4.0), yaw=ANGLE)
def test_an_arc_ends_where_its_curve_does(worlds, forward, left, angle, yaw):
    if math.hypot(forward, left) < 0.2:
        return
    world = worlds([], pose=Pose2(0.0, 0.0, yaw))
    world.start("p/1", "move_and_turn", forward=forward, left=left, angle=angle)
    assert world.finish(60.0).outcome == "succeeded"
    course, steps = yaw, 2000
    x = y = 0.0
    for _ in range(steps):  # by small steps, each along the axes that the robot has there
        course += angle / steps / 2
        x += (forward * math.cos(course) - left * math.sin(course)) / steps
        y += (forward * math.sin(course) + left * math.cos(course)) / steps
        course += angle / steps / 2
    assert world.map_pose.distance_to(x, y) < 0.12
    assert abs(math.remainder(world.map_pose.yaw - yaw - angle, 2 * math.pi)) < 0.14


def test_an_arc_ends_in_front_of_what_stands_on_it(worlds, things):
    world = worlds([things["box"]("crate", 0.9, 0.25, 0.3, 0.3, 0.0)], pose=Pose2(0.0, 0.0, 0.0))
    world.start("p/1", "move_and_turn", forward=1.5, angle=0.6)
    outcome = world.finish(30.0)
    assert (outcome.outcome, outcome.violated) == ("failed", "way is free")
    assert "crate" in outcome.reason and clearance(world) > 0.1
