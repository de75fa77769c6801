"""Grasps of bodies of any shape: places for a template all over the body, the best of which are fitted and judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from skill_stack.connector.grasping.fit import GraspFit, rotation, rotations
from skill_stack.connector.grasping.forces import balanced_forces, holding_force, imbalance
from skill_stack.connector.grasping.hand_kinematics import HandKinematics
from skill_stack.connector.grasping.shape import Shape
from skill_stack.core.errors import DataError
from skill_stack.core.robots.grasp import GraspTemplate

Array = np.ndarray
PAIRS, SPINS = 160, 8
"""Pairs of opposite places of the surface, and turns about the line between them."""
BEGUN, FITTED = 40, 12
"""Places at which a fit is begun, and of these the best that are fitted to the end."""
MISS, DEEPEST = 0.002, 0.0006
"""Largest distance of a pad from the surface, and depth of the hand in the body, for a fit to be accepted, m."""
MENDED, EDGES = 5, 160
"""Number of fits that are improved where sharp edges of the body are in the hand, and of points on these edges."""
NONE, ANYWHERE = np.zeros((0, 3)), np.zeros(3)
LEAST = 0.6
"""Least share of a template's pads that touch."""
OPPOSED = 0.8
"""Least cosine between the normals of opposite places."""
CLEARANCE = 0.012
"""Distance of the hand from the body before it closes, m."""
SPAN = (0.8, 1.1)
"""Widths at which a template is tried, as shares of its narrowest and widest."""
_UNIT, _SHIFT, _TILT = 1e-3, 0.02, 0.3  # m that counts as 1; m and rad of the body's place that count as 1
_ALIGNED, _REST, _NEAR, _BALANCED, _APART = 3.0, 0.5, 0.03, 12.0, 0.0003
_OUTSIDE, _AROUND, _AIMED, _HEEDED = 2.0, 0.003, 40.0, 0.025
GROUND = 0.006
"""Height over what the body stands on above which the hand stays, m."""
ASIDE = 0.1
"""Angle by which a direction may miss what is as good as none, or as much as that, for a fit to be accepted, rad."""
INNER, INSIDE = 0.008, 0.003
"""Distance of pads from the plane that ends the half of a body that shall be touched: aimed at, and the least, m."""
_FIRST, _EVALUATIONS, _STEP = 5, 25, 1e-6


@dataclass(frozen=True, slots=True)
class Place:
    """Where a body is in the hand.

    Attributes:
        centre: The body's origin in the hand's frame, m, shape (3,).
        turn: Rotation from the body's frame to the hand's, shape (3, 3).
    """

    centre: Array
    turn: Array

    def moved(self, x: Array) -> tuple[Array, Array]:
        """Centres and rotations of the place shifted and tilted by six scaled numbers, x of shape (n, 6)."""
        return self.centre + _SHIFT * x[:, :3], self.turn @ rotations(_TILT * x[:, 3:])


@dataclass(frozen=True, slots=True)
class Aim:
    """A direction of the hand that is asked for.

    Attributes:
        hand: A unit vector in the hand's frame, shape (3,).
        body: Where it shall point in the body's frame, shape (3,).
        within: Angle between the two that is as good as none, rad.
    """

    hand: Array
    body: Array
    within: float = 0.0

    def error(self, turn: Array) -> Array:
        """How far rotations (body to hand) point elsewhere, beyond what is as good as none, shape (..., 3)."""
        off = turn @ self.body - self.hand
        size = np.sqrt(np.einsum("...i,...i->...", off, off))[..., None]
        return np.asarray(off * np.maximum(0.0, 1.0 - self.within / np.maximum(size, 1e-9)))

    def turned(self, turns: Array, about: Array | None = None) -> Array:
        """Rotations (body to hand), shape (..., 3, 3), turned so that they fit; about an axis of the hand if given."""
        here, there = turns @ self.body, self.hand
        axis = np.cross(here, there)
        cosine = here @ there
        if about is not None:
            cosine = cosine - (here @ about) * (about @ there)
            axis = about * (axis @ about)[..., None]
        size = np.linalg.norm(axis, axis=-1, keepdims=True)
        angle = np.where(size < 1e-9, 0.0, np.arctan2(size, cosine[..., None]))
        return np.asarray(rotations(axis / np.maximum(size, 1e-9) * angle) @ turns)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """One place, fitted.

    Attributes:
        place: The place.
        joints: Joint positions that touch, rad.
        gaps: Distances of the pads from the surface, m, shape (pads,).
        depth: Greatest depth of the hand in the body, m.
        strength: Force that friction withstands in the weakest direction, N; 0 without force closure.
        asked: Whether the hand comes, and touches, as it was asked to.
    """

    place: Place
    joints: Array
    gaps: Array
    depth: float
    strength: float
    asked: bool

    @property
    def touching(self) -> Array:
        """Whether pads touch, shape (pads,), bool."""
        return np.asarray(np.abs(self.gaps) <= MISS)

    @property
    def touches(self) -> bool:
        """Whether enough pads touch."""
        return bool(self.touching.sum() >= max(2, LEAST * len(self.gaps)))

    @property
    def good(self) -> bool:
        """Whether enough pads touch, and nothing does more."""
        return self.asked and self.touches and self.depth <= DEEPEST

    @property
    def rank(self) -> tuple[bool, float, float]:
        """Orders fits, the best first."""
        worst = float(np.abs(self.gaps).max())
        return (not self.good, -self.strength if self.good else self.depth + (not self.asked), worst)


class _Touching:
    """How a hand touches a body at joint positions and a place."""

    def __init__(
        self,
        hand: HandKinematics,
        template: GraspTemplate,
        shape: Shape,
        rest: Array,
        aims: Sequence[Aim],
        ground: bool,
        half: Array,
    ) -> None:
        self.hand, self.shape, self.rest, self.aims, self.ground, self.half = hand, shape, rest, aims, ground, half
        pads = [hand.book.pads[name] for name in template.contacts]
        self._links = hand.indices(pad.link for pad in pads)
        outward = np.array([pad.outward for pad in pads])
        self._outward = outward / np.linalg.norm(outward, axis=1, keepdims=True)
        self._points = np.array([pad.point for pad in pads])
        self.radii = np.array([pad.radius for pad in pads])
        shares = np.array([touch.share for touch in template.contacts.values()])
        self.shares = shares / shares.sum()
        skins = [form.skin() for form in hand.forms]
        counts = [len(points) for points in skins]
        self._skin = np.concatenate(skins)
        self._forms = np.repeat(np.arange(len(counts)), counts)
        self._skin_links = np.repeat(hand.indices(form.link for form in hand.forms), counts)
        self._near = np.arange(len(self._skin))

    def pads(self, turns: Array, origins: Array) -> tuple[Array, Array]:
        """Middles and outward directions of the pads in the hand's frame, each of shape (..., pads, 3).

        Args:
            turns: Rotations of the hand's links, shape (..., links, 3, 3).
            origins: Of them, m, shape (..., links, 3).
        """
        turns = turns[..., self._links, :, :]
        points = (turns @ self._points[..., None])[..., 0] + origins[..., self._links, :]
        return points, (turns @ self._outward[..., None])[..., 0]

    def skin(self, turns: Array, origins: Array, near: bool = False) -> Array:
        """Points on the hand in its frame, m, shape (..., points, 3); all, or those that :meth:`heed` found near."""
        chosen = self._near if near else slice(None)
        links = self._skin_links[chosen]
        turned = (turns[..., links, :, :] @ self._skin[chosen][..., None])[..., 0]
        return np.asarray(turned + origins[..., links, :])

    def heed(self, joints: Array, place: Place) -> None:
        """Has :meth:`errors` see the points on the hand alone that are near the body, or near the ground, now."""
        there = (self.skin(*self.hand.frames(joints)) - place.centre) @ place.turn
        low = self.ground & (there[:, 2] + self.shape.half[2] < _HEEDED)
        self._near = np.flatnonzero((self.shape.distance(there) < _HEEDED) | low)
        self._by_form = (self._forms[self._near, None] == np.arange(len(self.hand.forms))).astype(float)

    def contacts(self, joints: Array, place: Place) -> tuple[Array, Array, Array]:
        """Points of contact and normals into the body, in its frame, shape (pads, 3), and gaps, m, shape (pads,)."""
        points, _ = self.pads(*self.hand.frames(joints))
        mine = (points - place.centre) @ place.turn
        inward = -self.shape.normals(mine)
        gaps = self.shape.distance(mine) - self.radii
        return mine + inward * self.radii[:, None], inward, gaps

    def errors(self, joints: Array, centres: Array, turns: Array, clearance: float, edges: Array = NONE) -> Array:
        """What is wrong at several places, shape (places, errors); 1 is as bad as a pad that is off by a millimetre.

        Args:
            joints: Joint positions, rad, shape (places, joints).
            centres: The body's origin in the hand's frame, m, shape (places, 3).
            turns: Rotations from the body's frame to the hand's, shape (places, 3, 3).
            clearance: Distance that pads should have from it, m.
            edges: Points of the body that must stay out of the hand, m, shape (points, 3).
        """
        count, links = len(joints), self.hand.frames_of(joints)
        points, outward = self.pads(*links)
        mine = (points - centres[:, None]) @ turns
        gaps = self._distance(mine) - self.radii - clearance
        normals = self.shape.normals(mine.reshape(-1, 3)).reshape(mine.shape)
        facing = outward @ turns + normals
        points = mine - normals * self.radii[:, None]
        unbalanced = imbalance(points, -normals, self.shares)
        beyond = np.maximum(0.0, INNER - points @ self.half) / _UNIT * self.half.any()
        skin = (self.skin(*links, near=True) - centres[:, None]) @ turns
        deep = np.maximum(0.0, _APART + 0.5 * clearance - self._distance(skin)) / _UNIT
        by_form = _OUTSIDE * np.sqrt(deep**2 @ self._by_form + 1e-12)
        there = edges @ turns.transpose(0, 2, 1) + centres[:, None]
        sharp = _OUTSIDE * np.maximum(0.0, _APART - self.hand.distance(*links, there)) / _UNIT
        aside = [_AIMED * aim.error(turns) for aim in self.aims]
        low = np.maximum(0.0, GROUND - skin[..., 2] - self.shape.half[2]) * (_OUTSIDE / _UNIT if self.ground else 0.0)
        lowest = np.sqrt(np.einsum("ij,ij->i", low, low))[:, None]
        parts = (gaps / _UNIT, _ALIGNED * facing.reshape(count, -1), _BALANCED * unbalanced, by_form, sharp, lowest)
        return np.concatenate((*parts, beyond, *aside), axis=1)

    def _distance(self, points: Array) -> Array:
        """Distance of points to the body, m, shape (...), of points of shape (..., 3)."""
        return self.shape.distance(points.reshape(-1, 3)).reshape(points.shape[:-1])

    def as_asked(self, points: Array, turn: Array) -> bool:
        """Whether points of contact, shape (n, 3), are in the asked half, and a rotation is as asked."""
        there = all(float(np.linalg.norm(aim.error(turn))) <= max(ASIDE, aim.within) for aim in self.aims)
        return there and bool((points @ self.half >= INSIDE * self.half.any()).all())

    def edges(self, joints: Array, place: Place) -> Array:
        """Points of the body that are in the hand or nearly so, m, shape (points, 3)."""
        assert self.shape.grid is not None
        room = self.hand.distance(*self.hand.frames(joints), self.shape.grid.skin @ place.turn.T + place.centre)
        return np.asarray(self.shape.grid.skin[np.argsort(room)[:EDGES]][np.sort(room)[:EDGES] < _AROUND])

    def depth(self, joints: Array, place: Place) -> float:
        """Greatest depth of the hand in the body, and of the body's edges in the hand, m."""
        assert self.shape.grid is not None
        links = self.hand.frames(joints)
        skin = (self.skin(*links) - place.centre) @ place.turn
        edges = self.shape.grid.skin @ place.turn.T + place.centre
        return max(0.0, -float(self.shape.distance(skin).min()), -float(self.hand.distance(*links, edges).min()))


def fit_any_shape(
    hand: HandKinematics,
    template: GraspTemplate,
    shape: Shape,
    pose: Array,
    force: float,
    aims: Sequence[Aim] = (),
    ground: bool = False,
    half: Array = ANYWHERE,
    seed: int = 0,
) -> GraspFit:
    """Finds where on a body a template holds best.

    Args:
        hand: The hand.
        template: The template; its spots are where the search begins, not where pads must touch.
        shape: The body.
        pose: Joint positions of fingers that take no part, rad, shape (joints,).
        force: Sum of the normal forces, N.
        aims: Directions of the hand, at most two.
        ground: Whether the body stands on something, in which the hand must not be.
        half: Direction in which the pads must touch the body, from its middle, shape (3,); 0: anywhere.
        seed: Of the places that are tried.

    Raises:
        DataError: The body is too small or large everywhere, or the hand cannot be laid around it so.
    """
    rest = np.clip(hand.positions(template.rest, pose), hand.lower + 1e-6, hand.upper - 1e-6)
    touching = _Touching(hand, template, shape, rest, aims, ground, half)
    places = _places(touching, template, np.random.default_rng(seed))
    if not places:
        raise DataError(
            f"a {template.title} fits sizes of {template.narrowest * 1000:.0f} to {template.widest * 1000:.0f} mm, "
            f"and the body is nowhere so wide"
        )
    begun = [_closed(touching, place, touching.rest, _FIRST) for place in places]
    begun.sort(key=lambda one: one[2])
    fits = [_fitted(touching, place, joints, force) for place, joints, _ in begun[:FITTED]]
    fits.sort(key=lambda one: -one.strength)
    deep = [one for one in fits if one.depth > DEEPEST and one.touches][:MENDED]
    best = min(fits + [_mended(touching, one, force) for one in deep], key=lambda one: one.rank)
    if best.touches and not best.asked:
        raise DataError(f"a {template.title} finds no hold on it where, or from where, it is asked to")
    if not best.good or (best.strength == 0.0 and not template.loose):
        raise DataError(
            f"a {template.title} finds no hold on it: {best.touching.sum()} of {len(best.gaps)} pads would touch, "
            f"the hand {best.depth * 1000:.1f} mm deep, against {best.strength:.1f} N"
        )
    points, inward, _ = touching.contacts(best.joints, best.place)
    efforts, pads = np.zeros(len(hand.names)), [pad for pad, on in zip(template.contacts, best.touching) if on]
    if not template.loose:
        on = best.touching
        forces = balanced_forces(points[on], inward[on], touching.shares[on], force)
        efforts = hand.torques(best.joints, pads, forces @ best.place.turn.T)
    shaped, miss = _shaped(touching, best), float(np.abs(best.gaps).max())
    place, touching_share = best.place, len(pads) / len(best.gaps)
    return GraspFit(shaped, best.joints, efforts, place.centre, place.turn, miss, touching_share, best.strength)


def _places(touching: _Touching, template: GraspTemplate, rng: np.random.Generator) -> list[Place]:
    """The most promising places of a body in the hand, by how the hand at rest would touch it there."""
    spins = 1 if touching.aims else SPINS  # which way is up says how it is turned
    middles, across = _opposite(touching, template, PAIRS * SPINS // spins, rng)
    if not len(middles):
        return []
    begin = rotation(np.array(template.turn))
    frames = np.concatenate([_frames(x, spins, rng) for x in across])
    turns = _aimed(begin @ frames.transpose(0, 2, 1), begin[:, 0], touching.aims)
    centres = np.array(template.centre) - (turns @ np.repeat(middles, 2 * spins, axis=0)[..., None])[..., 0]
    return [Place(centres[n], turns[n]) for n in _spread(_promise(touching, centres, turns), centres, turns)]


def _opposite(
    touching: _Touching, template: GraspTemplate, count: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Middles between opposite places of the surface, m, and directions across, each of shape (pairs, 3)."""
    shape, half = touching.shape, touching.half
    assert shape.grid is not None
    begin = shape.grid.surface(8 * count, rng)
    normals = shape.normals(begin)
    begin = begin - normals * shape.distance(begin)[:, None]
    steps = shape.grid.cell * np.arange(1, int(SPAN[1] * template.widest / shape.grid.cell) + 2)
    ways = begin[:, None] - steps[:, None] * normals[:, None]
    outside = shape.distance(ways.reshape(-1, 3)).reshape(len(begin), -1) > 0.0
    outside[:, 0] = False
    width = steps[np.argmax(outside, axis=1)]
    end = begin - width[:, None] * normals
    opposed = np.einsum("ij,ij->i", shape.normals(end), normals) < -OPPOSED
    middles = 0.5 * (begin + end)
    fits = outside.any(axis=1) & opposed & (width >= SPAN[0] * template.narrowest) & (middles @ half >= 0.0)
    kept = np.flatnonzero(fits)[:count]
    return middles[kept], normals[kept]


def _frames(x: Array, spins: int, rng: np.random.Generator) -> list[Array]:
    """Frames about a direction and against it, their axes as columns."""
    side = np.cross(x, rng.normal(size=3))
    side /= np.linalg.norm(side)
    other = np.cross(x, side)
    angles = rng.uniform(0.0, 2.0 * np.pi) + 2.0 * np.pi * np.arange(spins) / spins
    ys = [np.cos(angle) * side + np.sin(angle) * other for angle in angles]
    return [np.stack((sign * x, y, np.cross(sign * x, y)), axis=1) for sign in (1.0, -1.0) for y in ys]


def _aimed(turns: Array, across: Array, aims: Sequence[Aim]) -> Array:
    """Rotations turned so that the first direction is as asked for, and the second as nearly as then possible.

    They are turned about the direction across the body as far as that helps, which leaves the opposite places there.
    """
    for number, aim in enumerate(aims):
        turns = aim.turned(turns, aims[0].hand if number else across)
        if not number:
            off = np.linalg.norm(aim.error(turns), axis=-1)[..., None, None] > 0.0
            turns = np.where(off, aim.turned(turns), turns)
    return turns


def _promise(touching: _Touching, centres: Array, turns: Array) -> Array:
    """How badly the hand at rest fits each of many places, shape (places,)."""
    links = touching.hand.frames(touching.rest)
    points, outward = touching.pads(*links)
    mine = np.einsum("pni,pij->pnj", points[None] - centres[:, None], turns)
    flat = mine.reshape(-1, 3)
    gaps = (touching.shape.distance(flat)).reshape(len(centres), -1) - touching.radii
    facing = np.einsum("ni,pij->pnj", outward, turns) + touching.shape.normals(flat).reshape(mine.shape)
    skin = touching.skin(*links)[::4]
    there = np.einsum("pni,pij->pnj", skin[None] - centres[:, None], turns)
    deep = np.maximum(0.0, -touching.shape.distance(there.reshape(-1, 3))).reshape(len(centres), -1)
    low = np.maximum(0.0, GROUND - there[:, :, 2] - touching.shape.half[2]) * touching.ground
    return np.asarray(
        np.sum(low**2, axis=1) / 0.01**2
        + np.sum(np.minimum(np.abs(gaps), _NEAR) ** 2, axis=1) / 0.01**2
        + np.sum(facing**2, axis=(1, 2))
        + np.sum(deep**2, axis=1) / 0.01**2
    )


def _spread(promise: Array, centres: Array, turns: Array) -> list[int]:
    """The best places that differ from one another."""
    kept: list[int] = []
    for number in np.argsort(promise):
        near = (
            np.linalg.norm(centres[other] - centres[number]) < 0.015
            and np.trace(turns[other].T @ turns[number]) > 1.0 + 2.0 * np.cos(0.5)
            for other in kept
        )
        if not any(near):
            kept.append(int(number))
        if len(kept) == BEGUN:
            break
    return kept


def _fitted(touching: _Touching, place: Place, joints: Array, force: float, edges: Array = NONE) -> _Fitted:
    """A place with the fingers closed on the body, and what it is worth."""
    there, closed, _ = _closed(touching, place, joints, _EVALUATIONS, edges)
    points, inward, gaps = touching.contacts(closed, there)
    on = np.abs(gaps) <= MISS
    strength = holding_force(points[on], inward[on], force) if on.sum() > 1 else 0.0
    asked = touching.as_asked(points[on], there.turn)
    return _Fitted(there, closed, gaps, touching.depth(closed, there), strength, asked)


def _mended(touching: _Touching, fit: _Fitted, force: float) -> _Fitted:
    """A fit with the body's edges out of the hand."""
    return _fitted(touching, fit.place, fit.joints, force, touching.edges(fit.joints, fit.place))


def _closed(
    touching: _Touching, place: Place, joints: Array, evaluations: int, edges: Array = NONE
) -> tuple[Place, Array, float]:
    """A place and joint positions at which less is wrong, and how much that is."""
    hand = touching.hand
    touching.heed(joints, place)

    def residuals(x: Array) -> Array:
        wrong = touching.errors(x[:, 6:], *place.moved(x[:, :6]), 0.0, edges)
        return np.concatenate((wrong, 0.5 * x[:, :6], _REST * (x[:, 6:] - touching.rest)), axis=1)

    wide = np.full(6, 20.0)
    bounds = (np.concatenate((-wide, hand.lower)), np.concatenate((wide, hand.upper)))
    start = np.concatenate((np.zeros(6), np.clip(joints, hand.lower + 1e-6, hand.upper - 1e-6)))
    found, cost = _least(residuals, start, bounds, evaluations)
    centres, turns = place.moved(found[None, :6])
    return Place(centres[0], turns[0]), found[6:], cost


def _shaped(touching: _Touching, fit: _Fitted) -> Array:
    """Joint positions at which the hand is around the body without touching it, rad."""

    def residuals(x: Array) -> Array:
        there = fit.place.centre[None], fit.place.turn[None]
        centres, turns = (np.broadcast_to(one, (len(x), *one.shape[1:])) for one in there)
        wrong = touching.errors(x, centres, turns, CLEARANCE)
        return np.concatenate((wrong, _REST * (x - fit.joints)), axis=1)

    hand = touching.hand
    touching.heed(fit.joints, fit.place)
    start = np.clip(fit.joints, hand.lower + 1e-6, hand.upper - 1e-6)
    return _least(residuals, start, (hand.lower, hand.upper))[0]


def _least(
    residuals: Callable[[Array], Array], start: Array, bounds: tuple[Array, Array], evaluations: int = _EVALUATIONS
) -> tuple[Array, float]:
    """Least squares of residuals, which are worked out at many points at once, shape (points, n): where, and the cost.
    """

    def slopes(x: Array) -> Array:
        steps = np.where(x + _STEP > bounds[1], -_STEP, _STEP)
        values = residuals(np.concatenate((x[None], x + np.diag(steps))))
        return np.asarray((values[1:] - values[0]).T / steps)

    found = least_squares(
        lambda x: residuals(x[None])[0], start, slopes, bounds, max_nfev=evaluations, xtol=1e-4, ftol=1e-3
    )
    return np.asarray(found.x), float(found.cost)
