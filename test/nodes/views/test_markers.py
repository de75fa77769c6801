"""Markers: what RViz is told about objects and plans."""

import math

import pytest
from builtin_interfaces.msg import Time
from visualization_msgs.msg import Marker

from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.nodes.views.markers import object_markers, plan_markers, plan_view_of
from skill_stack_interfaces.msg import Plan, PlanNode

STAMP = Time(sec=3)
BALL = SceneObject("red_ball", "ball", (2.0, 1.0, 0.12), 0.0, "sphere", (0.24, 0.24, 0.24), "red")
BOX = SceneObject("box", "box", (1.0, 0.0, 0.2), math.pi / 2, "box", (0.4, 0.2, 0.4), "")
WALL = SceneObject("wall", "wall", (5.0, 0.0, 0.2), 0.0, "box", (0.1, 8.0, 0.4), "grey")
ROOM = SceneObject("kitchen", "place", (1.0, 0.0, 0.0), 0.0, "point", (3.0, 2.0, 0.0))
START = SceneObject("start", "place", (0.0, 0.0, 0.0), 0.0, "point")
SCENE = SceneGraph({thing.id: thing for thing in (BALL, BOX, WALL, START)}, robot=Pose2(0.5, 0.0, 0.0))


def nodes(ball_status="running", arguments='{"target": "red_ball"}'):
    return [
        PlanNode(id="0", type="sequence"),
        PlanNode(id="1", parent="0", type="skill", skill="go_to", arguments=arguments, status=ball_status),
        PlanNode(id="2", parent="0", type="skill", skill="sit", arguments="{}"),
    ]


def test_objects_have_their_shape_pose_and_name_and_everything_old_goes_first():
    markers = object_markers(SCENE, STAMP, "dog/map").markers
    assert markers[0].action == Marker.DELETEALL
    assert all(m.header.frame_id == "dog/map" and m.header.stamp == STAMP for m in markers)
    bodies = [m for m in markers if m.ns == "objects"]
    assert [m.type for m in bodies] == [Marker.SPHERE, Marker.CUBE, Marker.CUBE, Marker.CYLINDER]
    assert bodies[0].color.r > bodies[0].color.b and bodies[0].scale.x == pytest.approx(0.24)
    assert bodies[1].pose.orientation.z == pytest.approx(math.sin(math.pi / 4))
    assert bodies[2].color.a < 1
    assert [m.text for m in markers if m.ns == "names"] == ["red ball", "box", "start"]
    assert len({(m.ns, m.id) for m in markers}) == len(markers)


def test_no_marker_has_an_extent_that_rviz_rejects():
    for marker in object_markers(SCENE, STAMP, "map").markers[1:]:
        assert marker.scale.z > 0
        assert marker.ns == "names" or min(marker.scale.x, marker.scale.y) > 0


def test_a_plan_is_a_line_from_the_robot_with_the_running_step_in_words():
    message = Plan(id="p", status="plan", nodes=nodes())
    markers = {m.ns: m for m in plan_markers(message, SCENE, STAMP, "map").markers}
    assert [(p.x, p.y) for p in markers["way"].points] == [(0.5, 0.0), (2.0, 1.0)]
    assert markers["plan"].text == "1/2 go to red ball"
    assert markers["places"].color.b > markers["places"].color.r


def test_a_failed_step_is_red():
    message = Plan(id="p", status="plan", nodes=nodes("failed"))
    (place,) = (m for m in plan_markers(message, SCENE, STAMP, "map").markers if m.ns == "places")
    assert place.color.r > place.color.b


@pytest.mark.parametrize("arguments", ["", "not json", "[1]", '{"target": "nothing"}'])
def test_arguments_that_name_no_place_draw_no_line(arguments):
    message = Plan(id="p", status="plan", nodes=nodes(arguments=arguments))
    assert not [m for m in plan_markers(message, SCENE, STAMP, "map").markers if m.ns in ("way", "places")]


def test_an_empty_plan_clears_the_view():
    markers = plan_markers(Plan(), SceneGraph(), STAMP, "map").markers
    assert [m.action for m in markers] == [Marker.DELETEALL]


def test_the_headline_names_everything_that_runs_at_the_same_time():
    tree = [
        PlanNode(id="root", type="sequence"),
        PlanNode(id="root.0", parent="root", type="parallel"),
        PlanNode(id="root.0.0", parent="root.0", type="skill", skill="go_to", arguments='{"target": "red_ball"}',
                 status="running"),
        PlanNode(id="root.0.1", parent="root.0", type="sequence"),
        PlanNode(id="root.0.1.0", parent="root.0.1", type="skill", skill="close_hand", arguments="{}",
                 status="running"),
        PlanNode(id="root.0.1.1", parent="root.0.1", type="skill", skill="open_hand", arguments="{}"),
    ]  # fmt: skip
    message = Plan(status="plan", nodes=tree)
    assert [step.beside for step in plan_view_of(message).steps] == [False, True, False]
    headline = next(m.text for m in plan_markers(message, SCENE, STAMP, "map").markers if m.ns == "plan")
    assert headline == "1/3 go to red ball + close hand"


def test_a_room_is_shown_with_its_extent_and_a_place_without_one_as_a_disc():
    markers = object_markers(SceneGraph({"kitchen": ROOM, "start": START}), STAMP, "map").markers
    room, disc = (m for m in markers if m.ns == "objects")
    assert (room.type, room.scale.x, room.scale.y) == (Marker.CUBE, 3.0, 2.0)
    assert disc.type == Marker.CYLINDER and disc.scale.x == pytest.approx(0.3)


def test_a_step_is_told_without_what_goes_without_saying():
    message = Plan(id="p", status="plan", nodes=nodes(arguments='{"target": "red_ball", "gap": 0.04, "side": "left"}'))
    usual = {"go_to": {"target": None, "gap": 0.04, "side": "any"}}
    assert plan_view_of(message, usual).steps[0].text == "go to red ball left"
    assert "0.04" in plan_view_of(message).steps[0].text
