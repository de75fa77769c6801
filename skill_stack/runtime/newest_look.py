"""The newest look of a running robot's camera with the pose that the robot knows, or the last one of a recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from skill_stack.core.camera_frame import CameraFrame
from skill_stack.core.camera_spec import load_camera, matrix_of
from skill_stack.core.channels import RobotChannels
from skill_stack.core.errors import DataError, StaleData
from skill_stack.core.frame_faults import frame_fault
from skill_stack.core.resources import Resources
from skill_stack.core.rgbd_ring import rgbd_path
from skill_stack.core.robot import load_robot
from skill_stack.perception.recording import Recording
from skill_stack.perception.sources import RingSource


def recorded_look(folder: Path, number: int = -1) -> CameraFrame:
    """One look of a recording.

    Args:
        folder: The recording.
        number: Which look; negative ones count from the end.

    Raises:
        DataError: There is no such look, or it cannot be used; says why.
    """
    looks = list(Recording(folder))
    if not -len(looks) <= number < len(looks):
        raise DataError(f"{folder}: there is no look {number}; there are {len(looks)}")
    return _usable(looks[number])


def live_look(block: Path, robot_name: str, camera_name: str, found: Resources) -> CameraFrame:
    """What the camera of a running robot saw last, in the robot's frame ``odom``.

    Args:
        block: The robot's shared memory.
        robot_name: The robot.
        camera_name: Its camera; empty for the first one.
        found: Where robots are.

    Raises:
        DataError: There is no camera, no look or no pose, or the look cannot be used; says why.
        UnknownName: The robot has no camera of that name.
    """
    robot = load_robot(found.robot(robot_name), found)
    camera = load_camera(found.robot(robot_name), camera_name)
    source = RingSource(rgbd_path(block, camera_name or "front"))
    channels = RobotChannels.open(block, robot)
    try:
        look = source.newest()
        state = channels.read_state()
    except StaleData as error:
        raise DataError(f"nobody knows where the robot is: {error}") from error
    finally:
        source.close()
        channels.close()
    if look is None:
        raise DataError(f"there is no look: {source.trouble or 'the camera is silent'}; is a camera in the deployment?")
    if state is None or not state.valid:
        raise DataError("nobody knows where the robot is: the control process has not reported")
    stamp, colour, depth, intrinsics = look
    turn = matrix_of(state.orientation)
    place = state.base_position + turn @ np.array(camera.xyz)
    frame = CameraFrame(
        camera_name, stamp, colour, depth, intrinsics, place, turn @ camera.rotation, frame="odom"
    )
    return _usable(frame)


def _usable(frame: CameraFrame) -> CameraFrame:
    if fault := frame_fault(frame):
        raise DataError(f"the look cannot be used: {fault}")
    return frame
