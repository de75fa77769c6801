"""Guide ``tracking``: walks a distance while a hand stays at a thing."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import numpy as np

from skill_stack.connector.guides.displacement import check_ahead
from skill_stack.connector.guides.guide import (
    GuideContext,
    GuidedBody,
    GuideFailure,
    GuideStep,
    GuideView,
    TargetMemory,
)
from skill_stack.connector.kinematics.chain import Chain, LinkPlace
from skill_stack.connector.kinematics.reach_map import HAND, TIP, WAIST, least_room
from skill_stack.connector.reaching.hands import braced, into_pelvis
from skill_stack.connector.reaching.touching import ABOVE, BEFORE
from skill_stack.connector.reaching.vantage import SIDES, touched_at
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.skills.servo_part import AXES
from skill_stack.core.world.scene import Pose2, SceneObject

Array = np.ndarray

BENDS, COMES, COMING, READY = 1.5, 1.5, 0.6, 3.0
"""In what time the waist bends, when the hand comes from before the thing to it, how long that takes, and when the
robot walks, s."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Points of the way, as shares, at which is looked whether a hand reaches the thing."""
PASSED = (0.29, 0.26, 0.33, 0.37)
"""How far from the place on the thing the pelvis passes, m."""
TURNED, ASIDE = 0.9, (0.3, 0.0, 0.5)
"""Share of the place's bearing by which the waist turns, and how far beside it, to the side of the other hand, the
chest faces, rad: the camera in the head still sees it."""
LEANS = (0.0, 0.15)
"""How far the chest leans forward all along, rad."""
CENTRED, DESCENT = 0.1, 40
"""Share of the way to the middle of their ranges that joints go in each step of inverse kinematics, and its steps."""
LOOKS, DRIFTS, LOST = 0.5, 1.0, 0.5
"""Time over which looks at a place are averaged, in which its drift is learned, and after which gap both begin anew, s.
"""
RESERVE = 0.1
"""How much farther than the place the hand must reach all along, m: the base sways, and comes off its way by as much.
A straight elbow is in the middle of its range, so that room in the joints alone does not tell."""
KEEPS, TURNS_BACK = 3.0, 1.5
"""Speed with which the base makes up for what it is off its way, and off its heading, 1/s."""
DOWN = "arms_down"
"""Pose of arms that do nothing, where the robot has it: forearms ahead of it would meet what it passes."""
ROOM = 0.25
"""Room of every joint, as a share of its range, that is enough."""
TURNS, LEANING = "waist_yaw_joint", "waist_pitch_joint"
FAR, PATIENCE = 0.05, 0.6
"""By how much and for how long the thing may be out of reach, m and s."""
TURNED_BY = (0.0, 0.3, -0.3, 0.6, -0.6, 0.9, -0.9)
"""By how much it may turn before it walks, rad."""
FASTEST, FREE = 0.35, 0.3
"""Fastest motion of the base, m/s, and room before the pelvis beyond which more is no better, m."""
_BEGUN, _FACED = 0.05, 0.1  # m and rad around where the way begins
_SLACK, _BESIDE = 0.05, 0.1  # m


class DriftingPlace:
    """A place in the map as it lies in ``odom``, which legs let drift at about the same rate all the time.

    Looks err, so that each counts a little: an alpha-beta filter (Kalata 1984, "The tracking index").

    Attributes:
        place: m, shape (3,).
    """

    def __init__(self) -> None:
        """Knows nothing yet."""
        self.place, self._rate, self._then = np.zeros(3), np.zeros(3), -math.inf

    def take(self, found: Array, now: float) -> None:
        """Takes where the newest look has the place, m, at a task time, s."""
        dt = now - self._then
        self._then = now
        if not dt < LOST:
            self.place, self._rate = found, np.zeros(3)
            return
        self.place = self.place + dt * self._rate
        off = found - self.place
        self.place = self.place + min(dt / LOOKS, 1.0) * off
        self._rate = self._rate + dt / DRIFTS**2 * off


class TrackingGuide:
    """Walks ``forward`` and ``left`` metres while the fingertips of a hand stay at ``target``.

    It begins its way where a hand reaches the thing from all along it with room in every joint: it turns towards what
    it passes and walks there. There the hand comes to the thing, and then the robot walks. The place is the one that
    faces the middle of the way. Where it lies in ``odom`` is told to the controller, which aims the arm anew at every
    tick (:class:`skill_stack.controllers.runners.steady_hand.SteadyHand`). Signals: ``distance_error`` and
    ``remaining``, m, of the walk. Settings: ``height`` of the pelvis, m, ``stiffness`` of the servo, a factor on the
    robot's gains, and ``short``, how far before the surface the fingertips stay, m.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments ``target``, ``forward`` and ``left``."""
        assert context.robot is not None, "a step knows its robot"
        self._context, self._robot = context, context.robot
        self._target = TargetMemory(str(context.arguments["target"]), math.inf)
        self._begin = Pose2(0.0, 0.0, 0.0)
        self._chain: Chain | None = None
        self._side = ""
        self._arm: dict[str, float] = {}
        self._waist, self._turns = self._robot.members([WAIST]), list[float]()
        rest = self._robot.poses.get(DOWN, self._robot.poses["default"])
        self._rest = {name: rest[name] for name in self._robot.members([f"{side}_arm" for side in SIDES])}
        self._chains = {side: Chain(self._robot, HAND.format(side=side), [f"{side}_arm"], TIP) for side in SIDES}
        self._spot = np.zeros(3)  # on the thing, from its centre, in map, m
        self._lost: float | None = None
        self._beside: tuple[str, ...] = ()
        self._there: float | None = None
        self._lean, self._share = 0.0, 0.0
        self._anchor = DriftingPlace()

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; hand and place stay."""
        self._context = context

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        thing = self._target.find(view)
        if self._chain is None:
            self._choose(view, thing)
        free = replace(view, outlines=view.outlines.without(frozenset(self._beside)))
        if self._there is None:
            before = view.pose.distance_to(self._begin.x, self._begin.y)
            if before > _BEGUN or abs(wrap_angle(self._begin.yaw - view.pose.yaw)) > _FACED:
                return self._told(self._kept_up(free, False) | self._rest, before + self._length, self._length)
            self._there = view.now
        since = view.now - self._there
        if since >= READY:
            self._share = max(self._share, self._passed_of(view.pose))
        goals = self._kept_up(free, since >= READY) | self._rest
        goals |= self._aimed(self._point(thing, since), view, self._share)
        left = (1.0 - self._share) * self._length
        return self._told(goals, left, left)

    def _told(self, goals: dict[str, float], remaining: float, error: float) -> GuideStep:
        signals = {"distance_error": error, "remaining": error}
        return GuideStep(goals, signals, remaining, self._beside)

    @property
    def _length(self) -> float:
        return math.hypot(self._context.number("forward"), self._context.number("left"))

    def _on_way(self, share: float) -> Pose2:
        """Where the base is to be after a share of its way, in ``map``."""
        ahead, left = (share * self._context.number(name) for name in ("forward", "left"))
        return self._begin.compose(Pose2(ahead, left, 0.0))

    def _passed_of(self, pose: Pose2) -> float:
        """The share of the way that is behind a pose."""
        ahead, left = self._begin.local(pose.x, pose.y)
        along = ahead * self._context.number("forward") + left * self._context.number("left")
        return min(max(along / self._length**2, 0.0), 1.0)

    def _kept_up(self, view: GuideView, walks: bool) -> dict[str, float]:
        """Velocities that lead the base on along its way, and keep it on it.

        Raises:
            GuideFailure: Something stands in the way.
        """
        goal, end = self._on_way(self._share), self._on_way(1.0)
        here = np.array(view.pose.local(goal.x, goal.y))
        speeds = KEEPS * here
        if walks and self._share < 1.0:
            check_ahead(view, self._context.footprint, (end.x, end.y), (1.0 - self._share) * self._length)
            way = np.array(view.pose.local(end.x, end.y)) - here
            way /= max(float(np.linalg.norm(way)), 1e-6)
            speeds += (self._context.settings.speed - min(speeds @ way, 0.0)) * way
        speeds *= min(1.0, FASTEST / max(float(np.linalg.norm(speeds)), 1e-6))
        turning = TURNS_BACK * wrap_angle(goal.yaw - view.pose.yaw)
        return {"vx": float(speeds[0]), "vy": float(speeds[1]), "wz": turning}

    def _choose(self, view: GuideView, thing: SceneObject) -> None:
        """Where the way begins, the place on the thing, and the hand that reaches it from all along the way.

        Raises:
            GuideFailure: None does, the thing is too high or too low, or something stands there.
        """
        best, said = -1.0, ""
        for poses, spot in self._ways(view, thing):
            beside, blocked = self._passed(view, poses)
            if blocked:
                said = said or f"'{blocked}' is in the way"
                continue
            room, said = self._held_along([self._from_base(thing, spot, pose) for pose in poses], best, said)
            if room > best:
                best, self._beside, self._begin, self._spot = room, beside, poses[0], spot
            if best >= ROOM:
                break
        if self._chain is None:
            why = f"on the way of {self._length:.2f} m no hand stays at '{thing.id}': {said}"
            raise GuideFailure("the place is within reach", why)

    def _ways(self, view: GuideView, thing: SceneObject) -> list[tuple[list[Pose2], Array]]:
        """Ways past a thing as poses of the base, and the place on the thing, from its centre, m; the best first.

        Its middle is before the place. The robot turns for it where that leaves more room before its toes.
        """
        way = np.array([self._context.number("forward"), self._context.number("left")])
        along, found = way / max(self._length, 1e-6), []
        for turned, passed in product(TURNED_BY, PASSED):
            frame = Pose2(view.pose.x, view.pose.y, wrap_angle(view.pose.yaw + turned))
            here = np.array(frame.local(thing.position[0], thing.position[1]))
            across = here - (here @ along) * along
            across /= max(float(np.linalg.norm(across)), 1e-6)
            place = np.array(touched_at(thing, frame.yaw + math.atan2(across[1], across[0])))
            off = np.array(frame.local(place[0], place[1])) @ np.stack([along, across], 1)
            lead = (off[0] - 0.5 * self._length) * along + (off[1] - passed) * across
            ends = [lead + share * way for share in SHARES]
            poses = [frame.compose(Pose2(float(end[0]), float(end[1]), 0.0)) for end in ends]
            gaps = view.outlines.distances(np.array([(one.x, one.y) for one in poses]))
            gap = min(float(gaps.min()) if gaps.size else FREE, FREE)
            cost = 0.1 * abs(turned) + 0.2 * abs(passed - PASSED[0]) - gap
            found.append((cost, poses, place - np.array(thing.position)))
        return [(poses, spot) for _, poses, spot in sorted(found, key=lambda one: one[0])]

    def _held_along(self, places: list[Array], least: float, said: str) -> tuple[float, str]:
        """Room of the hand that has most of it along a way, or why none stays there; that hand is taken if it has more
        than ``least``.
        """
        best = -1.0
        for side, aside, lean in product(SIDES, ASIDE, LEANS):
            chain = self._chains[side]
            beside = aside if side == "left" else -aside
            turns = [TURNED * math.atan2(place[1], place[0]) - beside for place in places]
            solved: list[dict[str, float]] = []
            for place, turn in zip(places, turns, strict=True):
                waist, rest = {TURNS: turn, LEANING: lean}, solved[-1] if solved else {}
                arm, off = chain.nearest(LinkPlace(place), rest, waist, DESCENT, CENTRED)
                if off > FAR / 2:
                    said = f"it is out of reach by {off:.2f} m"
                    break
                solved.append(arm)
            room = min(least_room(self._robot, one) for one in solved) if len(solved) == len(places) else -1.0
            if room > max(best, least):
                self._chain, self._side, self._arm, self._turns, self._lean = chain, side, solved[0], turns, lean
            best = max(best, room)
            if best >= ROOM:
                break
        return best, said

    def _passed(self, view: GuideView, poses: list[Pose2]) -> tuple[tuple[str, ...], str]:
        """What it passes with its front towards it, nearer than it may come with its side; and what is nearer than its
        front.
        """
        gaps = view.outlines.distances(np.array([(one.x, one.y) for one in poses]))
        least = gaps.min(axis=0) if gaps.size else np.zeros(0)
        foot = self._context.footprint
        near = list(zip(view.outlines.names, least.tolist()))
        blocked = next((name for name, gap in near if gap < foot.front - _SLACK), "")
        return (self._target.name, *(name for name, gap in near if gap < foot.side + _BESIDE)), blocked

    def _from_base(self, thing: SceneObject, spot: Array, pose: Pose2) -> Array:
        """A place on a thing seen from an upright pelvis, m, with the reserve."""
        ahead, left, up = _seen_from(np.array(thing.position) + spot, pose).tolist()
        farther = 1.0 + RESERVE / max(math.hypot(ahead, left), 1e-6)
        return np.array([farther * ahead, farther * left, up - self._context.numbers["height"]])

    def _point(self, thing: SceneObject, since: float) -> Array:
        """Where the fingertips shall be, in ``map``, m, a time after the hand began to come, s."""
        share = min(max((COMES + COMING - since) / COMING, 0.0), 1.0)
        back = self._context.numbers["short"] + share * BEFORE
        out = np.array([*self._spot[:2], 0.0])
        out /= max(float(np.linalg.norm(out)), 1e-6)
        return np.array(thing.position) + self._spot + back * out + (0.0, 0.0, share * ABOVE)

    def _aimed(self, point: Array, view: GuideView, share: float) -> dict[str, float]:
        """Targets of the arm that bring the fingertips to a point in ``map``, and of the waist.

        Once the hand is before the thing, the controller keeps it at the point. The waist turns with the way alone:
        what it would do about the body's sway makes the body sway more.

        Raises:
            GuideFailure: It has been out of reach for too long.
        """
        assert self._chain is not None
        body = view.body or GuidedBody(0.0, 0.0, self._context.numbers["height"])
        seen = _seen_from(point, view.pose) - (0.0, 0.0, body.height)
        since = view.now - (self._there or view.now)
        bent = min(1.0, since / BENDS)
        turn = float(np.interp(share, SHARES, self._turns))
        waist = {**dict.fromkeys(self._waist, 0.0), TURNS: bent * turn, LEANING: bent * self._lean}
        self._arm, off = self._chain.nearest(LinkPlace(into_pelvis(seen, body)), self._arm, waist, DESCENT, CENTRED)
        if off <= FAR or since < READY:  # the waist still bends, and the base comes to rest
            self._lost = None
        elif self._lost is None:
            self._lost = view.now
        if self._lost is not None and view.now - self._lost > PATIENCE:
            why = f"after {share * self._length:.2f} m it is out of reach by {off:.2f} m"
            raise GuideFailure("the place is within reach", why)
        if since < COMES:
            return waist | braced(self._chain, self._arm, self._robot, self._context.numbers["stiffness"], others=waist)
        ahead, left = view.pose.local(point[0], point[1])
        there = view.odometry.compose(Pose2(ahead, left, 0.0))
        self._anchor.take(np.array([there.x, there.y, point[2]]), view.now)
        places = dict(zip((self._side + axis for axis in AXES), self._anchor.place.tolist()))
        return waist | self._arm | places


def _seen_from(point: Array, pose: Pose2) -> Array:
    """A point in ``map`` seen from a base: ahead, to the left, and above the ground, m."""
    return np.array([*pose.local(point[0], point[1]), point[2]])
