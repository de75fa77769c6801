"""GripperTrial: a parallel gripper without an arm in a simulated scene, for trying grasps and pushes.

A body follows a given pose like the flange of a stiff arm. It carries two coupled jaws on slides that close with a
limited force. Objects are held by friction alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import mujoco
import numpy as np
from scipy.spatial.transform import Rotation

from skill_stack.core.robots.gripper import Gripper
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.scene_geometry import FREE_JOINT_SUFFIX, ROBOT_BIT, WORLD_BIT, add_floor, add_objects

Array = np.ndarray
Triple = tuple[float, float, float]
FORCE = 20.0
"""Force with which the jaws close, N: well below what small grippers give."""
BACK = 0.08
"""Length of the linear approach, m."""
LIFT = 0.12  # m
CLOSING = 0.1  # m/s of each jaw
LIFTED, MOVED = 0.08, 0.03
"""Height by which an object must have risen, and by how much it may move in the jaws, m."""
SPEED = 0.12  # m/s
SHAKE, SHAKES = 0.02, 2.0  # m and Hz
_STEP = 0.002  # s
_FLANGE, _GUIDE = "flange", "guide"
_FINGERS = ("left_finger", "right_finger")


@dataclass(frozen=True, slots=True)
class Tried:
    """Result of a grasp.

    Attributes:
        held: Whether the thing was lifted, shaken and still there.
        reason: What went wrong, or an empty string.
        lifted: By how much the thing had risen at the end, m.
        nudged: By how much it moved before the jaws closed, m.
    """

    held: bool
    reason: str
    lifted: float
    nudged: float


class GripperTrial:
    """One scene and one gripper; every trial starts from the scene at the last :meth:`keep`."""

    def __init__(self, scene: SceneSetup, gripper: Gripper) -> None:
        """Builds the model and lets everything come to rest."""
        self._gripper = gripper
        self._model = _model(scene, gripper)
        self._data = mujoco.MjData(self._model)
        self._guide = int(self._model.body(_GUIDE).mocapid[0])
        self._ends = [int(self._model.joint(name).qposadr[0]) for name in _FINGERS]
        self._put(np.array([0.0, 0.0, 2.0]), np.diag([1.0, -1.0, -1.0]), gripper.opening)
        self._run(0.3)
        self.keep()

    def keep(self) -> None:
        """Sets the present scene as the start of trials."""
        self._state = self._data.qpos.copy()

    def places(self) -> dict[str, tuple[Array, float]]:
        """Start positions, m, and headings, rad, of movable objects."""
        self._begin()
        out = {}
        for number in range(self._model.njnt):
            name = self._model.joint(number).name
            if name.endswith(FREE_JOINT_SUFFIX) and not name.startswith(_FLANGE):
                body = self._data.body(name.removesuffix(FREE_JOINT_SUFFIX))
                turn = body.xmat.reshape(3, 3)
                out[body.name] = (body.xpos.copy(), math.atan2(turn[1, 0], turn[0, 0]))
        return out

    def grasp(self, thing: str, position: Array, rotation: Array, opening: float) -> Tried:
        """Approaches linearly, closes, lifts, shakes; the object must stay.

        Args:
            thing: Id of what is to be taken; for judging alone.
            position: The tool's origin, m, shape (3,).
            rotation: From the tool's frame (z along the approach, y along the closing) to the world, shape (3, 3).
            opening: Distance between the jaws with which it comes, m.
        """
        self._begin()
        body = self._data.body(thing)
        start = body.xpos.copy()
        self._put(position - BACK * rotation[:, 2], rotation, opening)
        self._move(position)
        nudged = float(np.linalg.norm(body.xpos - start))
        self._close()
        self._run(0.8)
        flange = self._data.body(_FLANGE)
        inside = rotation.T @ (body.xpos - flange.xpos)
        self._move(position + (0.0, 0.0, LIFT))
        self._shake()
        moved = float(np.linalg.norm(flange.xmat.reshape(3, 3).T @ (body.xpos - flange.xpos) - inside))
        lifted = float(body.xpos[2] - start[2])
        return _judged(lifted, moved, nudged)

    def push(self, start: Array, end: Array) -> None:
        """Approaches closed, pushes along a line and leaves upwards; the moved objects stay moved."""
        self._begin()
        start, end = np.asarray(start, float), np.asarray(end, float)
        along = end - start
        yaw = math.atan2(along[1], along[0])
        rotation = Rotation.from_euler("zx", (yaw, math.pi)).as_matrix()  # z down, its breadth along the way
        self._put(start + (0.0, 0.0, 0.1), rotation, 0.002)
        for place in (start, end, end + (0.0, 0.0, 0.1)):
            self._move(place)
        self._put(np.array([0.0, 0.0, 2.0]), rotation, self._gripper.opening)
        self._run(0.3)
        self.keep()

    def _begin(self) -> None:
        mujoco.mj_resetData(self._model, self._data)
        self._data.qpos[:] = self._state
        mujoco.mj_forward(self._model, self._data)

    def _put(self, position: Array, rotation: Array, opening: float) -> None:
        """Places the gripper at once, with its jaws at a distance."""
        data, at = self._data, int(self._model.joint(f"{_FLANGE}{FREE_JOINT_SUFFIX}").qposadr[0])
        x, y, z, w = Rotation.from_matrix(rotation).as_quat()
        data.qpos[at : at + 7] = (*position, w, x, y, z)
        data.mocap_pos[self._guide], data.mocap_quat[self._guide] = position, (w, x, y, z)
        half = min(opening, self._gripper.opening) / 2
        for end in self._ends:
            data.qpos[end] = half
        data.qvel[:] = 0.0
        data.ctrl[:] = half
        mujoco.mj_forward(self._model, data)

    def _move(self, position: Array) -> None:
        """Moves linearly at a constant speed."""
        begin = self._data.mocap_pos[self._guide].copy()
        steps = max(1, round(float(np.linalg.norm(position - begin)) / SPEED / _STEP))
        for number in range(1, steps + 1):
            self._data.mocap_pos[self._guide] = begin + (position - begin) * number / steps
            mujoco.mj_step(self._model, self._data)
        self._run(0.1)

    def _close(self) -> None:
        self._data.ctrl[:] = -0.02  # beyond closed: the force is what limits

    def _shake(self) -> None:
        """Moves to and fro sideways."""
        begin, steps = self._data.mocap_pos[self._guide].copy(), round(1.0 / _STEP)
        for number in range(steps):
            angle = 2 * math.pi * SHAKES * number * _STEP
            self._data.mocap_pos[self._guide] = begin + SHAKE * math.sin(angle) * np.array([0.7, 0.7, 0.0])
            mujoco.mj_step(self._model, self._data)

    def _run(self, seconds: float) -> None:
        for _ in range(round(seconds / _STEP)):
            mujoco.mj_step(self._model, self._data)


def _judged(lifted: float, moved: float, nudged: float) -> Tried:
    if lifted < LIFTED:
        return Tried(False, f"it rose by {lifted:.3f} m", lifted, nudged)
    if moved > MOVED:
        return Tried(False, f"it moved by {moved:.3f} m in the jaws", lifted, nudged)
    return Tried(True, "", lifted, nudged)


def _model(scene: SceneSetup, gripper: Gripper) -> mujoco.MjModel:
    """The scene with a gripper whose origin is the tool's."""
    spec = mujoco.MjSpec()
    spec.option.timestep, spec.option.impratio = _STEP, 10.0
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    add_floor(spec)
    add_objects(spec, scene.objects)
    spec.worldbody.add_body(name=_GUIDE, mocap=True)
    flange = spec.worldbody.add_body(name=_FLANGE, gravcomp=1.0)
    flange.add_freejoint(name=f"{_FLANGE}{FREE_JOINT_SUFFIX}")
    broad, thick, long = gripper.finger
    back = gripper.tip - long
    _box(flange, (0.0, 0.0, back - gripper.body[2] / 2), gripper.body, 0.7)
    for name, side in zip(_FINGERS, (1.0, -1.0)):
        finger = flange.add_body(name=name, gravcomp=1.0)
        slide = finger.add_joint(name=name, type=mujoco.mjtJoint.mjJNT_SLIDE, axis=[0.0, side, 0.0])
        slide.limited, slide.range = True, [0.0, gripper.opening / 2 + 0.002]
        slide.armature, slide.damping = 0.1, [FORCE / CLOSING, 0.0, 0.0]
        _box(finger, (0.0, side * thick / 2, gripper.tip - long / 2), (broad, thick, long), 0.03)
        drive = spec.add_actuator(name=name, target=name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
        drive.set_to_position(kp=2000.0)
        drive.forcelimited, drive.forcerange = True, [-FORCE, FORCE]
    coupled = spec.add_equality(type=mujoco.mjtEq.mjEQ_JOINT, name1=_FINGERS[0], name2=_FINGERS[1])
    coupled.data[:2] = 0.0, 1.0
    weld = spec.add_equality(type=mujoco.mjtEq.mjEQ_WELD, name1=_GUIDE, name2=_FLANGE)
    weld.objtype = mujoco.mjtObj.mjOBJ_BODY
    weld.data[10] = 1.0  # turns count as shifts of 1 m
    weld.solref = [0.005, 1.0]
    return spec.compile()


def _box(body: mujoco.MjsBody, place: Triple, size: Triple, mass: float) -> None:
    """One solid part of the gripper, which collides with the scene but not with other parts."""
    body.add_geom(
        type=mujoco.mjtGeom.mjGEOM_BOX, pos=list(place), size=[extent / 2 for extent in size], mass=mass,
        contype=ROBOT_BIT, conaffinity=WORLD_BIT, condim=4, friction=(0.5, 0.01, 0.001), rgba=(0.3, 0.3, 0.3, 1.0),
    )  # fmt: skip
