"""TrackedMotion: a motion that a policy tracks, inside the network or beside it: frames, alignment, start and end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.controllers.foreign.motion_file import MotionFrames
from skill_stack.core.errors import UnknownName
from skill_stack.core.rotation import Quaternion, from_yaw, multiply, yaw_of
from skill_stack.core.skills.manifest_motion import ManifestReference

Array = np.ndarray
Place = tuple[Array, Quaternion]
"""Position, m, shape (3,), and orientation, w-x-y-z."""
_ORIGIN = np.zeros(3)


class TrackedMotion:
    """State of a motion. Frames come from a file, or from the outputs of the network.

    Attributes:
        spec: The section of the manifest.
        frame: Number of the frame that is tracked.
        waits: Whether the first frame is still to be reached.
        held: Whether the first frame is held although its time has come, until what stands meanwhile is at rest.
        anchored: Whether the motion states the pose of its anchor.
    """

    def __init__(self, spec: ManifestReference, file: MotionFrames | None, joints: int) -> None:
        """Begins at the first frame.

        Args:
            spec: The section of the manifest.
            file: The frames, or None where the network returns them.
            joints: Number of joints of the policy.

        Raises:
            UnknownName: The anchor is none of the bodies.
        """
        self.spec, self._file = spec, file
        self._count = spec.frames if file is None else len(file.joint_pos)
        self.anchored = bool(spec.body_quat)
        self._row = 0
        if self.anchored:
            if spec.anchor not in spec.bodies:
                raise UnknownName("anchor of the motion", spec.anchor, spec.bodies)
            self._row = spec.bodies.index(spec.anchor)
        self._now: dict[str, Array] = {}
        self._joints = joints
        self.frame, self.waits, self.held, self._left = 0, False, False, 0.0
        self._turn: Quaternion = (1.0, 0.0, 0.0, 0.0)
        self._turn_odom: Quaternion = (1.0, 0.0, 0.0, 0.0)
        self._from, self._to = _ORIGIN, _ORIGIN
        self._aligned = False

    def start(self) -> None:
        """Goes to the first frame; its alignment is set by :meth:`align`."""
        self.frame, self.held, self._aligned = 0, False, False
        self.waits, self._left = self.spec.start.rule != "at_once", self.spec.start.seconds

    def take(self, outputs: dict[str, Array]) -> None:
        """Takes the network's outputs for a frame."""
        self._now = {name: array.copy() for name, array in outputs.items()}
        if self.spec.length is not None:
            self._count = max(int(self._now[self.spec.length].item()), 1)

    @property
    def joint_pos(self) -> Array:
        """Joints of the frame, rad, by joint of the policy."""
        if self._file is not None:
            return self._file.joint_pos[self.frame]
        return self._now[self.spec.joint_pos].reshape(-1)

    @property
    def joint_vel(self) -> Array:
        """Joint velocities of the frame; zero while waiting at the first frame."""
        if self.waits:
            return np.zeros(self._joints)
        if self._file is not None:
            return self._file.joint_vel[self.frame]
        return self._now[self.spec.joint_vel].reshape(-1)

    @property
    def steps(self) -> tuple[float, float, float] | None:
        """Velocity with which another skill steps, m/s and rad/s; None where this one has all joints."""
        if self.spec.steps is None:
            return None
        vx, vy, wz, stepping = self._now[self.spec.steps].reshape(-1).tolist()
        return (vx, vy, wz) if stepping > 0.5 else None

    def _anchor(self) -> Place:
        """Pose of the motion's anchor."""
        spec = self.spec
        if self._file is not None:
            w, x, y, z = self._file.body_quat[self.frame, self._row].tolist()
            return self._file.body_pos[self.frame, self._row], (w, x, y, z)
        assert spec.body_quat is not None
        quat = self._now[spec.body_quat].reshape(-1, 4)[self._row]
        w, x, y, z = (quat[[3, 0, 1, 2]] if spec.quaternion == "xyzw" else quat).tolist()
        place = self._now[spec.body_pos].reshape(-1, 3)[self._row].astype(float) if spec.body_pos else _ORIGIN
        return place, (w, x, y, z)

    def places(self, bodies: Sequence[str]) -> Array | None:
        """Where bodies are in the frame, m, shape (bodies, 3); None where the motion does not state all of them."""
        spec = self.spec
        if spec.body_pos is None or any(body not in spec.bodies for body in bodies):
            return None
        frame = self._file.body_pos[self.frame] if self._file is not None else self._now[spec.body_pos].reshape(-1, 3)
        return np.asarray(frame[[spec.bodies.index(body) for body in bodies]], float)

    def align(self, attitude: Quaternion, place: Place) -> None:
        """Aligns the motion with the robot, once after each start.

        Args:
            attitude: Orientation of the robot's anchor by the IMU, w-x-y-z.
            place: Its place in ``odom`` by the estimate.
        """
        if self._aligned or not self.anchored:
            return
        self._aligned = True
        if self.spec.align == "none":
            return
        began, orientation = self._anchor()
        here, heading = place
        self._turn = _yaw_between(orientation, attitude)
        self._turn_odom = _yaw_between(orientation, heading)
        self._from, self._to = began, np.array([here[0], here[1], began[2]])  # heights stay those over the ground

    @property
    def orientation(self) -> Quaternion:
        """Orientation of the anchor in the IMU's frame, w-x-y-z."""
        return multiply(self._turn, self._anchor()[1])

    @property
    def position(self) -> Array:
        """Position of the anchor in ``odom``, m."""
        place = self._anchor()[0] - self._from
        yaw = yaw_of(self._turn_odom)
        c, s = np.cos(yaw), np.sin(yaw)
        turned = np.array([c * place[0] - s * place[1], s * place[0] + c * place[1], place[2]])
        return np.asarray(self._to + turned)

    def approach(self, position: Array, dt: float) -> Array | None:
        """Joints on the linear path to the first frame, rad, or None once the network shall run.

        Args:
            position: Where the joints were commanded to be so far, rad, by joint of the policy.
            dt: Time of a run, s.
        """
        if not self.waits or self.spec.start.rule != "approach":
            return None
        if self._left <= 1e-6:
            self.waits = self.held
            return self.joint_pos.copy() if self.held else None
        share = min(dt / self._left, 1.0)
        self._left -= dt
        return position + share * (self.joint_pos - position)

    def go_on(self, position: Array, dt: float) -> None:
        """Time passes.

        Args:
            position: Where the joints are, rad, by joint of the policy.
            dt: Time of a run, s.
        """
        if self.waits:
            near = float(np.abs(position - self.joint_pos).max()) <= self.spec.start.within
            self._left -= dt
            if not near and self._left > 1e-6:
                return
            self.waits = False
        self.frame += 1
        if self._count is not None and self.frame >= self._count:
            again = self.spec.end == "again"
            self.frame = 0 if again else self._count - 1
            self._aligned = self._aligned and not again

    @property
    def progress(self) -> float:
        """Progress, 0 to 1; 0 for an unknown length."""
        if self._count is None:
            return 0.0
        return 1.0 if self._count == 1 else self.frame / (self._count - 1)


def _yaw_between(first: Quaternion, second: Quaternion) -> Quaternion:
    """The yaw that gives the first orientation the heading of the second, w-x-y-z."""
    w, x, y, z = from_yaw(yaw_of(second) - yaw_of(first)).tolist()
    return w, x, y, z
