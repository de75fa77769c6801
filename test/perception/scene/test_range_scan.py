"""What lasers and lidars see of the floor: computed rooms, and poses of the sensor."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from skill_stack.perception.scene.floor_map import FloorMap
from skill_stack.perception.scene.range_scan import FramePose, cloud_places, scan_places

ANGLES = np.linspace(-np.pi, np.pi, 720, endpoint=False)
LIMITS = (0.1, 12.0)
number = st.floats(-3.0, 3.0)


def at(x=0.0, y=0.0, z=0.3, yaw=0.0, pitch=0.0) -> FramePose:
    return FramePose(np.array([x, y, z]), Rotation.from_euler("ZY", [yaw, pitch]).as_quat(scalar_first=True))


def wall_at(x, pose: FramePose):
    """Distances to an endless wall across the x axis, infinite where a beam misses it."""
    yaw = Rotation.from_quat(pose.wxyz, scalar_first=True).as_euler("ZYX")[0]
    with np.errstate(divide="ignore"):
        found = (x - pose.xyz[0]) / np.cos(ANGLES + yaw)
    return np.where(found > 0, found, np.inf)


def grid_of(places, pose, looks=2):
    floor = FloorMap("odom", "laser")
    for number in range(looks):
        floor.add_points(places.taken, places.free, pose.xyz, float(number), places.least, places.above)
    return floor.grid()


@pytest.mark.parametrize("pose", [at(), at(1.0, -2.0, yaw=2.0)])
def test_a_laser_sees_a_wall_where_it_is_and_free_floor_before_it(pose) -> None:
    grid = grid_of(scan_places(ANGLES, wall_at(2.0, pose), LIMITS, pose), pose)
    y = pose.xyz[1]
    wall, before, behind = grid.at([[2.01, y], [1.5, y], [2.4, y]]).tolist()
    assert (wall, before, behind) == (100, 0, -1)
    assert (grid.frame, grid.source) == ("odom", "laser") and grid.above == pytest.approx(0.3)


def test_nothing_met_is_free_and_no_measurement_says_nothing() -> None:
    ranges = np.full_like(ANGLES, np.inf)
    ranges[ANGLES < 0] = np.nan
    places = scan_places(ANGLES, ranges, LIMITS, at())
    assert not len(places.taken) and len(places.free) and (places.free[:, 1] > -1e-9).all()
    short = scan_places(ANGLES, np.full_like(ANGLES, 0.05), LIMITS, at())  # nearer than it can measure
    assert not len(short.taken) and not len(short.free)


def test_a_laser_that_looks_at_the_floor_sees_no_obstacle_there() -> None:
    pose = at(pitch=0.3)  # nose down: beams ahead meet the floor
    down = np.sin(0.3) * np.cos(ANGLES)
    ranges = np.where(down > 0.02, 0.3 / np.maximum(down, 0.02), np.inf)
    places = scan_places(ANGLES, ranges, LIMITS, pose)
    assert not len(places.taken)
    assert (places.free[:, 2] > 0.0).all()


@given(x=number, y=number, yaw=number, size=st.floats(0.2, 0.9))
def test_a_lidar_sees_what_stands_and_the_floor_wherever_it_is_mounted(x, y, yaw, size) -> None:
    pose = at(x, y, 0.5, yaw, 0.2)
    spread = np.linspace(0.0, 0.1, 8)
    box = np.array([[1.0 + a, 0.5 + b, h * size] for a in spread for b in spread for h in (0.3, 0.6, 1.0)])
    floor = np.array([[-0.6 + a, 0.5 + b, 0.01] for a in spread for b in spread])
    ceiling = np.array([[0.0, 0.0, 2.2]])
    odom = np.concatenate([box, floor, ceiling]) + (x, y, 0.0)
    seen = np.concatenate([pose.points_inside(odom), np.full((5, 3), np.nan)])
    places = cloud_places(seen, pose)
    assert np.allclose(places.taken, odom[: len(box)]) and np.allclose(places.free, odom[len(box) : -1])
    grid = grid_of(places, pose)
    assert grid.at([[x + 1.05, y + 0.55], [x - 0.55, y + 0.55], [x, y]]).tolist() == [100, 0, -1]


def test_poses_follow_one_another() -> None:
    outer, inner = at(1.0, 2.0, 0.3, 0.7), at(0.2, 0.0, 0.1, -0.4, 0.3)
    points = np.array([[0.3, -0.2, 0.5], [1.0, 0.0, 0.0]])
    assert np.allclose(outer.compose(inner).points(points), outer.points(inner.points(points)))
    assert np.allclose(outer.points_inside(outer.points(points)), points)
