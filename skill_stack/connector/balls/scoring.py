"""Guide ``scoring``: plays a ball into a goal by the labels of a network that plays balls, again after a miss."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from skill_stack.connector.balls.ball_guides import BallGuide
from skill_stack.connector.balls.ball_track import BallTrack
from skill_stack.connector.balls.goal_play import DECIDES, choose, numbers_of, place_told
from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, GuideView
from skill_stack.core.spatial.mouths import Mouths
from skill_stack.core.world.scene import SceneGraph

Array = np.ndarray

GOAL = "goal"
"""What a place is called, or a kind of it, that is played to when none is named."""
SURE = 0.1
"""How far inside a post a track must have passed to count, m: places are known within some centimetres."""
WEDGED, MOVED = 25.0, 0.3
"""Time after which a ball that has not come so far, m, is taken to be wedged, s."""


class ScoringGuide(BallGuide):
    """Plays ``target`` through the mouth of ``place``. Signal: ``distance_error`` of the ball from it, m.

    The numbers of the skill choose among plays twice a second, see :mod:`skill_stack.connector.balls.goal_play`.
    """

    label = "kick"

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments ``target`` and ``place``; empty: the only ball, and the place that is called a goal."""
        self._numbers = numbers_of(context.numbers)
        self._mouth: Mouths | None = None
        self._aim = self._before = self._lay = np.zeros(2)
        self._chosen = self._moved = -math.inf
        super().__init__(context)

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        if not self._target.name:
            balls = [thing.id for thing in view.scene.objects.values() if thing.rolls or thing.kind == "ball"]
            self._target = replace(self._target, name=_only(balls, "ball", "target"))
        return super().step(view)

    def _judge(self, view: GuideView, ball: BallTrack) -> tuple[float, Array]:
        if self._mouth is None:
            self._mouth = Mouths.of(view.scene.objects[_place(view.scene, str(self._context.arguments["place"]))],
                                    seen_from=ball.place)  # fmt: skip
            self._before = self._lay = ball.place.copy()
            self._moved = view.now
        scored = self._mouth.passed_by(self._before, ball.place) <= self._mouth.half - SURE
        self._before = ball.place.copy()
        self._watch(view.now, ball)
        if view.now - self._chosen >= DECIDES - 1e-9:
            self._chosen = view.now
            base = np.array([view.pose.x, view.pose.y])
            label, self._aim = choose(self._numbers, ball.place, ball.velocity, base, self._mouth)
            self._number = int(label)
        left = 0.0 if scored else max(float(np.linalg.norm(ball.place - self._mouth.middle)), 1e-3)
        return left, place_told(np.array(self._number), ball.place, self._aim)

    def _watch(self, now: float, ball: BallTrack) -> None:
        """Raises GuideFailure when the ball has not moved for long."""
        if math.dist(ball.place, self._lay) > MOVED:
            self._lay, self._moved = ball.place.copy(), now
        elif now - self._moved > WEDGED:
            reason = f"'{self._target.name}' has not moved for {now - self._moved:.0f} s; it may be wedged"
            raise GuideFailure("ball is free", reason)


def _place(scene: SceneGraph, name: str) -> str:
    """Id of the place that is played to."""
    if name in scene.objects:
        return name
    if name:
        raise GuideFailure("target is known", f"'{name}' is not in the scene")
    goals = [thing.id for thing in scene.objects.values() if GOAL in (thing.id, thing.kind, *thing.names)]
    return _only(goals, GOAL, "place")


def _only(names: list[str], kind: str, argument: str) -> str:
    """The only one of some things; raises GuideFailure where there are none, or several."""
    if len(names) == 1:
        return names[0]
    reason = f"I know of no {kind}" if not names else f"there are {len(names)} of the kind {kind}: say which"
    raise GuideFailure(f"{argument} is known", reason)
