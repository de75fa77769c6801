"""``skill-stack place``: states the robot's pose, while it stands and everything runs; needs no ROS."""

from __future__ import annotations

import argparse
import time

from skill_stack.commands.common import add_json, add_namespace, attach, block_of, print_json, resources
from skill_stack.core.arguments import positive
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.stated_place import state_place
from skill_stack.core.world.scene import Pose2
from skill_stack.runtime.bringup.run_file import RunFile

PATIENCE = 1.0  # s for the control process to apply it


class PlaceNotHeard(SkillStackError):
    """The pose is stored, but no control process is alive to apply it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("x", type=float, help="of the robot in the map, m")
    parser.add_argument("y", type=float, help="m")
    parser.add_argument("yaw", type=float, help="its heading, rad; 0 looks along x, positive turns left")
    parser.add_argument("--within", type=positive, default=0.1, metavar="M", help="how sure x and y are (default: 0.1)")
    parser.add_argument("--within-yaw", type=positive, default=0.1, metavar="RAD", help="and the heading (the same)")
    parser.add_argument("--robot", default="", help="name of the robot (default: what the bring-up noted)")
    add_namespace(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Stores the pose and waits until the control process has applied it.

    Raises:
        NotRunning: There is no stack of that namespace.
        DataError: The robot moves, nothing is measured, or the numbers are no place.
        NobodyListens: The control process is dead or frozen.
    """
    attach(options.namespace).close()  # says clearly when there is none
    path = block_of(options.namespace)
    name = options.robot or RunFile(path).about.get("robot", "")
    if not name:
        raise DataError("which robot it is was not noted by a bring-up; give --robot NAME")
    found = resources()
    channels = RobotChannels.open(path, load_robot(found.robot(name), found))
    try:
        pose = Pose2(options.x, options.y, options.yaw)
        stated = state_place(channels, pose, options.within, options.within_yaw)
        deadline = time.monotonic() + PATIENCE
        while channels.common.get("place.heeded") < stated.number:
            if time.monotonic() > deadline:
                raise PlaceNotHeard("the place is stored, but the control process does not run")
            time.sleep(0.005)
    finally:
        channels.close()
    if options.json:
        origin = {"x": stated.origin.x, "y": stated.origin.y, "yaw": stated.origin.yaw}
        print_json({"place": {"x": pose.x, "y": pose.y, "yaw": pose.yaw}, "odom_in_map": origin})
    else:
        print(f"the robot is at x {pose.x:g} m, y {pose.y:g} m, heading {pose.yaw:g} rad")
    return 0
