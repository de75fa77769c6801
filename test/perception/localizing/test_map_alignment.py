"""Where a robot is, by what looks show of surfaces that a map states."""

import math
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("cv2", reason="the extra perception is not installed")

from computed_looks import box, seen, thing

from skill_stack.core.world.scene import Pose2
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.localizing.map_alignment import MapAlignment
from skill_stack.perception.scene.look_observer import LookObserver

HERE = Pose2(0.0, 0.0, 0.0)
POST = thing("cylinder", "red", 1.6, 0.4, (0.3, 0.3, 0.8))
CRATE = thing("box", "blue", 1.4, -0.4, (0.4, 0.3, 0.5), yaw=0.5)
TABLE = thing("box", "brown", 0.85, 0.0, (0.7, 2.4, 0.7))
BALL = replace(thing("ball", "yellow", 0.62, 0.05, (0.18, 0.18, 0.18), z=0.7), id="ball")
HEAD = Eye((0.05, 0.0, 1.25), (0.75, 0.0, 0.55))


def looked(things, error, eye=HEAD, noise=0.003):
    """A look from HERE that is placed as if the robot were elsewhere by an error."""
    cloud = LookObserver().look(seen(things, eye, noise=noise)).cloud
    c, s = math.cos(error[2]), math.sin(error[2])
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]], np.float32)
    points = (cloud.points @ turn.T + (error[0], error[1], 0.0)).astype(np.float32)
    eye_at = turn @ cloud.eye + (error[0], error[1], 0.0)
    return replace(cloud, points=points, normals=cloud.normals @ turn.T, eye=eye_at), Pose2(*error)


def known(offset):
    """Standard deviations along the axes of a pose that was known within 0.1 m and 0.05 rad, and its shift."""
    prior = np.diag((0.1, 0.1, 0.05)) ** 2
    after = np.linalg.solve(np.eye(3) + prior @ offset.information, prior)
    return np.sqrt(np.diag(after)), after @ offset.information @ offset.shift


@pytest.mark.parametrize("error", [(0.06, -0.05, 0.0), (-0.08, 0.04, 0.03), (0.0, 0.0, 0.0)])
def test_two_things_tell_the_whole_pose(error):
    cloud, base = looked([POST, CRATE], error, Eye((0.0, 0.0, 1.0), (1.5, 0.0, 0.3)))
    deviations, shift = known(MapAlignment([POST, CRATE]).offset(cloud, base))
    assert shift[:2] == pytest.approx([-error[0], -error[1]], abs=0.02)
    assert abs(shift[2] + error[2]) < 0.02 and deviations[0] < 0.03 and deviations[1] < 0.06


def test_the_edge_of_a_table_tells_how_far_away_it_is_and_leaves_open_where_along_it_the_robot_is():
    cloud, base = looked([TABLE], (0.05, 0.05, 0.0))
    deviations, shift = known(MapAlignment([TABLE]).offset(cloud, base))
    assert shift[0] == pytest.approx(-0.05, abs=0.015) and deviations[0] < 0.03
    assert abs(shift[1]) < 0.01 and deviations[1] > 0.08


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_the_free_piece_of_a_ball_tells_where_the_robot_is_as_the_whole_ball_does(side):
    arm = box("white", (0.5, 0.05 + 0.07 * side, 0.85), (0.3, 0.1, 0.08))
    cloud, base = looked([TABLE, BALL, arm], (-0.04, 0.05, 0.0))
    offset = MapAlignment([TABLE, BALL]).offset(cloud, base)
    deviations, shift = known(offset)
    assert "ball" in offset.things
    assert shift[:2] == pytest.approx([0.04, -0.05], abs=0.025) and max(deviations[:2]) < 0.06


def test_what_is_movable_hinged_elsewhere_or_not_seen_tells_nothing():
    cloud, base = looked([CRATE], (0.03, 0.0, 0.0), Eye((0.0, 0.0, 1.0), (1.5, 0.0, 0.3)))
    hinged = replace(CRATE, hinge=(-0.2, 0.0), swing=(0.0, 1.5))
    moved = replace(CRATE, position=(1.4, 0.1, 0.25))
    for stated in ([replace(CRATE, movable=True)], [hinged], [moved], [replace(POST, position=(-3.0, 0.0, 0.4))], []):
        assert MapAlignment(stated).offset(cloud, base) is None
    blind, base = looked([], (0.0, 0.0, 0.0))
    assert MapAlignment([CRATE]).offset(blind, base) is None


def test_something_strange_before_a_stated_thing_does_not_draw_it_along():
    strange = box("green", (1.1, -0.35, 0.2), (0.1, 0.2, 0.4), 0.5)
    cloud, base = looked([POST, CRATE, strange], (0.04, 0.03, 0.0), Eye((0.0, 0.0, 1.0), (1.5, 0.0, 0.3)))
    _, shift = known(MapAlignment([POST, CRATE]).offset(cloud, base))
    assert shift[:2] == pytest.approx([-0.04, -0.03], abs=0.02)


def test_a_place_that_is_hardly_known_is_found_although_the_ball_lies_beside_itself():
    cloud, base = looked([TABLE, BALL], (0.03, 0.2, 0.0))
    assert known(MapAlignment([TABLE, BALL]).offset(cloud, base, 0.02))[1][1] > -0.1
    offset = MapAlignment([TABLE, BALL]).offset(cloud, base, 0.15)
    assert "ball" in offset.things and offset.shift[:2] == pytest.approx([-0.03, -0.2], abs=0.02)
