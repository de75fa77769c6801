"""Paths that keep to constraints, and the check of them before anything moves."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.connector.paths.kept_path import WIDEST, KeptPath
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.paths.path_planner import find_way
from skill_stack.connector.paths.way_check import WayCheck
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.errors import UnknownName
from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.way_constraint import way_of
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from test.connector.conftest import go2_library

START, GOAL = Pose2(0.0, 0.0, 0.0), (4.0, 0.0)
SIDE, CLEARANCE, PLACE = 0.2, 0.35, 0.15


def scene_of(*more: SceneObject, box: tuple[float, float] = (2.0, 0.0)) -> SceneGraph:
    things = [
        SceneObject("box", "box", (*box, 0.2), size=(0.4, 0.4, 0.4)),
        SceneObject("ball", "ball", (*GOAL, 0.1), shape="sphere", size=(0.24, 0.24, 0.24)),
        SceneObject("cone", "cone", (2.0, 1.6, 0.2), size=(0.3, 0.3, 0.4)),
        SceneObject("spot", "place", (2.0, -1.0, 0.0), shape="point"), *more,
    ]  # fmt: skip
    return SceneGraph({one.id: one for one in things}, frozenset(), START)


def path_of(text: str, scene: SceneGraph, deviation: float = 0.0) -> np.ndarray:
    """The path of a constraint, sampled; empty where there is none."""
    kept = KeptPath.begun(way_of(text), scene, START, "ball", SIDE, PLACE)
    outlines = kept.applied(Outlines.from_objects(scene.objects.values()), deviation)
    corners = find_way(outlines, (0.0, 0.0), GOAL, (0.4, 0.55), CLEARANCE, "ball")
    line = [(0.0, 0.0), *corners]
    pieces = [np.linspace(a, b, 60) for a, b in zip(line, line[1:], strict=False)]
    return np.concatenate(pieces) if pieces else np.zeros((0, 2))


def room(scene: SceneGraph, path: np.ndarray, name: str) -> float:
    return float(Outlines.from_objects([scene[name]]).distances(path).min())


@settings(max_examples=40, deadline=None)
@given(st.floats(0.3, 1.5), st.floats(-0.6, 0.6))
def test_it_keeps_the_distance_that_was_asked_for(distance, aside):
    scene = scene_of(box=(2.0, aside))
    path = path_of(f"away(box, {distance:.2f})", scene)
    assert len(path) and room(scene, path, "box") >= SIDE + round(distance, 2) - 0.011


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["left", "right"]), st.floats(-0.8, 0.8))
def test_it_passes_on_the_side_that_was_named(side, aside):
    scene = scene_of(box=(2.0, aside))
    path = path_of(f"{side}(box)", scene)
    ahead = np.array([2.0, aside]) / math.hypot(2.0, aside)
    off = (path - np.array([2.0, aside])) @ np.array([-ahead[1], ahead[0]])
    abeam = off[np.argmin(np.abs((path - np.array([2.0, aside])) @ ahead))]
    assert abeam > 0.2 if side == "left" else abeam < -0.2


def test_it_passes_between_two_things_though_that_is_longer():
    path = path_of("between(box, cone)", scene_of())
    at = path[np.argmin(np.abs(path[:, 0] - 2.0))]
    assert 0.2 < at[1] < 1.45


def test_a_place_without_extent_is_kept_out_of():
    scene = scene_of(box=(2.0, 0.9))
    path = path_of("out(spot); right(box)", scene)
    assert np.hypot(*(path - np.array([2.0, -1.0])).T).min() >= SIDE + PLACE - 0.011


def kitchen(x: float = 2.0, y: float = 0.0, size: tuple[float, float] = (2.0, 1.2), yaw: float = 0.4) -> SceneObject:
    return SceneObject("kitchen", "place", (x, y, 0.0), yaw, "point", (*size, 0.0))


def walled(scene: SceneGraph) -> Outlines:
    """The kitchen as a solid."""
    return Outlines.from_objects([scene["kitchen"].kept_outline(PLACE)])


@settings(max_examples=30, deadline=None)
@given(st.floats(-0.6, 0.6), st.floats(-3.1, 3.1), st.sampled_from(["out(kitchen)", "away(kitchen, 0.3)"]))
def test_a_room_with_an_extent_is_not_gone_through(aside, yaw, text):
    scene = scene_of(kitchen(y=aside, yaw=yaw), box=(2.0, 6.0))
    path, more = path_of(text, scene), 0.3 if "away" in text else 0.0
    assert len(path) and walled(scene).distances(path).min() >= SIDE + more - 0.011


@pytest.mark.parametrize(("text", "side"), [("left(kitchen)", 1.0), ("right(kitchen)", -1.0)])
def test_a_room_is_passed_beside_it_and_not_through_half_of_it(text, side):
    scene = scene_of(kitchen(yaw=0.0), box=(2.0, 6.0))
    path = path_of(text, scene)
    abeam = path[np.argmin(np.abs(path[:, 0] - 2.0))]
    assert side * abeam[1] > 0.6 and walled(scene).distances(path).min() >= SIDE - 0.011


def test_between_two_rooms_is_outside_both():
    bath = SceneObject("bath", "place", (2.0, 2.6, 0.0), 0.0, "point", (2.0, 1.2, 0.0))
    scene = scene_of(kitchen(yaw=0.0), bath, box=(2.0, 6.0))
    path = path_of("between(kitchen, bath)", scene)
    abeam = path[np.argmin(np.abs(path[:, 0] - 2.0))]
    assert 0.6 + SIDE < abeam[1] < 2.0 - SIDE


def test_without_words_a_room_is_floor_to_walk_on():
    path = path_of("", scene_of(kitchen(), box=(2.0, 6.0)))
    assert walled(scene_of(kitchen())).distances(path).min() < -0.3


def test_a_place_without_extent_stays_a_circle_and_a_thing_stays_itself():
    scene = scene_of()
    assert scene["spot"].kept_outline(0.15).size[:2] == (0.3, 0.3) and not scene["spot"].is_area
    assert scene["box"].kept_outline(0.15) is scene["box"] and not scene["box"].is_area


def test_an_uncertain_position_widens_the_distance_and_not_without_end():
    scene = scene_of()
    near, wide, lost = (room(scene, path_of("away(box, 0.5)", scene, one), "box") for one in (0.0, 0.1, math.inf))
    assert wide >= near + 0.15 and lost >= SIDE + 0.5 + WIDEST - 0.011


@pytest.mark.parametrize("text", ["away(box, 3)", "away(cone, 4)", "left(box); right(box)"])
def test_no_path_is_better_than_one_that_breaks_what_was_asked_for(text):
    assert not len(path_of(text, scene_of()))


def test_a_thing_that_is_not_there_is_named():
    with pytest.raises(UnknownName, match="unicorn"):
        KeptPath.begun(way_of("out(unicorn)"), scene_of(), START, "ball", SIDE, PLACE)


def checked(text: str, scene: SceneGraph, *before: str) -> str:
    library = go2_library()
    robot_footprint = type("F", (), {"front": 0.4, "side": SIDE})()
    steps = [*before, "ball"]
    nodes = [PlanNode("skill", skill="go_to", arguments={"target": one, "way": text if one == "ball" else ""})
             for one in steps]  # fmt: skip
    return WayCheck(library, robot_footprint, ConnectorSettings())(PlanNode("sequence", tuple(nodes)), scene)


def test_the_check_names_what_cannot_be_kept():
    assert checked("away(box, 0.5)", scene_of()) == ""
    assert checked("away(box, 3)", scene_of()) == "There is no way to the ball at least 3 m away from the box."


def test_the_check_counts_from_where_the_step_before_ends():
    scene = scene_of(SceneObject("far", "box", (6.0, 0.8, 0.2), size=(0.3, 0.3, 0.4)))
    assert checked("between(box, cone)", scene) == ""
    assert "the ball is on this side of them" in checked("between(box, cone)", scene, "far")


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (2.0, ""),
        (0.5, "I cannot go there without crossing the kitchen: the way begins inside the kitchen."),
        (4.3, "I cannot go there without crossing the kitchen: the ball is inside the kitchen."),
    ],
)
def test_a_room_that_the_way_begins_or_ends_in_cannot_be_kept_out_of(x, said):
    assert checked("out(kitchen)", scene_of(kitchen(x, yaw=0.0), box=(2.0, 6.0))) == said


def test_a_room_that_closes_every_way_is_said():
    spans = {(2.0, 2.5): (0.1, 4.0), (2.0, -2.5): (0.1, 4.0), (2.0, 4.0): (12.0, 0.1), (2.0, -4.0): (12.0, 0.1),
             (-4.0, 0.0): (0.1, 8.0), (8.0, 0.0): (0.1, 8.0)}  # fmt: skip
    walls = [SceneObject(f"wall at {at}", "wall", (*at, 0.4), size=(*size, 0.8)) for at, size in spans.items()]
    scene = scene_of(*walls, kitchen(yaw=0.0), box=(-3.0, 3.0))
    assert checked("", scene) == ""
    assert checked("out(kitchen)", scene) == "There is no way to the ball without crossing the kitchen."


def test_without_a_known_pose_nothing_is_refused():
    scene = scene_of()
    assert checked("away(box, 3)", SceneGraph(scene.objects)) == ""


class TestSteps:
    """Through the connector, with a point for a body."""

    def test_the_step_keeps_its_distance_on_the_way(self, worlds):
        things = [one for one in scene_of().objects.values() if one.id != "cone"]
        world = worlds(things, pose=START)
        world.start("p/1", "go_to", target="ball", way="away(box, 0.8)")
        assert world.finish(60.0).outcome == "succeeded"
        path = np.array([(p.x, p.y) for p in world.track])
        assert Outlines.from_objects([scene_of()["box"]]).distances(path).min() >= 0.8

    def test_a_step_that_cannot_keep_to_it_fails_before_it_moves(self, worlds):
        world = worlds(list(scene_of().objects.values()), pose=START)
        world.start("p/1", "go_to", target="ball", way="away(box, 3)")
        outcome = world.finish(20.0)
        assert (outcome.outcome, outcome.violated) == ("failed", "way keeps to its constraints")
        assert "away(box, 3)" in outcome.reason
        assert max(math.hypot(p.x, p.y) for p in world.track) < 0.05

    def test_the_step_walks_around_a_room(self, worlds):
        scene = scene_of(kitchen(), box=(2.0, 6.0))
        world = worlds(list(scene.objects.values()), pose=START)
        world.start("p/1", "go_to", target="ball", way="out(kitchen)")
        assert world.finish(60.0).outcome == "succeeded"
        assert walled(scene).distances(np.array([(p.x, p.y) for p in world.track])).min() >= SIDE - 0.05

    def test_a_step_that_begins_in_the_room_fails_before_it_moves(self, worlds):
        world = worlds([*scene_of().objects.values(), kitchen(0.2)], pose=START)
        world.start("p/1", "go_to", target="ball", way="out(kitchen)")
        outcome = world.finish(20.0)
        assert outcome.violated == "way keeps to its constraints" and "begins inside the kitchen" in outcome.reason
        assert max(math.hypot(p.x, p.y) for p in world.track) < 0.05

    def test_a_thing_that_nobody_knows_fails_the_step(self, worlds):
        world = worlds(list(scene_of().objects.values()), pose=START)
        world.start("p/1", "go_to", target="ball", way="out(unicorn)")
        assert "unicorn" in world.finish(20.0).reason

    def test_it_goes_between_two_things(self, worlds):
        world = worlds(list(scene_of().objects.values()), pose=START)
        world.start("p/1", "go_between", first="box", second="cone")
        assert world.finish(60.0).outcome == "succeeded"
        assert math.dist((world.map_pose.x, world.map_pose.y), (2.0, 0.8)) < 0.25
