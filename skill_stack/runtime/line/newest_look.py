"""Camera frames for commands: of a running robot with the estimated pose, or of a recording."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError, StaleData
from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_calibration import measured_camera
from skill_stack.core.robots.camera_spec import load_camera, matrix_of
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.rgbd_ring import rgbd_path
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.frame_faults import frame_fault
from skill_stack.core.world.pose_history import PoseHistory
from skill_stack.perception.calibration.calibrated_source import calibrated
from skill_stack.perception.cameras.look_sources import LookSource, RingSource
from skill_stack.perception.cameras.recording import LookRecording

PATIENCE = 20.0
"""Longest time to wait for a look, s."""
POLL = 0.01  # s between two samples of the pose


def recorded_look(folder: Path, number: int = -1) -> CameraFrame:
    """One look of a recording.

    Args:
        folder: The recording.
        number: Which look; negative ones count from the end.

    Raises:
        DataError: There is no such frame, or it cannot be used; the message states why.
    """
    looks = list(LookRecording(folder))
    if not -len(looks) <= number < len(looks):
        raise DataError(f"{folder}: there is no look {number}; there are {len(looks)}")
    return _usable(looks[number])


class LiveCamera:
    """The camera of a running robot, with frames in the robot's frame ``odom``; use it as a context manager."""

    def __init__(
        self, block: Path, robot: str, camera: str, found: Resources, *, measured: bool = True, realsense: bool = False
    ) -> None:
        """Finds robot and camera.

        Args:
            block: The robot's shared memory.
            robot: The robot.
            camera: Its camera; empty for the first one.
            found: Where robots and calibrations are.
            measured: Whether what was calibrated counts; else what ``cameras.yaml`` states, and the picture as it is.
            realsense: Whether to open a RealSense here, which no other process may have open; else the frames that a
                simulated camera writes to shared memory.

        Raises:
            UnknownName: The robot has no camera of that name.
            DataError: The shared memory is of another robot.
            ResourceNotFound: The robot, or ``pyrealsense2``, is not there.
        """
        self.spec, calibration = measured_camera(found, robot, camera)
        if not measured:
            self.spec, calibration = load_camera(found.robot(robot), camera), None
        self._name, self._block, self._realsense = camera, block, realsense
        self._channels = RobotChannels.open(block, load_robot(found.robot(robot), found))
        self._poses = PoseHistory()
        self._source = calibrated(self._open(), calibration.lens if calibration is not None else None)

    def _open(self) -> LookSource:
        if not self._realsense:
            return RingSource(rgbd_path(self._block, self._name or "front"))
        from skill_stack.perception.cameras.realsense import RealSense

        return RealSense(self.spec.width, self.spec.height, round(self.spec.rate), self._now)

    def _now(self) -> float:
        """Task time of the robot's last report, s."""
        state = self._channels.read_state()
        return state.task_time if state is not None else 0.0

    def newest(self) -> CameraFrame:
        """The newest look, with the pose of its stamp if polled often enough, else with the present one.

        Raises:
            DataError: There is no frame or no pose, or the frame cannot be used; the message states why.
        """
        try:
            state = self._channels.read_state()
        except StaleData as error:
            raise DataError(f"nobody knows where the robot is: {error}") from error
        if state is None or not state.valid:
            raise DataError("nobody knows where the robot is: the control process has not reported")
        now = np.concatenate([state.base_position, state.orientation])
        self._poses.add(state.task_time, now)
        look = self._source.newest()
        if look is None:
            why = self._source.trouble or "the camera is silent"
            raise DataError(f"there is no look: {why}; a simulated camera is seen while its stack is up")
        stamp, colour, depth, intrinsics = look
        then = self._poses.at(stamp)
        base = now if then is None else then
        turn = matrix_of(base[3:])
        place, turned = base[:3] + turn @ np.array(self.spec.xyz), turn @ self.spec.rotation
        return _usable(CameraFrame(self._name, stamp, colour, depth, intrinsics, place, turned, frame="odom"))

    def looks(self, count: int, every: float, pause: Callable[[float], None] = time.sleep) -> Iterator[CameraFrame]:
        """Frames as they arrive.

        Args:
            count: How many.
            every: Least task time between two, s.
            pause: Waits for so many seconds.

        Raises:
            DataError: None came for :data:`PATIENCE`; the message states why.
        """
        last, waited, said = -math.inf, 0.0, "the camera shows nothing new"
        while count > 0:
            try:
                frame = self.newest()
            except DataError as error:
                frame, said = None, str(error)
            if frame is not None and (frame.stamp >= last + every or frame.stamp < last):
                yield frame
                last, waited, count = frame.stamp, 0.0, count - 1
                continue
            if waited > PATIENCE + every:
                raise DataError(f"no look for {waited:.0f} s: {said}")
            pause(POLL)
            waited += POLL

    def __enter__(self) -> LiveCamera:
        """The camera."""
        return self

    def __exit__(self, *_: object) -> None:
        """Releases camera and shared memory."""
        self._source.close()
        self._channels.close()


def _usable(frame: CameraFrame) -> CameraFrame:
    if fault := frame_fault(frame):
        raise DataError(f"the look cannot be used: {fault}")
    return frame
