"""HandKinematics: poses of a hand's links, and joint torques for forces at its pads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pinocchio

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.grasp import GraspBook
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.urdf_file import urdf_text

Array = np.ndarray
SPACING = 0.01
"""Distance of points on the hand's surface, m."""
EDGE = 0.01
"""Margin between fitted joints and the ends of their ranges, rad."""


class HandKinematics:
    """Links in the frame of the hand's base link; joints ordered by ``RobotSpec.joints``.

    Attributes:
        names: Joint names.
        lower: Smallest positions that a fit may use, rad, shape (joints,).
        upper: Largest ones.
        book: Pads and templates of the hand.
        forms: Collision geometry of its links.
        palm: Where the palm looks, a unit vector in the hand's frame, shape (3,).
        fingers: Where stretched fingers point from the wrist, square to that, shape (3,).
    """

    def __init__(self, robot: RobotSpec) -> None:
        """Builds the model from the hand's URDF.

        Raises:
            DataError: The robot has no ``grasps.yaml``.
            UnknownName: A pad is on a link that the URDF lacks.
        """
        if robot.grasps is None:
            raise DataError(f"robot '{robot.name}' has no grasps.yaml, so nothing is known of its grasps")
        self.book: GraspBook = robot.grasps
        self.names = robot.joint_names
        self.lower, self.upper = robot.column("lower") + EDGE, robot.column("upper") - EDGE
        self._model = pinocchio.buildModelFromXML(urdf_text(robot))
        self._data = self._model.createData()
        self._place = np.array([self._model.joints[self._model.getJointId(name)].idx_q for name in self.names])
        links = {pad.link for pad in self.book.pads.values()} | set(self.book.bodies)
        self.forms = _forms(self._model, urdf_text(robot))
        links |= {form.link for form in self.forms}
        known = {frame.name for frame in self._model.frames}
        if strange := sorted(links - known):
            raise UnknownName(f"link of {robot.name}", strange[0], known)
        self._links = {link: index for index, link in enumerate(sorted(links))}
        self._frames = [self._model.getFrameId(link) for link in self._links]
        self._turns, self._origins = np.zeros((len(links), 3, 3)), np.zeros((len(links), 3))
        self._form_links = self.indices(form.link for form in self.forms)
        self.palm, self.fingers = self._directions(robot)
        self._moves = _Moves.of_model(self._model, self._frames, self._place)

    def _directions(self, robot: RobotSpec) -> tuple[Array, Array]:
        """Where the palm looks and fingers point, by the pad ``palm``, or the first one, and by the fingertips."""
        turns, origins = self.frames(np.clip(np.zeros(len(self.names)), self.lower, self.upper))
        pad = self.book.pads.get("palm") or next(iter(self.book.pads.values()))
        row = self._links[pad.link]
        palm = turns[row] @ np.array(pad.outward)
        palm /= np.linalg.norm(palm)
        pads = {name: one for name, one in self.book.pads.items() if "thumb" not in name}
        tips = [origins[self._links[one.link]] for one in pads.values() if one.radius]
        along = np.mean(tips or list(origins), axis=0) - turns[row] @ np.array(pad.point) - origins[row]
        along = along - palm * float(palm @ along)
        return palm, along / max(float(np.linalg.norm(along)), 1e-9)

    def indices(self, links: Iterable[str]) -> Array:
        """Rows of links in what :meth:`frames` gives, shape (links,), int."""
        return np.array([self._links[link] for link in links], dtype=int)

    def positions(self, values: Mapping[str, float], others: Array) -> Array:
        """Joint positions by name, the others from an array, rad, shape (joints,)."""
        return np.array([values.get(name, other) for name, other in zip(self.names, others)])

    def frames(self, joints: Array) -> tuple[Array, Array]:
        """Rotations, shape (links, 3, 3), and origins, m, shape (links, 3), of all links that matter."""
        pinocchio.framesForwardKinematics(self._model, self._data, self._full(joints))
        for row, frame in enumerate(self._frames):
            place = self._data.oMf[frame]
            self._turns[row], self._origins[row] = place.rotation, place.translation
        return self._turns, self._origins

    def frames_of(self, joints: Array) -> tuple[Array, Array]:
        """The same for many joint positions, shape (n, joints): of shapes (n, links, 3, 3) and (n, links, 3)."""
        moves = self._moves
        q = np.zeros((len(joints), len(moves.parents)))
        q[:, moves.own] = joints
        sine, cosine = np.sin(q)[..., None, None], np.cos(q)[..., None, None]
        local = moves.turns @ (np.eye(3) + sine * moves.cross + (1.0 - cosine) * moves.cross @ moves.cross)
        shift = moves.origins + q[..., None] * moves.slides
        turns, origins = np.empty_like(local), np.empty_like(shift)
        for rank in moves.ranks:
            up = moves.parents[rank]
            first = up[0] < 0
            before = np.eye(3)[None, None] if first else turns[:, up]
            turns[:, rank] = before @ local[:, rank]
            origins[:, rank] = (before @ shift[:, rank, :, None])[..., 0] + (0.0 if first else origins[:, up])
        base_turns = np.broadcast_to(np.eye(3), (len(joints), 1, 3, 3))
        turns = np.concatenate((turns, base_turns), axis=1)[:, moves.carriers]  # the last one is the base
        origins = np.concatenate((origins, np.zeros((len(joints), 1, 3))), axis=1)[:, moves.carriers]
        return turns @ moves.link_turns, (turns @ moves.link_origins[..., None])[..., 0] + origins

    def distance(self, turns: Array, origins: Array, points: Array) -> Array:
        """Distance of points to the hand's collision geometry, m, negative within, shape (..., points).

        Args:
            turns: Rotations of the links, shape (..., links, 3, 3).
            origins: Of the links, m, shape (..., links, 3).
            points: In the hand's frame, m, shape (..., points, 3).
        """
        least = np.full(points.shape[:-1], np.inf)
        for form, link in zip(self.forms, self._form_links):
            turn = turns[..., link, :, :]
            own = (points - (turn @ form.place + origins[..., link, :])[..., None, :]) @ (turn @ form.turn)
            beyond = np.abs(own) - form.half
            out = np.maximum(beyond, 0.0)
            outside = np.sqrt(np.einsum("...i,...i->...", out, out))
            np.minimum(least, outside + np.minimum(beyond.max(axis=-1), 0.0) - form.radius, out=least)
        return least

    def torques(self, joints: Array, pads: Iterable[str], forces: Array) -> Array:
        """Joint torques, N·m, shape (joints,), of forces that the pads exert on the world.

        Args:
            joints: Joint positions, rad, shape (joints,).
            pads: Names of the pads.
            forces: What each pushes with, in the hand's frame, N, shape (pads, 3).
        """
        q = self._full(joints)
        pinocchio.computeJointJacobians(self._model, self._data, q)
        pinocchio.updateFramePlacements(self._model, self._data)
        total = np.zeros(self._model.nv)
        for name, force in zip(pads, forces):
            pad = self.book.pads[name]
            frame = self._model.getFrameId(pad.link)
            aligned = pinocchio.ReferenceFrame.LOCAL_WORLD_ALIGNED
            jacobian = pinocchio.getFrameJacobian(self._model, self._data, frame, aligned)
            lever = self._data.oMf[frame].rotation @ np.array(pad.point)
            total += jacobian[:3].T @ force + jacobian[3:].T @ np.cross(lever, force)
        return np.asarray(total[self._place])

    def _full(self, joints: Array) -> Array:
        """Positions in the order of the library."""
        q = np.zeros(self._model.nq)
        q[self._place] = joints
        return q


@dataclass(frozen=True, slots=True)
class _Moves:
    """How joints move links, as arrays; a joint turns or slides.

    Attributes:
        parents: The joint that carries each joint, -1 for the base, shape (joints,).
        ranks: Joints with as many others before them, the base's first.
        turns: Rotations in the parent's frame at 0, shape (joints, 3, 3).
        origins: Places there, m, shape (joints, 3).
        cross: Cross-product matrices of the axes of those that turn, shape (joints, 3, 3).
        slides: Axes in the parent's frame of those that slide, shape (joints, 3).
        own: Which of them the hand's joints are, shape (hand joints,).
        carriers: The joint that carries each link, -1 for the base, shape (links,).
        link_turns: Rotations of links in the frame of their joint, shape (links, 3, 3).
        link_origins: Places there, m, shape (links, 3).
    """

    parents: Array
    ranks: tuple[Array, ...]
    turns: Array
    origins: Array
    cross: Array
    slides: Array
    own: Array
    carriers: Array
    link_turns: Array
    link_origins: Array

    @classmethod
    def of_model(cls, model: pinocchio.Model, frames: list[int], own: Array) -> _Moves:
        """Of a model whose joints have one position each; ``own`` are the positions of the hand's joints."""
        data, count = model.createData(), model.njoints - 1
        pinocchio.forwardKinematics(model, data, np.ones(model.nq))
        at, moved = list(model.jointPlacements)[1:], list(data.liMi)[1:]
        axes = [pinocchio.log3(place.rotation.T @ now.rotation) for place, now in zip(at, moved)]
        parents = np.array(list(model.parents)[1:]) - 1
        depths = np.zeros(count, int)
        for number, parent in enumerate(parents):
            depths[number] = depths[parent] + 1 if parent >= 0 else 0
        links = [model.frames[frame] for frame in frames]
        return cls(
            parents,
            tuple(np.flatnonzero(depths == depth) for depth in range(depths.max(initial=-1) + 1)),
            np.array([place.rotation for place in at]),
            np.array([place.translation for place in at]),
            np.array([pinocchio.skew(axis) for axis in axes]),
            np.array([now.translation - place.translation for place, now in zip(at, moved)]),
            np.asarray(own),
            np.array([link.parentJoint - 1 for link in links]),
            np.array([link.placement.rotation for link in links]),
            np.array([link.placement.translation for link in links]),
        )


@dataclass(frozen=True, slots=True)
class HandForm:
    """One rounded box of a hand's collision geometry; a ball is one of extent 0.

    Attributes:
        link: The link that carries it.
        place: Its middle in the link's frame, m, shape (3,).
        turn: Rotation from its frame to the link's, shape (3, 3).
        half: Half of its extents without the rounding, m, shape (3,).
        radius: Of the rounding, m.
    """

    link: str
    place: Array
    turn: Array
    half: Array
    radius: float

    def skin(self) -> Array:
        """Points all over it in the link's frame, m, shape (points, 3)."""
        points = _ball_points(self.radius) if self.radius else _box_points(self.half)
        return np.asarray(points @ self.turn.T + self.place)


def _forms(model: pinocchio.Model, urdf: str) -> list[HandForm]:
    """The boxes and balls of a URDF's collision geometry."""
    out = []
    for solid in pinocchio.buildGeomFromUrdfString(model, urdf, pinocchio.GeometryType.COLLISION).geometryObjects:
        frame, form = model.frames[solid.parentFrame], solid.geometry
        place = frame.placement.inverse() * solid.placement
        if hasattr(form, "halfSide"):
            out.append(HandForm(frame.name, place.translation, place.rotation, np.array(form.halfSide), 0.0))
        elif hasattr(form, "radius") and not hasattr(form, "halfLength"):
            out.append(HandForm(frame.name, place.translation, place.rotation, np.zeros(3), float(form.radius)))
    return out


def _box_points(half: Array) -> Array:
    """Points on a box."""
    axes = [np.linspace(-one, one, 1 + max(1, round(2.0 * one / SPACING))) for one in half]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    return np.asarray(points[(np.abs(points) >= half - 1e-9).any(axis=1)])


def _ball_points(radius: float) -> Array:
    """Points on a ball along a spiral, all as far apart."""
    count = max(12, round(4.0 * np.pi * (radius / SPACING) ** 2))
    up = 1.0 - (2.0 * np.arange(count) + 1.0) / count
    around = np.pi * (3.0 - 5.0**0.5) * np.arange(count)
    level = np.sqrt(1.0 - up**2)
    return radius * np.stack((level * np.cos(around), level * np.sin(around), up), axis=1)
