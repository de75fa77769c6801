"""Obstacles from topics: occupancy grids, a laser's scans or a lidar's points, each in task time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nav_msgs.msg import OccupancyGrid as GridMessage

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.ros_compat import ANY_SENDER, LATCHED
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.range_view import RangeView
from skill_stack.nodes.views.world_view import WorldView
from skill_stack.nodes.wire.wire_basics import seconds_of
from skill_stack.nodes.wire.wire_occupancy import occupancy_of


def watch_obstacles(
    node: StackNode, kind: str, robot: RobotSpec, world: WorldView, take: Callable[[OccupancyGrid], None],
    take_map: Callable[[OccupancyGrid], None],
) -> None:  # fmt: skip
    """Subscribes to the sources of obstacles, and to the latched ``map`` of SLAM or a map server.

    Args:
        node: The node to subscribe with.
        kind: ``occupancy_grid``, ``scan`` or ``points``: the topic of that name.
        robot: The robot.
        world: Where the robot is, and task time.
        take: Is given every grid.
        take_map: Is given every map.
    """
    subscribe(node, GridMessage, "map", lambda message: occupancy_of(message, 0.0, "map"), take_map, LATCHED)
    task_time = partial(_task_time, node, lambda: world.now)
    if kind == "occupancy_grid":
        parse = partial(_grid_of, task_time)
        subscribe(node, GridMessage, "occupancy_grid", parse, take, ANY_SENDER)
    else:
        RangeView(node, kind, robot, lambda: world.status, task_time, take)


def _grid_of(task_time: Callable[[float], float], message: GridMessage) -> OccupancyGrid:
    return occupancy_of(message, task_time(seconds_of(message.header.stamp)))


def _task_time(node: StackNode, now: Callable[[], float], stamp: float) -> float:
    """Task time of a stamp: equal where ROS runs on simulated time, converted from wall time elsewhere."""
    if node.get_parameter("use_sim_time").value:
        return stamp
    return now() - (node.get_clock().now().nanoseconds * 1e-9 - stamp)
