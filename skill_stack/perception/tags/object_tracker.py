"""The camera over a hand: a process that follows the object in it by its markers, without ROS.

It writes the pose of each look into shared memory, from where the control process takes it. In lock-step simulated time
waits for it.

Example: ``object_tracker --robot leap --scene tagged_cube_in_hand --camera side``
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from skill_stack.core.errors import DataError, SkillStackError, StaleData
from skill_stack.core.processes.heartbeat import EVERY, Heartbeat
from skill_stack.core.processes.lock_step_waits import LockStepNotes, counted
from skill_stack.core.processes.process_arguments import process_parser
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.processes.stop_signal import StopSignal
from skill_stack.core.processes.tracked_channel import TrackedChannel, tracked_path
from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import CameraSpec, load_camera
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.sensor_sample import TrackedPose
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.rgbd_ring import Look, rgbd_path
from skill_stack.core.world.scene_file import load_scene
from skill_stack.perception.cameras.look_sources import LookSource, RingSource
from skill_stack.perception.tags.tagged_object import TaggedObject

POLL = 0.002  # s between two questions for a new picture
LOST = 1.0
"""Time without a sight of the object after which that is reported, s."""


class ObjectTracker:
    """Poses of one object in the base frame, from the pictures of one camera."""

    def __init__(self, finder: TaggedObject, camera: CameraSpec) -> None:
        """Takes what finds the object, and where the camera is.

        Raises:
            DataError: The camera is on a link.
        """
        if camera.link:
            raise DataError(f"a camera on '{camera.link}' cannot follow an object: it has to be fixed to the base")
        self._finder, self._place, self._turn = finder, np.array(camera.xyz), camera.rotation

    def track(self, look: Look) -> TrackedPose | None:
        """The pose of the object in one look, or None where it is not seen surely."""
        task_time, colour, _, intrinsics = look
        found = self._finder.find(colour, intrinsics)
        if found is None:
            return None
        x, y, z, w = Rotation.from_matrix(self._turn @ found.rotation).as_quat().tolist()
        return TrackedPose(task_time, self._place + self._turn @ found.position, np.array([w, x, y, z]))


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = process_parser("object_tracker", __doc__)
    parser.add_argument("--scene", required=True, help="scene with the markers, a file of config/scenes/, or a path")
    parser.add_argument("--camera", default="", help="camera of the robot (default: its first)")
    parser.add_argument("--source", choices=("simulator", "realsense"), default="simulator", help="of its pictures")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Follows the object until SIGTERM or SIGINT.

    Returns:
        0 after an orderly end, 1 when it could not begin.
    """
    arguments = parse(argv)
    log, stop = ProcessLog("object_tracker", sys.stderr), StopSignal()
    try:
        _run(arguments, log, stop)
    except SkillStackError as error:
        log.error(str(error))
        return 1
    return 0


def _run(arguments: argparse.Namespace, log: ProcessLog, stop: StopSignal) -> None:
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(arguments.robot), resources)
    if robot.sensors.tracker is None:
        raise DataError(f"{robot.name} has no 'sensors.tracker': nothing would use what is seen")
    carrier = robot.sensors.tracker.object
    camera = load_camera(resources.robot(arguments.robot), arguments.camera)
    finder = TaggedObject(load_scene(resources.scene(arguments.scene)).tags, carrier)
    tracker, block = ObjectTracker(finder, camera), block_path(arguments.namespace, domain_of(os.environ), os.getuid())
    source = _source(arguments, camera, robot, block)
    channel, notes = TrackedChannel(tracked_path(block)), LockStepNotes(block)
    log.info(f"follows the {carrier} by camera {arguments.camera or 'front'}, {camera.rate:g} Hz")
    try:
        _follow(tracker, source, channel, notes if arguments.pace == "lock_step" else None, log, stop)
    finally:
        if arguments.pace == "lock_step":
            notes.note("look.taken", 0)  # nobody waits for a process that is gone
        source.close()
        channel.close()


def _source(arguments: argparse.Namespace, camera: CameraSpec, robot: RobotSpec, block: Path) -> LookSource:
    if arguments.source == "simulator":
        return RingSource(rgbd_path(block, arguments.camera or "front"))
    from skill_stack.perception.cameras.realsense import RealSense

    return RealSense(camera.width, camera.height, round(camera.rate), _task_clock(RobotChannels.open(block, robot)))


def _task_clock(channels: RobotChannels) -> Callable[[], float]:
    """Task time now, s, by the newest measurement of the device; 0 before the first."""

    def now() -> float:
        try:
            sample = channels.read_sample()
        except StaleData:
            sample = None
        return 0.0 if sample is None else sample.task_time + time.monotonic() - sample.stamp

    return now


def _follow(
    tracker: ObjectTracker, source: LookSource, channel: TrackedChannel, notes: LockStepNotes | None, log: ProcessLog,
    stop: StopSignal,
) -> None:  # fmt: skip
    """Takes every new look; says when the object, or the camera, is lost and found again."""
    pulse, beat, last, seen, told = Heartbeat.from_environment(os.environ), 0.0, -1.0, -1.0, ""
    while not stop.asked:
        now = time.monotonic()
        if now >= beat:
            pulse.beat(now)
            beat = now + EVERY
        look = source.newest()
        if look is None or look[0] == last:
            time.sleep(POLL)
        else:
            last = look[0]
            pose = tracker.track(look)
            if pose is not None:
                channel.write(pose)
            seen = last if pose is not None or seen > last else seen  # the device may begin anew
            if notes is not None:
                notes.note("look.taken", counted(last))
        lost = source.trouble or ("no marker of it is seen" if last - seen > LOST else "")
        if lost != told:
            told = lost
            log.warn(f"the object is lost: {lost}") if lost else log.info("the object is seen again")


if __name__ == "__main__":
    sys.exit(main())
