"""Guides ``dribbling``, ``kicking`` and ``stopping``: play a rolling ball by looks that come late and now and then.

What they share has ``scoring``, too.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import replace

import numpy as np

from skill_stack.connector.balls.ball_play import LABELS, LEAD, TOLD, observe, searching
from skill_stack.connector.balls.ball_track import BallTrack
from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, GuideView, TargetMemory
from skill_stack.connector.guides.pace import look_ahead
from skill_stack.connector.paths.distance_field import SEEN
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.world_facts import STALE

Array = np.ndarray

TURNS, OLDEST = 3.0, 20.0
"""Time without a look after which the robot turns to where the ball was, and goes on turning, and that after which it
gives up, s."""
STANDS = dict.fromkeys((*TOLD, "vx", "vy"), 0.0)
"""Goal values of the base that stands; the last two are velocities that keep it clear of what is near."""
ARRIVES = 0.35
"""Distance from its place within which a kicked ball has arrived, m."""
_GOES = 0.15
"""Speed of the base from which on the way ahead has to be free, m/s."""
KEPT = 0.43
"""Distance from the robot's front within which a ball that rests is stopped, m."""
STILL_BALL, RESTS = 0.1, 1.0
"""Speed of a track below which a ball rests, m/s, and for how long it must, s."""


class BallGuide(ABC):
    """What they share: a track of the ball ``target``, and what the network that plays it is told."""

    label = ""

    def __init__(self, context: GuideContext) -> None:
        """Takes the argument ``target``, the ball."""
        self._ball: BallTrack | None = None
        self._now = self._seen = self._rests = self._begun = -math.inf
        self._side = 1.0
        self._was: tuple[float, Pose2] | None = None
        self._start = np.zeros(2)
        self._done = False
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; the ball's way counts from where the step began."""
        self._context, self._target = context, TargetMemory(str(context.arguments["target"]), OLDEST)
        self._number = LABELS.index(self.label)

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        ball = self._follow(view)
        left, goal = self._judge(view, ball)
        self._done = self._done or left <= 0.0
        left = 0.0 if self._done else left
        signals = {"distance_error": left, "remaining": left}
        if self._done:
            return GuideStep(STANDS, signals, left, (self._target.name, SEEN))
        self._look_ahead(view)
        pose = view.pose
        inside = [np.array(pose.local(*point.tolist())) for point in (ball.place, goal)]
        c, s = math.cos(pose.yaw), math.sin(pose.yaw)
        rolls = np.array([[c, s], [-s, c]]) @ ball.velocity
        if view.now - max(self._seen, self._begun) > TURNS:
            told = searching(np.array(self._side))
        else:
            self._side = math.copysign(1.0, inside[0][1])
            told = observe(inside[0], rolls, inside[1], np.array(self._number))
        goals = STANDS | dict(zip(TOLD, told.tolist(), strict=True))
        return GuideStep(goals, signals, left, (self._target.name, SEEN))

    def _look_ahead(self, view: GuideView) -> None:
        """Whether the way is free along which the base is moving: the network knows nothing of obstacles."""
        was, self._was = self._was, (view.now, view.pose)
        if was is None or view.now <= was[0]:
            return
        x, y = was[1].local(view.pose.x, view.pose.y)
        seconds = view.now - was[0]
        speed = {"vx": x / seconds, "vy": y / seconds}
        if math.hypot(*speed.values()) > _GOES:
            others = [thing for name, thing in view.scene.objects.items() if name != self._target.name]
            look_ahead(replace(view, outlines=Outlines.from_objects(others)), speed, self._context.footprint)

    def _follow(self, view: GuideView) -> BallTrack:
        """The track of the ball, with its newest look."""
        thing = self._target.find(view)
        if Fact(STALE, (thing.id,)) in view.scene.facts:
            raise GuideFailure("target is known", f"the camera by which I follow '{thing.id}' shows me nothing")
        place = np.array(thing.position[:2])
        if self._ball is None:
            self._ball, self._start = BallTrack(place), place
            self._now = self._rests = self._begun = view.now
        self._ball.pass_time(view.now - self._now)
        self._now = view.now
        if thing.last_seen > self._seen:
            self._seen = thing.last_seen
            self._ball.look(place, max(0.0, view.now - thing.last_seen), np.array(True))
        elif view.now - max(self._seen, self._begun) > OLDEST:
            raise GuideFailure("target is known", f"'{thing.id}' was last seen {view.now - self._seen:.0f} s ago")
        return self._ball

    @abstractmethod
    def _judge(self, view: GuideView, ball: BallTrack) -> tuple[float, Array]:
        """What is left, m, and where the ball is to go, m in ``map``, shape (2,)."""

    def _unrest(self, view: GuideView, ball: BallTrack) -> float:
        """How far the ball is beyond where it is kept, and rolls in a second, m; 0 once it has rested for 1 s."""
        gap = math.dist(view.pose.local(*ball.place.tolist()), (self._context.footprint.front, 0.0))
        left = max(0.0, gap - KEPT) + max(0.0, float(np.linalg.norm(ball.velocity)) - STILL_BALL)
        if left > 0.0:
            self._rests = view.now
        return 0.0 if view.now - self._rests >= RESTS else max(left, 1e-3)


class DribblingGuide(BallGuide):
    """Dribbles ``target`` ahead by ``way`` metres, as the robot faces when it begins, and stops it there.

    Signal: ``distance_error``, m.
    """

    label = "dribble"

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments ``target`` and ``way``."""
        self._along: Array | None = None
        super().__init__(context)

    def _judge(self, view: GuideView, ball: BallTrack) -> tuple[float, Array]:
        if self._along is None:
            self._along = np.array([math.cos(view.pose.yaw), math.sin(view.pose.yaw)])
        gone = float((ball.place - self._start) @ self._along)
        left = self._context.number("way") - gone
        if left <= 0.0 or self._number != LABELS.index(self.label):  # then it is stopped
            self._number = LABELS.index("stop")
            return self._unrest(view, ball), ball.place
        return left + 1.0, self._start + (gone + LEAD) * self._along


class KickingGuide(BallGuide):
    """Kicks ``target`` to ``place``, again if need be. Signal: ``distance_error`` of the ball, m."""

    label = "kick"

    def _judge(self, view: GuideView, ball: BallTrack) -> tuple[float, Array]:
        place = view.scene.objects.get(str(self._context.arguments["place"]))
        if place is None:
            raise GuideFailure("target is known", f"'{self._context.arguments['place']}' is not in the scene")
        goal = np.array(place.position[:2])
        return max(0.0, float(np.linalg.norm(ball.place - goal)) - ARRIVES), goal


class StoppingGuide(BallGuide):
    """Has ``target`` roll out before the robot and stays with it.

    Signal: ``distance_error``, how far the ball is beyond where it is kept, and how far it rolls in a second, m.
    """

    label = "stop"

    def _judge(self, view: GuideView, ball: BallTrack) -> tuple[float, Array]:
        return self._unrest(view, ball), ball.place
