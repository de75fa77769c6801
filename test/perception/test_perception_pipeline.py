"""Looks to a scene: with the pose that the robot had then, refused with reasons, stale when nobody sees."""

from dataclasses import replace

import numpy as np
import pytest
from computed_looks import DOOR, POSTS, VIEW, seen, thing

from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.rotation import from_yaw
from skill_stack.core.world.pose_history import MOMENT, PoseHistory
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.world_facts import SEES
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.perception_pipeline import FIRST, STALE, PerceptionPipeline
from skill_stack.perception.scene.hinged_panels import HingedPanels

CAMERA = CameraSpec(xyz=(0.0, 0.0, 0.45), rpy=(0.0, 0.4, 0.0), width=320, height=240, view=1.2)
HERE = Pose2(0.0, 0.0, 0.0)
BALL = thing("ball", "red", 1.0, 0.1, (0.2, 0.2, 0.2))


class Source:
    """Gives whatever look it was given."""

    def __init__(self):
        self.look, self.trouble = None, ""

    def newest(self):
        return self.look

    def close(self):
        pass


@pytest.fixture
def rig():
    """A robot at the origin of odom, which lies turned and shifted in the map."""
    return placed(Rig())


def placed(rig):
    """The robot stands for two seconds."""
    for tick in range(100):
        rig.poses.add(tick * 0.02, np.array([0, 0, 0, 1.0, 0, 0, 0]))
    return rig


class Rig:
    def __init__(self, panels=None):
        self.clock, self.source, self.poses = 0.0, Source(), PoseHistory()
        self.seeing = PerceptionPipeline(
            CAMERA, self.source, self.poses, lambda: self.clock, budget=1.0, panels=panels
        )

    def look(self, stamp, *things, change=lambda depth: depth, origin=HERE):
        ahead = np.array([np.cos(0.4), 0, -np.sin(0.4)])
        eye = Eye((0.0, 0.0, 0.45), tuple(np.array([0, 0, 0.45]) + ahead))
        frame = seen(things, eye, noise=0.002, seed=int(stamp * 10))
        self.source.look = (stamp, frame.colour, change(frame.depth), VIEW)
        self.clock += 0.2
        return self.seeing.step(origin, stamp)


def test_what_is_seen_lies_on_the_map_where_the_robot_says_that_it_is(rig) -> None:
    origin = Pose2(5.0, 2.0, np.pi / 2)
    rig.look(0.2, BALL, origin=origin)
    rig.look(0.4, BALL, origin=origin)
    (ball,) = rig.seeing.graph(0.4).things
    assert np.allclose(ball.position, (5.0 - 0.1, 2.0 + 1.0, 0.1), atol=0.02)


def test_a_look_is_taken_with_the_pose_of_its_own_time(rig) -> None:
    rig.poses.add(3.0, np.array([1.0, 0, 0, *from_yaw(0.0)]))  # the robot has walked on meanwhile
    rig.look(0.2, BALL)
    rig.look(0.4, BALL)
    (ball,) = rig.seeing.graph(3.0).things
    assert abs(ball.position[0] - 1.0) < 0.02


@pytest.mark.parametrize(
    ("change", "reason"),
    [(np.zeros_like, "depth is missing"), (lambda depth: np.full_like(depth, np.nan), "depth is missing")],
)
def test_a_look_that_says_nothing_is_refused_with_its_reason(rig, change, reason) -> None:
    assert rig.look(0.2, BALL, change=change) is None
    assert rig.seeing.refused == 1 and reason in rig.seeing.reason


def test_unknown_places_and_jumping_clocks_are_refused_and_then_got_over(rig) -> None:
    assert rig.look(0.2, BALL, origin=None) is None
    assert "where the robot began on the map is not known yet" in rig.seeing.reason
    assert rig.look(1.0, BALL) is not None
    assert rig.look(0.5, BALL) is None and "jumped back" in rig.seeing.reason
    assert rig.look(0.7, BALL) is not None


def test_a_camera_that_disappears_makes_the_scene_stale_with_a_reason(rig) -> None:
    rig.look(0.2, BALL)
    rig.look(0.4, BALL)
    assert STALE not in rig.seeing.graph(0.4).facts
    rig.clock += 5.0
    rig.source.trouble = "unplugged"
    assert rig.seeing.trouble == "nothing seen for 5 s: unplugged"
    graph = rig.seeing.graph(5.4)
    assert STALE in graph.facts and len(graph.things) == 1, "what was seen is still believed"


def test_a_camera_that_begins_counts_as_one_that_sees_until_it_has_had_its_time(rig) -> None:
    rig.clock += 10.0
    assert rig.look(0.2, BALL, origin=None) is None, "nobody knows yet where the robot is"
    assert SEES in rig.seeing.graph(10.0).facts, "what is asked for now is looked for"
    rig.clock += FIRST
    assert STALE in rig.seeing.graph(30.0).facts and SEES not in rig.seeing.graph(30.0).facts


def test_a_first_look_of_a_time_whose_pose_is_not_known_is_no_trouble_of_the_camera(rig) -> None:
    rig.clock = 3.0
    assert rig.look(60.0, BALL) is None and "where the robot was is not known" in rig.seeing.reason
    assert SEES in rig.seeing.graph(60.0).facts, "the next look comes in its time"
    rig.clock += FIRST
    assert STALE in rig.seeing.graph(80.0).facts


def test_a_camera_that_cannot_begin_is_said_at_once(rig) -> None:
    rig.source.trouble, rig.clock = "there is no camera", 3.0
    assert STALE in rig.seeing.graph(3.0).facts and "there is no camera" in rig.seeing.trouble
    rig.source.trouble = ""
    rig.look(0.2, BALL, change=lambda depth: depth * 0)
    assert STALE in rig.seeing.graph(3.2).facts, "its looks cannot be used"


def test_seeing_keeps_to_its_share(rig) -> None:
    rig.seeing = PerceptionPipeline(CAMERA, rig.source, rig.poses, _Slow(rig), budget=0.1)
    assert rig.look(0.2, BALL) is not None
    assert rig.look(0.4, BALL) is None, "nine times as long as the look took nothing else is looked at"
    rig.clock += 10.0
    assert rig.look(0.6, BALL) is not None


class _Slow:
    """A clock by which each question takes a while."""

    def __init__(self, rig):
        self._rig = rig

    def __call__(self):
        self._rig.clock += 0.1
        return self._rig.clock


def test_a_look_that_cannot_be_understood_costs_nothing_that_was_seen(rig, monkeypatch) -> None:
    rig.look(0.2, BALL)
    rig.look(0.4, BALL)
    monkeypatch.setattr(rig.seeing.floor, "add", lambda seen, carried: [][1])
    assert rig.look(0.6, BALL) is None and "cannot be understood: IndexError" in rig.seeing.reason
    assert "(perception_pipeline.py, line " in rig.seeing.reason
    assert len(rig.seeing.graph(0.6).things) == 1


def test_a_picture_that_stays_the_same_while_the_camera_moves_is_frozen(rig) -> None:
    rig.look(0.2, BALL)
    frozen = rig.source.look[1:]
    rig.poses.add(2.5, np.array([0.5, 0, 0, 1.0, 0, 0, 0]))
    rig.source.look, rig.clock = (2.5, *frozen), rig.clock + 0.2
    assert rig.seeing.step(HERE, 2.5) is None and "frozen" in rig.seeing.reason
    assert STALE in _after(rig, 3.0).facts


def _after(rig, seconds):
    rig.clock += seconds
    return rig.seeing.graph(rig.clock)


def test_a_camera_that_is_mounted_upside_down_is_refused(rig) -> None:
    rig.look(0.2, BALL)
    stamp, colour, depth, view = rig.source.look
    rig.seeing.scene.tracks.clear()
    rig.source.look, rig.clock = (0.4, colour[::-1, ::-1].copy(), depth[::-1, ::-1].copy(), view), rig.clock + 0.2
    assert rig.seeing.step(HERE, 0.4) is None and "upside down" in rig.seeing.reason
    assert not rig.seeing.scene.tracks and STALE in _after(rig, 3.0).facts


def test_networks_that_take_ten_seconds_pause_longer_and_longer_and_geometry_goes_on(rig) -> None:
    calls = []

    def slow(frame, observation):
        calls.append(frame.stamp)
        rig.clock += 10.0
        return observation

    rig.seeing = PerceptionPipeline(CAMERA, rig.source, rig.poses, lambda: rig.clock, budget=1.0, named=slow)
    assert rig.look(0.1, BALL) is not None and "networks took 10.0 s" in rig.seeing.reason
    for stamp in (0.2, 0.3, 0.4, 0.5):
        assert rig.look(stamp, BALL) is not None
    assert len(calls) == 1 and len(rig.seeing.graph(0.5).things) == 1
    rig.clock += 30.0
    rig.look(0.6, BALL)
    rig.clock += 31.0
    rig.look(0.7, BALL)
    assert len(calls) == 2, "the second pause is twice as long"


def test_a_look_waits_for_its_pose_but_not_for_rounding_and_not_while_time_stands_still(rig) -> None:
    newest, now = rig.poses.newest, [10.0]
    rig.seeing._wall = lambda: now[0]
    assert rig.look(newest + 1e-9, BALL) is not None, "stamps of messages are rounded"
    assert rig.look(newest + 0.01, BALL) is None
    now[0] += 0.9 * MOMENT
    assert rig.seeing.step(HERE, newest + 0.01) is None
    now[0] += 0.2 * MOMENT
    assert rig.seeing.step(HERE, newest + 0.01) is not None, "whoever lets time go on waits for this look"
    assert rig.look(newest + 0.03, BALL) is None, "another look has a moment of its own"
    rig.poses.add(newest + 0.04, np.array([0, 0, 0, 1.0, 0, 0, 0]))
    assert rig.seeing.step(HERE, newest + 0.04) is not None


def test_what_a_part_of_a_leaf_was_taken_for_is_forgotten_once_the_leaf_is_found() -> None:
    rig = placed(Rig(HingedPanels([replace(one, kind="wall") for one in POSTS])))
    leaf, away = DOOR.turned(DOOR.swing[0] + 0.6), thing("box", "blue", 1.2, 0.5, (0.2, 0.2, 0.2))

    def half(depth):
        return np.where(np.arange(VIEW.width) < VIEW.cx, depth, 0.0).astype(np.float32)

    for stamp in (0.2, 0.4, 0.6):
        rig.look(stamp, *POSTS, leaf, away, change=half)
    before = {one.id for one in rig.seeing.graph(0.6).things}
    assert {"blue_box", "brown_cylinder"} <= before and "door" not in before
    rig.look(0.8, *POSTS, leaf, away)
    assert {one.id for one in rig.seeing.graph(0.8).things} == before - {"brown_cylinder"} | {"door"}
