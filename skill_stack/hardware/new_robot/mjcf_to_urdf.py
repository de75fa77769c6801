"""A MuJoCo model file (MJCF) as a URDF: links, hinges, inertias and collision shapes; meshes become STL files."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import mujoco
import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.hardware.new_robot.mjcf_reading import read_mjcf

Array = np.ndarray
DIGITS = 8
MESH_SUFFIX = ".stl"
NO_PRODUCTS = {"ixy": "0", "ixz": "0", "iyz": "0"}
# A moving link without any cannot be simulated; kg, kg·m².
NO_MASS, NO_INERTIA = "1e-6", {"ixx": "1e-9", "iyy": "1e-9", "izz": "1e-9", **NO_PRODUCTS}
_OBJECT = mujoco.mjtObj


@dataclass(slots=True)
class UrdfText:
    """A URDF, its mesh files, and values that a URDF cannot express.

    Attributes:
        text: The URDF.
        meshes: Contents of binary STL files by name, to be put beside it.
        gains: Position and damping gain by joint, N·m/rad and N·m·s/rad, of joints with a position servo.
        fixed: Position (m) and roll, pitch, yaw (rad) of a base that is bolted down; None where it floats.
        notes: What was left out, in words.
    """

    text: str
    meshes: dict[str, bytes] = field(default_factory=dict)
    gains: dict[str, tuple[float, float]] = field(default_factory=dict)
    fixed: tuple[list[float], list[float]] | None = None
    notes: list[str] = field(default_factory=list)


def convert(path: Path, name: str, folders: Sequence[Path] = ()) -> UrdfText:
    """Converts a file.

    The frame of a link is that of its hinge, as a URDF requires. What a URDF cannot express (actuators, contacts,
    sensors) is left out. Only the first body of the world and its descendants are used; a free joint at its root is
    dropped.

    Args:
        path: The MJCF file.
        name: Name of the robot in the URDF.
        folders: Where meshes are looked for besides the usual places.

    Raises:
        DataError: MuJoCo cannot read the file, a mesh that counts is missing, or a joint is no hinge.
    """
    model, notes = read_mjcf(path, folders)
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    return replace(_Converter(model, path, name).run(), notes=notes)


class _Converter:
    def __init__(self, model: mujoco.MjModel, path: Path, name: str) -> None:
        self._model, self._path = model, path
        self._robot = ET.Element("robot", name=name)
        self._meshes: dict[str, bytes] = {}
        self._shift: dict[int, Array] = {}

    def run(self) -> UrdfText:
        model = self._model
        roots = [body for body in range(1, model.nbody) if model.body_parentid[body] == 0 and self._moves(body)]
        if not roots:
            raise DataError(f"{self._path}: has no body with a joint")
        taken = [body for body in range(1, model.nbody) if model.body_rootid[body] == roots[0]]
        for body in taken:
            self._body(body, root=body == roots[0])
        ET.indent(self._robot)
        text = ET.tostring(self._robot, encoding="unicode") + "\n"
        return UrdfText(text, self._meshes, self._gains(), self._fixed(roots[0]))

    def _fixed(self, root: int) -> tuple[list[float], list[float]] | None:
        """Pose of a fixed base, unless it has a free joint."""
        if self._model.body_jntnum[root]:
            return None
        return self._model.body_pos[root].tolist(), _rpy(self._model.body_quat[root]).tolist()

    def _gains(self) -> dict[str, tuple[float, float]]:
        """Gains of the position servos: torque = gear · (kp · (target - gear · q) - kd · gear · dq)."""
        model, gains = self._model, {}
        for actuator in self._actuators():
            kp, bias = model.actuator_gainprm[actuator, 0], model.actuator_biasprm[actuator]
            affine = model.actuator_biastype[actuator] == int(mujoco.mjtBias.mjBIAS_AFFINE)
            if affine and kp > 0.0 and bias[1] == -kp:
                gear = model.actuator_gear[actuator, 0] ** 2
                name = self._name(_OBJECT.mjOBJ_JOINT, int(model.actuator_trnid[actuator, 0]))
                gains[name] = (float(kp * gear), float(-bias[2] * gear))
        return gains

    def _moves(self, root: int) -> bool:
        """Whether anything below a body is hinged."""
        below = np.flatnonzero(self._model.body_rootid == root)
        kinds = {int(self._model.jnt_type[j]) for j in range(self._model.njnt) if self._model.jnt_bodyid[j] in below}
        return int(mujoco.mjtJoint.mjJNT_HINGE) in kinds

    def _body(self, body: int, *, root: bool) -> None:
        """One body: a link for each of its hinges, the last of which has the body's inertia and shapes."""
        model, name = self._model, self._name(_OBJECT.mjOBJ_BODY, body)
        joints = range(model.body_jntadr[body], model.body_jntadr[body] + model.body_jntnum[body])
        hinges = [joint for joint in joints if model.jnt_type[joint] != int(mujoco.mjtJoint.mjJNT_FREE)]
        strange = [
            self._name(_OBJECT.mjOBJ_JOINT, j) for j in hinges if model.jnt_type[j] != int(mujoco.mjtJoint.mjJNT_HINGE)
        ]
        if strange or (root and hinges):
            what = f"joints {strange} are no hinges" if strange else f"its base '{name}' is hinged to the world"
            raise DataError(f"{self._path}: {what}; only hinges between links are understood")
        self._shift[body] = model.jnt_pos[hinges[-1]] if hinges else np.zeros(3)
        if not root:
            self._joints(body, name, hinges)
        self._link(body, name)

    def _joints(self, body: int, name: str, hinges: list[int]) -> None:
        """Joints from the parent to a body; several hinges of one body get links of negligible mass between them."""
        model, parent = self._model, int(self._model.body_parentid[body])
        origin, turn = model.body_pos[body] - self._shift[parent], model.body_quat[body]
        before, at = self._name(_OBJECT.mjOBJ_BODY, parent), np.zeros(3)
        for place, hinge in enumerate(hinges or [-1]):
            last = place >= len(hinges) - 1
            child = name if last else f"{name}_{self._name(_OBJECT.mjOBJ_JOINT, hinge)}"
            kind = "revolute" if hinge >= 0 and model.jnt_limited[hinge] else "continuous" if hinge >= 0 else "fixed"
            called = self._name(_OBJECT.mjOBJ_JOINT, hinge) if hinge >= 0 else f"{name}_fixed"
            joint = ET.SubElement(self._robot, "joint", name=called, type=kind)
            ET.SubElement(joint, "parent", link=before)
            ET.SubElement(joint, "child", link=child)
            to = model.jnt_pos[hinge] if hinge >= 0 else np.zeros(3)
            moved = origin + _rotate(turn, to) if place == 0 else to - at
            _origin(joint, moved, turn if place == 0 else np.array([1.0, 0.0, 0.0, 0.0]))
            if hinge >= 0:
                ET.SubElement(joint, "axis", xyz=_text(model.jnt_axis[hinge]))
                self._limit(joint, hinge)
            if not last:
                between = ET.SubElement(ET.SubElement(self._robot, "link", name=child), "inertial")
                ET.SubElement(between, "mass", value=NO_MASS)
                ET.SubElement(between, "inertia", NO_INERTIA)
            before, at = child, to

    def _limit(self, joint: ET.Element, hinge: int) -> None:
        """Limits stated in the file; 0, as in URDFs, stands for a speed or torque that it does not state."""
        model, said = self._model, {"effort": "0", "velocity": "0"}
        if model.jnt_limited[hinge]:
            said["lower"], said["upper"] = (f"{value:.{DIGITS}g}" for value in model.jnt_range[hinge])
        ranges = [model.jnt_actfrcrange[hinge]] if model.jnt_actfrclimited[hinge] else []
        for actuator in self._actuators():
            gear = abs(model.actuator_gear[actuator, 0])
            if model.actuator_trnid[actuator, 0] != hinge:
                continue
            if model.actuator_forcelimited[actuator]:
                ranges.append(model.actuator_forcerange[actuator] * gear)
            if model.actuator_ctrllimited[actuator] and not model.actuator_biastype[actuator]:  # a motor
                ranges.append(model.actuator_ctrlrange[actuator] * model.actuator_gainprm[actuator, 0] * gear)
        if ranges:
            said["effort"] = f"{min(float(np.abs(one).max()) for one in ranges):.{DIGITS}g}"
        ET.SubElement(joint, "limit", said)
        dynamics = {"damping": model.dof_damping, "friction": model.dof_frictionloss, "armature": model.dof_armature}
        dof = model.jnt_dofadr[hinge]
        ET.SubElement(joint, "dynamics", {key: f"{float(at[dof]):.{DIGITS}g}" for key, at in dynamics.items()})

    def _actuators(self) -> list[int]:
        """Actuators that drive a joint."""
        hinge = int(mujoco.mjtTrn.mjTRN_JOINT)
        return [actuator for actuator in range(self._model.nu) if self._model.actuator_trntype[actuator] == hinge]

    def _link(self, body: int, name: str) -> None:
        model, link = self._model, ET.SubElement(self._robot, "link", name=name)
        if model.body_mass[body] > 0.0:
            inertial = ET.SubElement(link, "inertial")
            _origin(inertial, model.body_ipos[body] - self._shift[body], model.body_iquat[body])
            ET.SubElement(inertial, "mass", value=f"{model.body_mass[body]:.{DIGITS}g}")
            moments = dict(zip(("ixx", "iyy", "izz"), (f"{one:.{DIGITS}g}" for one in model.body_inertia[body])))
            ET.SubElement(inertial, "inertia", moments | NO_PRODUCTS)
        for geom in range(model.body_geomadr[body], model.body_geomadr[body] + model.body_geomnum[body]):
            if model.geom_contype[geom] or model.geom_conaffinity[geom]:
                self._shape(link, geom, model.geom_pos[geom] - self._shift[body])

    def _shape(self, link: ET.Element, geom: int, place: Array) -> None:
        model, kinds = self._model, mujoco.mjtGeom
        turn, kind, size = model.geom_quat[geom], kinds(int(model.geom_type[geom])), model.geom_size[geom]
        geometry = _geometry(link, place, turn)
        if kind == kinds.mjGEOM_BOX:
            ET.SubElement(geometry, "box", size=_text(2.0 * size))
        elif kind == kinds.mjGEOM_SPHERE:
            ET.SubElement(geometry, "sphere", radius=_text(size[:1]))
        elif kind in (kinds.mjGEOM_CYLINDER, kinds.mjGEOM_CAPSULE):
            ET.SubElement(geometry, "cylinder", radius=_text(size[:1]), length=_text(2.0 * size[1:2]))
            for end in (-size[1], size[1]) if kind == kinds.mjGEOM_CAPSULE else ():  # which a URDF does not have
                ball = _geometry(link, place + _rotate(turn, np.array([0.0, 0.0, end])), turn)
                ET.SubElement(ball, "sphere", radius=_text(size[:1]))
        elif kind == kinds.mjGEOM_MESH:
            mesh = int(model.geom_dataid[geom])
            file = f"{self._name(_OBJECT.mjOBJ_MESH, mesh)}{MESH_SUFFIX}"
            self._meshes[file] = _stl(model, mesh)
            ET.SubElement(geometry, "mesh", filename=file)  # beside the URDF
        else:
            raise DataError(f"{self._path}: a shape of kind {kind.name} has no counterpart in a URDF")

    def _name(self, kind: mujoco.mjtObj, number: int) -> str:
        return mujoco.mj_id2name(self._model, kind, number) or f"{kind.name.removeprefix('mjOBJ_').lower()}_{number}"


def _stl(model: mujoco.MjModel, mesh: int) -> bytes:
    """A mesh as a binary STL; normals are left for the reader to work out."""
    first, faces = model.mesh_vertadr[mesh], model.mesh_faceadr[mesh]
    corners = model.mesh_vert[first : first + model.mesh_vertnum[mesh]]
    triangles = corners[model.mesh_face[faces : faces + model.mesh_facenum[mesh]]].astype("<f4")
    rows = np.zeros(len(triangles), dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
    rows["corners"] = triangles
    return bytes(80) + struct.pack("<I", len(rows)) + rows.tobytes()


def _rotate(quaternion: Array, vector: Array) -> Array:
    out = np.zeros(3)
    mujoco.mju_rotVecQuat(out, np.asarray(vector, float), np.asarray(quaternion, float))
    return out


def _geometry(link: ET.Element, place: Array, turn: Array) -> ET.Element:
    """A new collision shape's geometry."""
    collision = ET.SubElement(link, "collision")
    _origin(collision, place, turn)
    return ET.SubElement(collision, "geometry")


def _origin(parent: ET.Element, xyz: Array, quaternion: Array) -> None:
    ET.SubElement(parent, "origin", xyz=_text(xyz), rpy=_text(_rpy(quaternion)))


def _rpy(quaternion: Array) -> Array:
    """Roll, pitch and yaw about fixed axes, rad, shape (3,)."""
    matrix = np.zeros(9)
    mujoco.mju_quat2Mat(matrix, np.asarray(quaternion, float))
    r = matrix.reshape(3, 3)
    level = float(np.hypot(r[0, 0], r[1, 0]))
    roll, yaw = (np.arctan2(r[2, 1], r[2, 2]), np.arctan2(r[1, 0], r[0, 0])) if level > 1e-6 else (
        np.arctan2(-r[1, 2], r[1, 1]), 0.0)  # fmt: skip
    return np.array([roll, np.arctan2(-r[2, 0], level), yaw])


def _text(values: Array) -> str:
    return " ".join(f"{0.0 if abs(value) < 1e-9 else value:.{DIGITS}g}" for value in np.atleast_1d(values).tolist())
