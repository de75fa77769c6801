"""HandTruth: true motion of a simulated hand and its object, and pushes on them; for scoring only."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.core.robots.camera_spec import matrix_of
from skill_stack.core.rotation import Quaternion, multiply
from skill_stack.evaluation.hand_suite import Disturbance
from skill_stack.hardware.mujoco.object_mover import depth_in, put_object, true_contacts, true_presses
from skill_stack.runtime.line.parts_line import PartsLine

Array = np.ndarray
DIRECTIONS = np.concatenate((np.eye(3), -np.eye(3)))[[0, 3, 1, 4, 2, 5]]
"""The six directions, opposite ones one after the other."""


class HandTruth:
    """Simulator truth of a line whose robot carries a hand.

    Attributes:
        part: Name of the part that is the hand.
        palm: Number of the body that carries the fingers.
    """

    def __init__(self, line: PartsLine, thing: str = "") -> None:
        """Resolves bodies.

        Args:
            line: The line.
            thing: The object that is grasped; empty when there is none.
        """
        self._line = line
        self._model, self._data = line.device.model, line.device.data
        carried = (name for name, member in line.robot.mounted.items() if member.grasps is not None)
        self.part = next(carried, line.robot.main_part)
        self._prefix = f"{self.part}_" if line.robot.mounted else ""
        frame = line.robot.mounted.get(self.part, line.robot).palm_frame.pose
        self._origin, self._turn, self._frame = frame[:3], matrix_of(frame[3:]), tuple(frame[3:].tolist())
        joints = line.robot.parts[self.part].joints
        self._speeds = np.array([self._model.joint(name).dofadr[0] for name in joints])
        self.palm = int(self._model.body_parentid[self._model.joint(joints[0]).bodyid[0]])
        self._thing = self._data.body(thing).id if thing else -1
        self._own = set(map(int, np.flatnonzero(self._model.body_rootid == self._model.body_rootid[self.palm])))

    def flexion(self, bends: tuple[str, ...]) -> float:
        """Sum of joint angles of the hand, rad; named as for the hand alone."""
        return float(sum(self._data.joint(self._prefix + name).qpos[0] for name in bends))

    def speed(self) -> float:
        """Speed of the fastest joint of the hand, rad/s."""
        return float(np.abs(self._data.qvel[self._speeds]).max())

    def held(self) -> Array:
        """Position of the object in the palm's frame, m, shape (3,)."""
        turn = self._data.xmat[self.palm].reshape(3, 3)
        place = turn.T @ (self._data.xpos[self._thing] - self._data.xpos[self.palm])  # in the body's frame
        return np.asarray(self._turn.T @ (place - self._origin))

    @property
    def rotation(self) -> Array:
        """Rotation from the palm's frame to the world, shape (3, 3)."""
        return np.asarray(self._data.xmat[self.palm].reshape(3, 3) @ self._turn)

    @property
    def up(self) -> Array:
        """Direction of the palm in the world, shape (3,)."""
        return self.rotation[:, 0]

    def lay(self, place: Array, angle: float) -> None:
        """Places the object at rest in the hand.

        Args:
            place: Of its centre in the palm's frame, m, shape (3,).
            angle: By which it is turned there about the palm's normal, rad.
        """
        about = (math.cos(0.5 * angle), math.sin(0.5 * angle), 0.0, 0.0)
        self.put(self._origin + self._turn @ place, multiply(self._frame, about))

    def put(self, place: Array, orientation: Quaternion) -> None:
        """Places the object at rest in the hand.

        Args:
            place: Of its centre in the frame of the body :attr:`palm`, m, shape (3,).
            orientation: Of the object in that frame, w-x-y-z.
        """
        at = self._data.xpos[self.palm] + self._data.xmat[self.palm].reshape(3, 3) @ place
        a, b, c, d = self._data.xquat[self.palm].tolist()
        put_object(self._line.device, self._thing, at, multiply((a, b, c, d), orientation))

    def depth_at(self, joints: Array, place: Array, orientation: Quaternion) -> float:
        """Greatest depth of the hand in the object, both placed so, m, by the simulator's contacts.

        Args:
            joints: Joint positions of the hand, rad, shape (joints,).
            place: Of the object's centre in the frame of the body :attr:`palm`, m, shape (3,).
            orientation: Of the object in that frame, w-x-y-z.
        """
        named = dict(zip(self._line.robot.parts[self.part].joints, joints.tolist()))
        return depth_in(self._line.device, self.palm, self._thing, named, place, orientation)

    @property
    def force(self) -> Array:
        """What pushes the thing from outside, in the world, N, shape (3,)."""
        return np.array(self._data.xfrc_applied[self._thing, :3])

    @force.setter
    def force(self, force: Array) -> None:
        self._data.xfrc_applied[self._thing, :3] = force

    def attitude(self) -> Array:
        """Orientation of the thing in the world, shape (3, 3)."""
        return np.array(self._data.xmat[self._thing].reshape(3, 3))

    def position(self) -> Array:
        """Centre of the thing, m, shape (3,)."""
        return np.array(self._data.xpos[self._thing])

    def tilt(self) -> float:
        """Angle between the thing's own z axis and the vertical, rad."""
        return float(np.arccos(np.clip(self._data.xmat[self._thing][8], -1.0, 1.0)))

    def thing_speed(self) -> float:
        """Speed of the thing's centre, m/s."""
        return float(np.linalg.norm(self._data.cvel[self._thing][3:]))

    def touching(self) -> int:
        """Contacts between the thing and the robot."""
        return sum(body in self._own for body, _, _ in true_presses(self._line.device, self._thing))

    def touched(self) -> Array:
        """Where the robot touches the thing, from its middle in its own frame, m, shape (contacts, 3)."""
        found = true_contacts(self._line.device, self._thing)
        places = [place for body, force, _, place in found if body in self._own and force > 0.0]
        return np.reshape(places, (-1, 3)) @ self.attitude() - self.position() @ self.attitude()

    def pushed(self, force: Array, seconds: float, joint: str = "") -> float:
        """Pushes the object, or the link of a joint of the hand; largest motion of the object in the palm, m.

        Args:
            force: In the world, N, shape (3,).
            seconds: For how long.
            joint: The hand's joint, as the hand alone names it; empty for the thing.
        """
        body = int(self._model.joint(self._prefix + joint).bodyid[0]) if joint else self._thing
        end, begin, most = self._line.now + seconds, self.held() if self._thing >= 0 else np.zeros(3), 0.0
        while self._line.now < end - 1e-9:
            self._data.xfrc_applied[body, :3] = force
            self._line.step()
            if self._thing >= 0:
                most = max(most, float(np.linalg.norm(self.held() - begin)))
        self._data.xfrc_applied[body] = 0.0
        return most


def direction(rng: np.random.Generator) -> Array:
    """A uniformly random direction, shape (3,)."""
    vector = rng.normal(size=3)
    return np.asarray(vector / np.linalg.norm(vector))


def push_of(disturbance: Disturbance, rng: np.random.Generator) -> tuple[Array, float, float]:
    """Force of one push, N, its duration, and the pause after it, s."""
    seconds = float(rng.uniform(*disturbance.seconds))
    force = float(rng.uniform(*disturbance.force)) * direction(rng)
    return force, seconds, max(0.0, disturbance.every - seconds)
