"""Fitting a grasp template to an object: hand pose, preshape, closing joints and torques."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from skill_stack.connector.grasping.forces import balanced_forces
from skill_stack.connector.grasping.hand_kinematics import HandKinematics
from skill_stack.connector.grasping.shape import Shape
from skill_stack.core.errors import DataError
from skill_stack.core.robots.grasp import GraspTemplate

Array = np.ndarray
CLEARANCE = 0.014
"""Distance of pads to the object before the hand closes, m."""
ACCURACY = 0.006
"""Largest error of a pad for a fit to be accepted, m."""
_UNIT = 1e-3  # m that counts as 1
_SHIFT, _TILT = 0.02, 0.3  # m and rad by which the place of the object may change as soon as a pad by 1 mm
_ALIGNED, _REST, _APART, _GROUND = 6.0, 0.6, 0.001, 0.006
_EVALUATIONS = 60


@dataclass(frozen=True, slots=True)
class GraspFit:
    """A template fitted to an object.

    Attributes:
        shaped: Joint positions around the object without touching it, rad, shape (joints,).
        closed: Joint positions that touch it, rad.
        efforts: Torques that press, N·m.
        centre: The object's centre in the hand's frame, m, shape (3,).
        turn: Rotation from the object's frame to the hand's, shape (3, 3).
        error: Largest distance of a pad from where it belongs, m.
        touching: Share of the template's pads that touch.
        strength: Force that friction withstands in the weakest direction, N; None where it was not worked out.
    """

    shaped: Array
    closed: Array
    efforts: Array
    centre: Array
    turn: Array
    error: float
    touching: float = 1.0
    strength: float | None = None


class _Problem:
    """Residuals of one least-squares problem; 1 is as bad as a pad that is off by a millimetre."""

    def __init__(self, hand: HandKinematics, template: GraspTemplate, shape: Shape, area: Array, ground: bool) -> None:
        self._hand, self._shape, self._ground = hand, shape, ground
        self.pads = [hand.book.pads[name] for name in template.contacts]
        self._links = hand.indices(pad.link for pad in self.pads)
        self._points = np.array([pad.point for pad in self.pads])
        self._radii = np.array([pad.radius for pad in self.pads])
        outward = np.array([pad.outward for pad in self.pads])
        self._outward = outward / np.linalg.norm(outward, axis=1, keepdims=True)
        touches = list(template.contacts.values())
        self._fixed = np.array([touch.spot is not None for touch in touches])
        spots = [shape.surface(area, np.array(touch.spot)) if touch.spot else np.zeros(3) for touch in touches]
        self._spots = np.array(spots)
        self._spot_normals = shape.normals(self._spots * (1.0 + 1e-6) + 1e-9)
        bodies = [(link, *sphere) for link, spheres in hand.book.bodies.items() for sphere in spheres]
        self._body_links = hand.indices(body[0] for body in bodies)
        self._body_points = np.array([body[1:4] for body in bodies])
        self._body_radii = np.array([body[4] for body in bodies])

    def contacts(self, joints: Array, centre: Array, turn: Array) -> tuple[Array, Array]:
        """Positions and directions of the pads in the object's frame, each of shape (pads, 3)."""
        turns, origins = self._hand.frames(joints)
        points = np.einsum("nij,nj->ni", turns[self._links], self._points) + origins[self._links]
        outward = np.einsum("nij,nj->ni", turns[self._links], self._outward)
        return (points - centre) @ turn, outward @ turn

    def errors(self, joints: Array, centre: Array, turn: Array, clearance: float) -> Array:
        """What is wrong with a hand around an object."""
        points, outward = self.contacts(joints, centre, turn)
        normals = np.where(self._fixed[:, None], self._spot_normals, self._shape.normals(points))
        gaps = self._radii + clearance
        spot_errors = (points - self._spots - self._spot_normals * gaps[:, None]) * self._fixed[:, None]
        any_errors = (self._shape.distance(points) - gaps) * ~self._fixed
        turns, origins = self._hand.frames(joints)
        bodies = np.einsum("nij,nj->ni", turns[self._body_links], self._body_points) + origins[self._body_links]
        bodies = (bodies - centre) @ turn
        apart = np.maximum(0.0, _APART + 0.5 * clearance - self._shape.distance(bodies) + self._body_radii)
        low = bodies[:, 2] + self._shape.half[2] - self._body_radii
        ground = np.maximum(0.0, _GROUND - low) * self._ground
        parts = (spot_errors / _UNIT, any_errors / _UNIT, _ALIGNED * (outward + normals), apart / _UNIT, ground / _UNIT)
        return np.concatenate([np.ravel(part) for part in parts])

    def miss(self, joints: Array, centre: Array, turn: Array) -> float:
        """Largest distance of a pad from its place on the object, m."""
        points, _ = self.contacts(joints, centre, turn)
        off = np.where(
            self._fixed,
            np.linalg.norm(points - self._spots - self._spot_normals * self._radii[:, None], axis=1),
            np.abs(self._shape.distance(points) - self._radii),
        )
        return float(off.max())

    def inward(self, points: Array) -> Array:
        """Normals into the object at contacts, shape (pads, 3)."""
        return -np.where(self._fixed[:, None], self._spot_normals, self._shape.normals(points))


def rotation(vector: Array) -> Array:
    """Rotation matrix of a rotation vector, rad, shape (3, 3)."""
    return np.asarray(rotations(vector[None])[0])


def rotations(vectors: Array) -> Array:
    """Rotation matrices of rotation vectors, rad, shape (..., 3), by Rodrigues' formula, shape (..., 3, 3)."""
    angle = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))[..., None, None]
    x, y, z = np.moveaxis(vectors / np.maximum(angle[..., 0], 1e-12), -1, 0)
    zero = np.zeros_like(x)
    rows = np.stack((zero, -z, y, z, zero, -x, -y, x, zero), axis=-1)
    cross = rows.reshape(*x.shape, 3, 3)
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross)


def fit_grasp(
    hand: HandKinematics,
    template: GraspTemplate,
    shape: Shape,
    pose: Array,
    area: float = 0.0,
    force: float | None = None,
    turn: Array | None = None,
) -> GraspFit:
    """Fits a template to a body.

    Args:
        hand: The hand.
        template: The template.
        shape: The body, its x axis along the shorter side.
        pose: Joint positions of fingers that take no part, rad, shape (joints,).
        area: Height of the grasped area over the body's centre, m.
        force: Sum of the normal forces, N; None takes the template's.
        turn: How the object is turned in the hand at first; None takes the template's.

    Raises:
        DataError: The body is too small or large, or the hand cannot be laid around it so.
    """
    width = 2.0 * float(min(shape.half[0], shape.half[1]))
    if not template.narrowest <= width <= template.widest:
        raise DataError(
            f"a {template.title} fits sizes of {template.narrowest * 1000:.0f} to {template.widest * 1000:.0f} mm, "
            f"not {width * 1000:.0f} mm"
        )
    problem = _Problem(hand, template, shape, np.array([0.0, 0.0, area]), template.approach != "below")
    rest = np.clip(hand.positions(template.rest, pose), hand.lower, hand.upper)
    begin = rotation(np.array(template.turn)) if turn is None else turn
    centre = np.array(template.centre) - area * begin[:, 2]
    centre, around, closed = _closed(problem, hand, centre, begin, rest)
    shaped = _shaped(problem, hand, centre, around, closed)
    points, _ = problem.contacts(closed, centre, around)
    error = problem.miss(closed, centre, around)
    if error > ACCURACY:
        raise DataError(f"a {template.title} does not reach around it: a pad would be {error * 1000:.0f} mm off")
    shares = np.array([touch.share for touch in template.contacts.values()])
    inward = problem.inward(points)
    sizes = np.array([pad.radius for pad in problem.pads])[:, None]
    forces = balanced_forces(points + inward * sizes, inward, shares, template.force if force is None else force)
    efforts = np.zeros(len(hand.names))
    if not template.loose:
        efforts = hand.torques(closed, template.contacts, forces @ around.T)
    return GraspFit(shaped, closed, efforts, centre, around, error)


def _closed(
    problem: _Problem, hand: HandKinematics, centre: Array, turn: Array, rest: Array
) -> tuple[Array, Array, Array]:
    """Pose of the object and joints that touch it."""

    def place(x: Array) -> tuple[Array, Array]:
        return centre + _SHIFT * x[:3], turn @ rotation(_TILT * x[3:6])

    def residuals(x: Array) -> Array:
        return np.concatenate((problem.errors(x[6:], *place(x), 0.0), x[:6], _REST * (x[6:] - rest)))

    wide = np.full(6, 20.0)
    bounds = (np.concatenate((-wide, hand.lower)), np.concatenate((wide, hand.upper)))
    start = np.concatenate((np.zeros(6), rest))
    found = least_squares(residuals, start, bounds=bounds, max_nfev=_EVALUATIONS, xtol=1e-5, ftol=1e-4).x
    return *place(found), found[6:]


def _shaped(problem: _Problem, hand: HandKinematics, centre: Array, turn: Array, closed: Array) -> Array:
    """Joints that keep every pad off the object."""

    def residuals(x: Array) -> Array:
        return np.concatenate((problem.errors(x, centre, turn, CLEARANCE), _REST * (x - closed)))

    bounds = (hand.lower, hand.upper)
    start = np.clip(closed, hand.lower + 1e-6, hand.upper - 1e-6)
    found = least_squares(residuals, start, bounds=bounds, max_nfev=_EVALUATIONS, xtol=1e-5, ftol=1e-4)
    return np.asarray(found.x)
