"""Grids over the floor as ``nav_msgs/OccupancyGrid``, and back."""

from __future__ import annotations

import numpy as np
from builtin_interfaces.msg import Time
from nav_msgs.msg import MapMetaData
from nav_msgs.msg import OccupancyGrid as GridMessage

from skill_stack.core.errors import DataError
from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.nodes.wire.wire_basics import header, pose2_message, pose2_of


def occupancy_message(grid: OccupancyGrid, stamp: Time, frame: str) -> GridMessage:
    """The grid; ``frame`` is its frame with the namespace in front."""
    height, width = grid.cells.shape
    about = MapMetaData(
        map_load_time=stamp,
        resolution=float(grid.resolution),
        width=width,
        height=height,
        origin=pose2_message(grid.origin),
    )
    message = GridMessage(header=header(stamp, frame), info=about)
    message.data.frombytes(np.ascontiguousarray(grid.cells, np.int8).tobytes())
    return message


def occupancy_of(message: GridMessage, stamp: float, source: str = "perception") -> OccupancyGrid:
    """The grid; a namespace in front of its frame is taken off.

    Args:
        message: What came.
        stamp: When it was measured, s of task time.
        source: Origin of the grid.

    Raises:
        DataError: It is not valid; the message states why.
    """
    height, width = message.info.height, message.info.width
    cells = np.frombuffer(message.data, np.int8)
    if cells.size != height * width:
        raise DataError(f"an occupancy grid of {width} by {height} cells came with {cells.size} values")
    frame = message.header.frame_id.rpartition("/")[2]
    resolution = round(float(message.info.resolution), 6)  # sent as a 32-bit number
    return OccupancyGrid(frame, resolution, pose2_of(message.info.origin), cells.reshape(height, width), stamp, source)
