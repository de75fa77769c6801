"""Where a robot is, corrected by things of the map that its camera sees."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("rclpy")

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import from_yaw
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.stated_place import LANDMARKS, stated_place
from skill_stack.core.world.pose_history import PoseHistory
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.nodes.views.landmark_view import LandmarkView
from skill_stack.perception.localizing.map_alignment import Offset

KNOWN = np.diag((1e4, 1e4, 1e4))


@pytest.fixture
def channels(tmp_path):
    robot = load_robot(Resources.from_environment({}).robot("go2"))
    made = RobotChannels.open(tmp_path / "block", robot)
    yield made
    made.close()


class Told:
    """Says how far the robot is from where it is thought to be; None where nothing is seen."""

    def __init__(self, information=KNOWN):
        self.true, self.information = Pose2(0.0, 0.0, 0.0), information

    def offset(self, cloud, base, deviation=0.0):
        if self.information is None:
            return None
        shift = (self.true.x - base.x, self.true.y - base.y, self.true.yaw - base.yaw)
        return Offset(np.array(shift), self.information, ("post",))


def walked(view, drift=0.012, looks=12):
    """Walks with an odometry that counts too little; gives where the robot is and is thought to be."""
    origin, poses = Pose2(0.0, 0.0, 0.0), PoseHistory()
    for number in range(looks):
        view._map.true = true = Pose2(0.08 * number, 0.0, 0.0)
        odometry = Pose2(true.x - drift * number, 0.0, 0.0)
        poses.add(0.2 * number, np.array([odometry.x, odometry.y, 0.3, *from_yaw(odometry.yaw)]))
        origin = view.look(SimpleNamespace(stamp=0.2 * number, cloud=None), poses, origin) or origin
    return true, origin.compose(odometry)


def view_of(channels, told):
    view = LandmarkView(SceneGraph(), channels)
    view._map = told
    return view


def test_the_drift_of_the_legs_is_taken_back_and_told_to_everybody(channels):
    view = view_of(channels, Told())
    true, thought = walked(view)
    assert thought.distance_to(true.x, true.y) < 0.03
    stated = stated_place(channels.common)
    assert stated is not None and stated.source == LANDMARKS and 0.0 < stated.position < 0.1
    assert view.fixes == 12


def test_a_direction_that_a_look_leaves_open_is_not_corrected(channels):
    view = view_of(channels, Told(np.diag((0.0, 1e4, 0.0))))
    true, thought = walked(view)
    assert true.x - thought.x == pytest.approx(0.012 * 11) and math.isclose(thought.y, 0.0, abs_tol=1e-9)


def test_a_drift_beyond_the_numbers_of_the_legs_is_believed_once_looks_go_on_to_say_it(channels):
    view = view_of(channels, Told(np.diag((1e4, 1e4, 1e4)) * 4))
    origin, poses = Pose2(0.0, 0.0, 0.0), PoseHistory()
    view._map.true = Pose2(0.2, 0.0, 0.0)
    for number in range(8):
        poses.add(0.2 * number, np.array([0.0, 0.0, 0.3, *from_yaw(0.0)]))
        told = view.look(SimpleNamespace(stamp=0.2 * number, cloud=None), poses, origin)
        assert number != 0 or told is None
        origin = told or origin
    assert origin.x == pytest.approx(0.2, abs=0.02) and 0 < view.fixes < 8


def test_without_a_place_or_anything_of_the_map_there_is_nothing_to_correct(channels):
    view = view_of(channels, Told(None))
    assert view.look(SimpleNamespace(stamp=0.0, cloud=None), PoseHistory(), None) is None
    walked(view)
    assert view.fixes == 0 and stated_place(channels.common) is None
