"""The robot itself in its looks: taken out where its joints say that it is, and what it hides in part left out too."""

import os
from dataclasses import replace

import numpy as np
import pytest
from computed_looks import seen, thing

from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import CameraSpec, matrix_of
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.camera_frame import CameraFrame, Intrinsics
from skill_stack.core.world.pose_history import JointHistory, PoseHistory
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.own_body.robot_mask import RobotMask
from skill_stack.perception.own_body.self_filter import SelfFilter
from skill_stack.perception.perception_pipeline import PerceptionPipeline
from skill_stack.perception.scene.look_observer import LookObserver

EYE = Eye((1.5, 0.0, 1.3), (0.0, 0.0, 0.6))
BALL = thing("ball", "red", 0.45, 0.25, (0.2, 0.2, 0.2))


def bridge(slide):
    """The gantry's bridge as a thing, where a slide has brought it."""
    return SceneObject("bridge", "box", (slide, 0.0, 1.0), 0.0, "box", (0.06, 0.9, 0.06), "grey")


@pytest.fixture(scope="module")
def gantry():
    resources = Resources.from_environment(os.environ)
    return load_robot(resources.robot("gantry"), resources)


def sight_of(gantry, slide, stamp=0.0):
    sight = SelfFilter(gantry)
    sight.note("body", stamp, np.array([slide, 0, 0, 0, 0, 0.0]))
    return sight


@pytest.mark.parametrize("slide", [-0.3, 0.0, 0.35])
def test_the_robot_is_taken_out_where_its_joints_put_it_and_nowhere_else(gantry, slide) -> None:
    with_robot, without = (seen(things, EYE) for things in ([bridge(slide), BALL], [BALL]))
    shows = with_robot.depth < without.depth - 0.02
    out = sight_of(gantry, slide).taken_out(with_robot, gantry.fixed.pose)
    assert shows.sum() > 500
    assert (out.depth[shows] == 0).mean() > 0.97 and out.own[shows].mean() > 0.97
    rest = ~shows & (with_robot.depth > 0)
    assert (out.depth[rest] > 0).mean() > 0.97

    other = sight_of(gantry, slide + 0.15).taken_out(with_robot, gantry.fixed.pose)
    assert (other.depth[shows] > 0).mean() > 0.8  # the mount, which stays, hides some of it


def test_what_the_robot_hides_a_part_of_is_left_out_and_the_rest_is_seen(gantry) -> None:
    half = thing("ball", "blue", -1.4, -0.2, (0.3, 0.3, 0.3))  # the bridge is before the middle of it
    frame = seen([bridge(0.3), BALL, half], Eye((1.5, 0.0, 1.6), (0.0, 0.0, 0.6)))
    sight = sight_of(gantry, 0.3)
    look = LookObserver().look(sight.taken_out(frame, gantry.fixed.pose))
    colours = {one.colour for one in sight.without_hidden(look).things}
    assert colours == {"red"}, colours


def test_another_face_of_what_is_hidden_in_part_is_put_aside_with_it(gantry, monkeypatch) -> None:
    side = (0.15, 0.15, 0.15)
    boxes = [thing("box", colour, 0.0, y, side) for colour, y in (("blue", 0.0), ("blue", 0.19), ("blue", -0.4))]
    look = LookObserver().look(seen([*boxes, thing("box", "red", 0.0, -0.18, side)], EYE))
    hidden = min(look.things, key=lambda one: abs(one.position[1]))
    sight, own = sight_of(gantry, 0.0), np.zeros(look.labels.shape, bool)
    own[tuple(np.argwhere(look.labels == hidden.label).mean(axis=0).astype(int))] = True
    monkeypatch.setattr(sight, "_own", own)  # the robot is before its middle
    found = sight.without_hidden(look)
    parts = (found.beside, found.things)
    told = [sorted((one.colour, round(float(one.position[1]), 1)) for one in part) for part in parts]
    assert told == [[("blue", 0.0), ("blue", 0.2)], [("blue", -0.4), ("red", -0.2)]]


def test_a_table_of_the_colour_of_what_is_hidden_in_part_is_no_face_of_it(gantry, monkeypatch) -> None:
    table = thing("box", "blue", 0.0, 0.7, (0.8, 0.8, 0.4))
    look = LookObserver().look(seen([thing("box", "blue", 0.0, 0.0, (0.15, 0.15, 0.15)), table], EYE))
    hidden = min(look.things, key=lambda one: abs(one.position[1]))
    sight = sight_of(gantry, 0.0)
    monkeypatch.setattr(sight, "_own", look.labels == hidden.label)
    found = sight.without_hidden(look)
    assert {one.label for one in found.things} >= {-1} and [one.label for one in found.beside] == [hidden.label]


def test_a_look_from_a_time_of_which_no_joints_are_known_is_not_used(gantry) -> None:
    frame = replace(seen([BALL], EYE), stamp=7.0)
    assert sight_of(gantry, 0.0, stamp=1.0).taken_out(frame, gantry.fixed.pose) is None


def test_feet_and_hands_that_hardly_collide_are_seen_as_the_robots_own() -> None:
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("g1"), resources)
    sight = SelfFilter(robot)
    sight.note("body", 0.0, robot.pose("default"))
    base = np.array([0.0, 0.0, robot.stand_height, 1.0, 0.0, 0.0, 0.0])
    for link, ahead in (("left_ankle_roll_link", (0.07, 0.0, -0.01)), ("right_rubber_hand", (0.08, 0.0, 0.0))):
        place, turn = sight.link(link, 0.0)
        x, y, z = place + turn @ np.array(ahead) + base[:3]
        part = SceneObject("part", "box", (float(x), float(y), float(z)), 0.0, "box", (0.04, 0.03, 0.02), "grey")
        eye = Eye((float(x) + 0.3, float(y), float(z) + 0.4), (float(x), float(y), float(z)))
        with_robot, without = (seen(things, eye) for things in ([part, BALL], [BALL]))
        shows = with_robot.depth < without.depth - 0.01
        out = sight.taken_out(with_robot, base)
        assert shows.sum() > 100 and (out.depth[shows] == 0).mean() > 0.95, link


def test_joints_between_two_samples_are_between_them() -> None:
    history = JointHistory()
    history.add(1.0, np.zeros(6))
    history.add(2.0, np.full(6, 0.4))
    assert np.allclose(history.at(1.5), 0.2)


def test_seeing_forgets_the_robot_and_keeps_things(gantry) -> None:
    camera = CameraSpec(xyz=(1.5, 0.0, 0.3), rpy=(0.0, 0.44, np.pi), width=320, height=240, view=1.2, own_body=True)
    turn = matrix_of(gantry.fixed.pose[3:])
    place, rotation = gantry.fixed.pose[:3] + turn @ np.array(camera.xyz), turn @ camera.rotation
    eye = Eye(tuple(place), tuple(place + rotation[:, 2]))

    class Source:
        look, trouble = None, ""

        def newest(self):
            return self.look

    source, poses, sight = Source(), PoseHistory(), SelfFilter(gantry)
    seeing = PerceptionPipeline(camera, source, poses, budget=1e6, own=sight)
    for number in range(3):
        stamp = 0.2 * number
        poses.add(stamp, gantry.fixed.pose)
        sight.note("body", stamp, np.array([0.2, 0, 0, 0, 0, 0.0]))
        frame = seen([bridge(0.2), BALL], eye, noise=0.002, seed=number)
        source.look = (stamp, frame.colour, frame.depth, frame.intrinsics)
        seeing.step(Pose2(0.0, 0.0, 0.0), stamp)
    assert [thing.kind for thing in seeing.graph(0.4).things] == ["ball"]


def test_a_part_that_the_robot_has_not_is_named(gantry) -> None:
    with pytest.raises((KeyError, UnknownName)):
        SelfFilter(gantry).note("tail", 0.0, np.zeros(1))


@pytest.mark.parametrize("side", [0, 1])
def test_palms_that_no_link_of_the_urdf_has_are_taken_out_too(side) -> None:
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("g1"), resources)
    mask, joints, palm = RobotMask(robot), np.asarray(robot.pose("default"), float), robot.palms[side]
    place, turn = mask.link(joints, palm.link)
    tip = place + turn @ (np.array(palm.centre) + (0.8 * palm.half[0], 0.0, 0.0))
    ahead, along = turn @ -np.array(palm.normal), turn[:, 0]
    rotation = np.column_stack([along, np.cross(ahead, along), ahead])
    depth = np.full((48, 64), 0.5 - palm.half[1], np.float32)
    lens = Intrinsics.from_view(64, 48, 1.2)
    frame = CameraFrame("head", 0.0, np.zeros((48, 64, 3), np.uint8), depth, lens, tip - 0.5 * ahead, rotation)
    own = mask.mask(joints, frame, np.zeros(3), np.eye(3))
    assert own[24, 32]
    assert not own[24, 60]  # a quarter of a metre farther along the arm
