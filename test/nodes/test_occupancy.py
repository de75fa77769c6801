"""Grids over the floor as messages."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("nav_msgs", reason="needs ROS 2")

from builtin_interfaces.msg import Time

from skill_stack.core.errors import DataError
from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.core.world.scene import Pose2
from skill_stack.nodes.wire.wire_occupancy import occupancy_message, occupancy_of

CELLS = np.arange(-1, 11, dtype=np.int8).reshape(3, 4)


def _grid() -> OccupancyGrid:
    return OccupancyGrid("map", 0.05, Pose2(1.0, -2.0, 0.4), CELLS, 7.5, "depth camera")


def test_a_grid_comes_back_as_it_was_sent() -> None:
    message = occupancy_message(_grid(), Time(sec=7), "robot_1/map")
    assert (message.info.width, message.info.height, message.header.frame_id) == (4, 3, "robot_1/map")
    back = occupancy_of(message, 7.5, "depth camera")
    assert (back.cells == CELLS).all() and back.frame == "map"
    assert (back.resolution, back.stamp, back.source) == (0.05, 7.5, "depth camera")
    assert (back.origin.x, back.origin.y, back.origin.yaw) == pytest.approx((1.0, -2.0, 0.4))


def test_what_does_not_fit_is_refused() -> None:
    message = occupancy_message(_grid(), Time(), "map")
    message.info.width = 5
    with pytest.raises(DataError, match="5 by 3 cells came with 12"):
        occupancy_of(message, 0.0)
    with pytest.raises(DataError, match="one of map, odom"):
        occupancy_of(occupancy_message(_grid(), Time(), "camera"), 0.0)
