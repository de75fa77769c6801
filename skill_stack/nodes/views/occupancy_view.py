"""OccupancyView: the newest occupancy grid of the topic ``occupancy_grid``, in task time."""

from __future__ import annotations

from collections.abc import Callable

from nav_msgs.msg import OccupancyGrid as GridMessage

from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.ros_compat import ANY_SENDER
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire_basics import seconds_of
from skill_stack.nodes.wire.wire_occupancy import occupancy_of


class OccupancyView:
    """Subscribes and passes on valid grids."""

    def __init__(self, node: StackNode, now: Callable[[], float], take: Callable[[OccupancyGrid], None]) -> None:
        """Subscribes.

        Args:
            node: The node to subscribe with.
            now: Task time, s.
            take: Is given every grid.
        """
        self._node, self._now = node, now
        subscribe(node, GridMessage, "occupancy_grid", self._grid_of, take, ANY_SENDER)

    def _grid_of(self, message: GridMessage) -> OccupancyGrid:
        return occupancy_of(message, self._task_time(seconds_of(message.header.stamp)))

    def _task_time(self, stamp: float) -> float:
        """Task time of a stamp: equal where ROS runs on simulated time, converted from wall time elsewhere."""
        if self._node.get_parameter("use_sim_time").value:
            return stamp
        return self._now() - (self._node.get_clock().now().nanoseconds * 1e-9 - stamp)
