"""Guide ``tracking``: walks a distance while a hand stays at a thing, which is aimed at anew in every cycle."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import numpy as np

from skill_stack.connector.guides.displacement import DisplacementGuide
from skill_stack.connector.guides.guide import (
    STILL,
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
from skill_stack.core.errors import DataError
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2, SceneObject

Array = np.ndarray

ANSWERS = 0.2
"""Time constant with which a walking policy takes up a velocity, s."""
BENDS, COMES, COMING, READY = 1.5, 1.5, 0.6, 3.0
"""In what time the waist bends, when the hand comes from before the thing to it, how long that takes, and when the
robot walks, s."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Points of the way, as shares, at which is looked whether a hand reaches the thing."""
ASIDE = (0.0, 0.4, -0.4, 0.8)
"""How far beside the thing, to the side of the other hand, the chest faces, rad."""
LEANS = (0.0, 0.12, 0.2)
"""How far the chest leans forward all along, rad."""
SWAYS = 0.01
"""How far the body sways, m."""
STEADY = 0.4
"""Time constant of the way that is gone, by which the waist turns, s."""
BACK, NEARER, ROOM = (0.3, 0.2, 0.4, 0.1), (0.1, 0.05, 0.0), 0.1
"""How far back and how much nearer to the thing the way may begin, m, and room of every joint, as a share of its range,
that is enough."""
TURNS, LEANING = "waist_yaw_joint", "waist_pitch_joint"
TRIES = 2
FAR, PATIENCE = 0.05, 0.6
"""By how much and for how long the thing may be out of reach, m and s."""
_BEGUN = 0.05  # m around where the way begins
_SLACK, _BESIDE = 0.05, 0.1  # m


class WalkingBase:
    """Where the base of a walking robot will be in a moment.

    What is commanded moves it on; how it differs from that, with the sway of its steps, is as one period of the gait
    before.
    """

    def __init__(self, period: float) -> None:
        """Takes the period of the gait, s."""
        self._period = period
        self._rows: deque[tuple[float, Array]] = deque()
        self._moved, self._speed = np.zeros(3), np.zeros(3)  # as commanded, in map: m, m, rad
        self._yaw = 0.0

    def take(self, view: GuideView, told: Mapping[str, float], height: float) -> None:
        """Takes a view.

        Args:
            view: Where the base is.
            told: The velocities that are commanded in its frame: ``vx``, ``vy``, m/s, and ``wz``, rad/s.
            height: Of the base where it is unknown, m.
        """
        dt = view.now - self._rows[-1][0] if self._rows else 0.0
        c, s = math.cos(view.pose.yaw), math.sin(view.pose.yaw)
        vx, vy, wz = (told.get(name, 0.0) for name in STILL)
        self._speed += min(1.0, dt / ANSWERS) * (np.array([c * vx - s * vy, s * vx + c * vy, wz]) - self._speed)
        self._moved += dt * self._speed
        self._yaw += wrap_angle(view.pose.yaw - self._yaw)
        body = view.body or GuidedBody(0.0, 0.0, height)
        here = np.array([view.pose.x, view.pose.y, self._yaw]) - self._moved
        self._rows.append((view.now, np.array([*here, body.roll, body.pitch, body.height])))
        while len(self._rows) > 1 and self._rows[1][0] <= view.now - self._period:
            self._rows.popleft()

    def after(self, lag: float) -> tuple[Pose2, GuidedBody]:
        """Pose in ``map`` and attitude after a time, s, shorter than the period."""
        times, rows = np.array([time for time, _ in self._rows]), np.stack([row for _, row in self._rows])
        then = times[-1] + lag - self._period
        x, y, yaw, roll, pitch, height = (float(np.interp(then, times, rows[:, k])) for k in range(rows.shape[1]))
        dx, dy, turn = (self._moved + lag * self._speed).tolist()
        return Pose2(x + dx, y + dy, yaw + turn), GuidedBody(roll, pitch, height)


class TrackingGuide:
    """Walks ``forward`` and ``left`` metres while the fingertips of a hand stay at ``target``.

    It begins its way where a hand reaches the thing from all along it, if need be some steps back. There the hand comes
    to the thing, and then the robot walks. The place is the one that faces the middle of the way; in every cycle it is
    given to inverse kinematics as seen from where the base will be when the arm answers. Signals: ``distance_error``
    and ``remaining``, m, of the walk. Settings: ``height`` of the pelvis, m, ``stiffness`` of the servo, a factor on
    the robot's gains, ``lag`` from a new goal to the arm, s, ``period`` of the gait, s, and ``short``, how far before
    the surface the fingertips stay, m.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments ``target``, ``forward`` and ``left``."""
        assert context.robot is not None, "a step knows its robot"
        self._context, self._robot = context, context.robot
        self._target = TargetMemory(str(context.arguments["target"]), math.inf)
        self._walk, self._back = DisplacementGuide(context), DisplacementGuide(context)
        self._base = WalkingBase(context.numbers["period"])
        self._told: dict[str, float] = dict(STILL)
        self._chain: Chain | None = None
        self._arm: dict[str, float] = {}
        self._waist, self._turns = self._robot.members([WAIST]), list[float]()
        self._chains = {side: Chain(self._robot, HAND.format(side=side), [f"{side}_arm"], TIP) for side in SIDES}
        self._spot, self._heading = np.zeros(3), 0.0  # on the thing, from its centre, in map, m; rad
        self._lost: float | None = None
        self._beside: tuple[str, ...] = ()
        self._there: float | None = None
        self._gone, self._since, self._lean = 0.0, 0.0, 0.0

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; hand and place stay."""
        self._context = context
        self._walk.change(context)

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        thing, numbers = self._target.find(view), self._context.numbers
        if self._chain is None:
            self._choose(view, thing)
        self._base.take(view, self._told, numbers["height"])
        walk = self._walked(replace(view, outlines=view.outlines.without(frozenset(self._beside))))
        self._told = {name: walk.goals[name] for name in STILL}
        arm: dict[str, float] = {}
        if self._there is not None:
            pose, body = self._base.after(numbers["lag"])
            point = self._point(thing, view.now - self._there)
            share = min(1.0, (view.now - self._since) / STEADY)
            self._gone += share * (self._length - walk.remaining - self._gone)
            arm = self._aimed(point, pose, body, view.now, self._gone)
        self._since = view.now
        return replace(walk, goals={**walk.goals, **arm}, near=(*walk.near, *self._beside))

    @property
    def _length(self) -> float:
        return math.hypot(self._context.number("forward"), self._context.number("left"))

    def _walked(self, view: GuideView) -> GuideStep:
        """The walk: back to where it begins, then nothing while the hand comes, then the way."""
        signals = {"distance_error": self._length, "remaining": self._length}
        if self._there is None:
            back = self._back.step(view)
            if back.signals["distance_error"] > _BEGUN:
                return GuideStep(back.goals, signals, back.remaining + self._length)
            self._there = view.now
        if view.now - self._there < READY:
            return GuideStep(dict(STILL), signals, self._length)
        return self._walk.step(view)

    def _choose(self, view: GuideView, thing: SceneObject) -> None:
        """Where the way begins, the place on the thing, and the hand that reaches it from all along the way.

        Raises:
            GuideFailure: None does, the thing is too high or too low, or something stands there.
        """
        way = np.array([self._context.number("forward"), self._context.number("left")])
        best, said = -1.0, ""
        x, y = thing.position[:2]
        c, s = (f(view.pose.bearing_to(x, y)) for f in (math.cos, math.sin))
        for nearer, back in product(NEARER, BACK):
            lead = nearer * np.array([c, s]) - back * way / max(self._length, 1e-6)
            ends = [lead + share * way for share in SHARES]
            poses = [view.pose.compose(Pose2(float(end[0]), float(end[1]), 0.0)) for end in ends]
            beside, blocked = self._passed(view, poses)
            if blocked:
                said = f"'{blocked}' is in the way"
                continue
            room, said = self._held_along(thing, poses, best, said)
            if room > best:
                best, self._beside = room, beside
                arguments = {**self._context.arguments, "forward": float(lead[0]), "left": float(lead[1])}
                self._back = DisplacementGuide(replace(self._context, arguments=arguments))
            if best >= ROOM:
                break
        if self._chain is None:
            why = f"on the way of {self._length:.2f} m no hand stays at '{thing.id}': {said}"
            raise GuideFailure("the place is within reach", why)

    def _held_along(self, thing: SceneObject, poses: list[Pose2], least: float, said: str) -> tuple[float, str]:
        """Room of the hand that has most of it along a way, or why none stays there; that hand is taken if it has more
        than ``least``.
        """
        middle = poses[len(poses) // 2]
        heading = middle.yaw + middle.bearing_to(thing.position[0], thing.position[1])
        spot = np.array(touched_at(thing, heading)) - np.array(thing.position)
        best = -1.0
        places = [self._from_base(thing, spot, pose) for pose in poses]
        for lean, side, aside in product(LEANS, SIDES, ASIDE):
            chain = self._chains[side]
            turns = [math.atan2(place[1], place[0]) - (aside if side == "left" else -aside) for place in places]
            solved: list[dict[str, float]] = []
            try:
                for place, turn in zip(places, turns, strict=True):
                    waist = {TURNS: turn, LEANING: lean}
                    solved.append(chain.solve(LinkPlace(place), solved[-1] if solved else None, TRIES, waist))
            except DataError as error:
                said = str(error)
                continue
            room = min(least_room(self._robot, one) for one in solved)
            if room > max(best, least):
                self._chain, self._arm, self._turns, self._lean = chain, solved[0], turns, lean
                self._spot, self._heading = spot, heading
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
        """A place on a thing seen from an upright pelvis, m, so much farther as the body may sway away."""
        ahead, left, up = _seen_from(np.array(thing.position) + spot, pose).tolist()
        farther = 1.0 + SWAYS / max(math.hypot(ahead, left), 1e-6)
        return np.array([farther * ahead, farther * left, up - self._context.numbers["height"]])

    def _point(self, thing: SceneObject, since: float) -> Array:
        """Where the fingertips shall be, in ``map``, m, a time after the hand began to come, s."""
        share = min(max((COMES + COMING - since) / COMING, 0.0), 1.0)
        back = self._context.numbers["short"] + share * BEFORE
        ahead = np.array([math.cos(self._heading), math.sin(self._heading), 0.0])
        return np.array(thing.position) + self._spot - back * ahead + (0.0, 0.0, share * ABOVE)

    def _aimed(self, point: Array, pose: Pose2, body: GuidedBody, now: float, gone: float) -> dict[str, float]:
        """Targets of the arm that bring the fingertips to a point in ``map``, and of the waist.

        The waist turns with the way alone: what it would do about the body's sway makes the body sway more.

        Raises:
            GuideFailure: It has been out of reach for too long.
        """
        assert self._chain is not None
        seen = _seen_from(point, pose) - (0.0, 0.0, body.height)
        bent = min(1.0, (now - (self._there or now)) / BENDS)
        turn = float(np.interp(gone / max(self._length, 1e-6), SHARES, self._turns))
        waist = {**dict.fromkeys(self._waist, 0.0), TURNS: bent * turn, LEANING: bent * self._lean}
        self._arm, off = self._chain.nearest(LinkPlace(into_pelvis(seen, body)), self._arm, waist)
        self._lost = (now if self._lost is None else self._lost) if off > FAR else None
        if self._lost is not None and now - self._lost > PATIENCE:
            raise GuideFailure("the place is within reach", f"after {gone:.2f} m it is out of reach by {off:.2f} m")
        return waist | braced(self._chain, self._arm, self._robot, self._context.numbers["stiffness"], others=waist)


def _seen_from(point: Array, pose: Pose2) -> Array:
    """A point in ``map`` seen from a base: ahead, to the left, and above the ground, m."""
    return np.array([*pose.local(point[0], point[1]), point[2]])
