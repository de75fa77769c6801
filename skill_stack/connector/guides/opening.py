"""Guides ``opening`` and ``closing``: push a leaf with a hinge open or shut with the chest, and look at it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, GuideView, TargetMemory
from skill_stack.connector.guides.pushing import LOOK, OFF, RUN_UP, PushingGuide
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.paths.obstacle_removal import BLOCKED
from skill_stack.connector.paths.steering import hold_heading, turn_for
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.world_facts import OPEN_ANGLE, SHUT_ANGLE

_LEVER = 0.42  # m from the hinge to where the middle of the chest pushes
_BEYOND = 0.5  # m beyond the swept circle, where the robot can turn round
_SHUT = 0.3  # share of the angle that the chest would have opened it by, below which it did not give way
_INTO = 0.3  # m that the chest is into it from where on that is told
_FACED, _LOOKS, _PATIENCE = 0.25, 1.0, 6.0  # rad; s of looking at it until it is told; s until it counts as not seen
_LOOKING = 1.0 + math.pi  # what remains when it begins to look: a look, and at most half a turn, rad
_NEAR_BY = 0.5  # s of facing it unseen after which the robot is too near to its end, and goes back

_CHEST, _SHARE = 0.6, 0.6  # m from the hinge to where the middle of the chest pushes; the same as a share of the leaf
_RATE = 0.6  # rad/s at which the leaf is turned
_PAST = 0.3  # rad beyond shut to which it is pushed: feet slip
_GETS_ON, _PRESSED = 0.05, 1.5  # rad by which it gets on within s, or the leaf gives way no more
_PLACES = 9  # on the way to the leaf where a wall may be between
_BACK, _BACK_SPEED = 0.5, 0.3  # m and m/s back from the shut leaf, which a camera cannot see from so near
_INWARD = 1.0  # 1/s, of the distance from the arc
NOT_DONE = "door is as asked for"
"""Name of the failure of a door that is seen not to be as it was asked for."""


class OpeningGuide(PushingGuide):
    """Opens ``target``, which swings away from the robot. Signal: ``shut_by``, rad that lack until it is open.

    The robot walks straight on through the opening beside the hinge, so that the leaf slides along its chest and its
    flank, turns round behind it, and tells by what it sees whether it is open. What is not, is pushed once more from
    where it began, if there is a way back.
    """

    signal = "shut_by"

    def __init__(self, context: GuideContext) -> None:
        """Takes the argument ``target``."""
        self._told: GuideFailure | None = None
        self._ended: float | None = None
        self._facing: float | None = None
        self._first: float | None = None
        self._stood: Pose2 | None = None
        super().__init__(context)

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        if self._ended is None:
            try:
                pushed = super().step(view)
            except GuideFailure as failure:
                if self._told is None:
                    raise
                raise self._told from failure
            if self._line is not None and (not self._behind or pushed.remaining > 0.0):
                return self._named(pushed)
            self._ended = view.now
        return self._look(view)

    def _look(self, view: GuideView) -> GuideStep:
        """Looks at the leaf, and begins again where it is not as was asked for."""
        try:
            return self._look_back(view)
        except GuideFailure as failure:
            if failure.name != NOT_DONE or self._told is not None:
                raise
            self._told = failure
        self._line = self._ended = self._facing = self._first = self._stood = None
        return self.step(view)

    def _named(self, step: GuideStep) -> GuideStep:
        """A step before the look, with the signal of this guide; the look remains, too."""
        left = step.remaining + _LOOKING
        return replace(step, signals={self.signal: OPEN_ANGLE, "remaining": left}, remaining=left)

    def _plan(self, view: GuideView) -> None:
        """The line through the opening; from the other side the leaf cannot be pushed."""
        door = TargetMemory(self._names[0], 0.0).find(view)
        hinge, leaf, push = _swings(door)
        if self._told is None and door.opened < OPEN_ANGLE and door.opens_towards(view.pose.x, view.pose.y):
            raise GuideFailure("door swings away", f"'{door.id}' swings towards me, and I can only push it open")
        length = math.hypot(*(door.hinge or (0.0, 0.0))) + door.size[0] / 2
        front, lever = self._context.footprint.front, min(_LEVER, length / 2)
        back = front + RUN_UP
        self._lever = lever - self._context.footprint.side
        x, y = hinge.x + lever * math.cos(leaf), hinge.y + lever * math.sin(leaf)
        line = Pose2(x - back * math.cos(push), y - back * math.sin(push), push)
        self._begin(line, 0.0, max(OFF, length / 2))  # a leaf is as wide, and pushes back towards its free edge
        self._length = (back + length + _BEYOND) / (1.0 - self._slip)
        if door.opened >= OPEN_ANGLE:
            self._behind, self._length = True, 0.0  # it is open by now: to look at it is left

    def _watch(self, view: GuideView, ahead: float) -> None:
        """Compares how far the leaf is seen to be open with how far the chest would have pushed it.

        Raises:
            GuideFailure: It stays shut.
        """
        self._since = view.now if self._since is None else self._since
        door = view.scene.objects.get(self._names[0])
        into = (1.0 - self._slip) * ahead - RUN_UP - self._reach
        if door is None or door.last_seen <= self._since + LOOK or into < _INTO:
            return
        if view.now - door.last_seen < LOOK and door.opened < _SHUT * math.atan2(into, self._lever):
            raise GuideFailure("door gives way", f"'{door.id}' stays shut although I push")

    def _look_back(self, view: GuideView) -> GuideStep:
        """Turns to the leaf until it is seen how far it is open, and goes back from one that is too near to be seen.

        Raises:
            GuideFailure: It is not as was asked for, or nobody sees it.
        """
        door = TargetMemory(self._names[0], self._context.settings.lost_grace).find(view)
        bearing = view.pose.bearing_to(*door.position[:2])
        left = self._lacks(door)
        goals = {"vx": 0.0, "vy": 0.0, "wz": turn_for(bearing, self._settings, _FACED / 2, True), **self._upright}
        faces = abs(bearing) <= _FACED
        self._facing = (view.now if self._facing is None else self._facing) if faces else None
        assert self._ended is not None, "it looks after the push"
        if self._first is None and door.last_seen > self._ended:
            self._first = door.last_seen
        if self._first is None or door.last_seen - self._first < _LOOKS or not faces:
            if self._facing is not None and view.now - self._facing > _PATIENCE:
                raise GuideFailure("door is seen", f"I do not see how far '{door.id}' is open")
            left_over = _LOOKING - math.pi + abs(bearing)
            signals = {self.signal: OPEN_ANGLE, "remaining": left_over}
            return GuideStep(goals | self._further(view, door), signals, left_over)
        if left > 0.0:
            told = f"'{door.id}' is open by {math.degrees(door.opened):.0f} degrees afterwards"
            raise GuideFailure(NOT_DONE, told)
        return GuideStep(goals, {self.signal: 0.0, "remaining": 0.0}, 0.0)

    def _further(self, view: GuideView, door: SceneObject) -> dict[str, float]:
        """A velocity back from a leaf that is faced and not seen; none where the robot has gone back far enough."""
        if self._facing is None or view.now - max(self._facing, door.last_seen) < _NEAR_BY:
            return {}
        self._stood = self._stood or view.pose
        gone = view.pose.distance_to(self._stood.x, self._stood.y)
        return {"vx": -_BACK_SPEED} if gone < _BACK else {}

    def _lacks(self, door: SceneObject) -> float:
        """The angle that lacks until it is as was asked for, rad."""
        return max(0.0, OPEN_ANGLE - door.opened)


class ClosingGuide(OpeningGuide):
    """Closes ``target`` from the side to which it swings. Signal: ``open_by``, rad that lack until it is shut.

    The robot walks behind the open leaf and pushes it along the arc of its hinge, its chest along the leaf, until that
    gives way no more; steps back, and looks: what is not shut is pushed once more. Where there is no way behind it, it
    cannot be closed.
    """

    signal = "open_by"
    _pushed_shut: bool
    _shut: Pose2
    _sense: float
    _least: float
    _least_at: float

    def _lacks(self, door: SceneObject) -> float:
        """The angle that lacks until it is shut, rad."""
        return max(0.0, door.opened - SHUT_ANGLE)

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        if self._line is None:
            self._plan(view)
        assert self._line is not None
        if self._ended is not None:
            return self._look(view)
        if not self._behind:
            try:
                return self._named(self._get_behind(view, self._length, wrap_angle(self._line.yaw - view.pose.yaw)))
            except GuideFailure as failure:
                if failure.name != BLOCKED:
                    raise
                raise self._unreached() from failure
        ahead, aside = self._shut.local(view.pose.x, view.pose.y)
        aside *= self._sense
        angle = math.atan2(aside, ahead) - math.atan2(self._off, self._lever)
        if self._least - angle > _GETS_ON:
            self._least, self._least_at = angle, view.now
        if not self._pushed_shut and angle > -_PAST and view.now < self._least_at + _PRESSED:
            return self._sweep(view, angle, math.hypot(ahead, aside))
        self._pushed_shut = True
        left = self._off + _BACK - aside
        if left > 0.0:
            turn = wrap_angle(self._heading(0.0) - view.pose.yaw)
            return self._named(self._move(-_BACK_SPEED, 0.0, hold_heading(turn, self._settings), 0.0, left))
        self._ended = view.now
        return self._look(view)

    def _plan(self, view: GuideView) -> None:
        """The place behind the leaf where the push begins; what is shut is only looked at."""
        door = TargetMemory(self._names[0], 0.0).find(view)
        hinge, leaf, push = _swings(door)
        self._shut = Pose2(hinge.x, hinge.y, leaf)
        self._sense = math.copysign(1.0, wrap_angle(push - leaf))
        length = math.hypot(*(door.hinge or (0.0, 0.0))) + door.size[0] / 2
        self._lever = min(_CHEST, _SHARE * length)
        self._off = self._context.footprint.front - self._reach + door.size[1] / 2
        self._pushed_shut = False
        self._least, self._least_at = math.inf, view.now
        stands = self._shut.compose(Pose2(0.0, 0.0, self._sense * door.opened))
        away = self._off + self._reach + RUN_UP
        start = stands.compose(Pose2(self._lever, self._sense * away, -self._sense * math.pi / 2))
        way = np.linspace(0.0, away, _PLACES)[:, None] * (math.cos(start.yaw), math.sin(start.yaw)) + (start.x, start.y)
        fixed = [one for one in view.scene.objects.values() if not one.movable and one.id != door.id]
        if (Outlines.from_objects(fixed).distances(way) <= 0.0).any():
            raise self._unreached()
        self._begin(start, 0.0)
        self._length = self._left_of(door.opened)
        if door.opened <= SHUT_ANGLE:
            self._ended = view.now

    def _unreached(self) -> GuideFailure:
        """The failure of a leaf that leans against a wall, or of which the other side is cut off."""
        told = f"I can only push '{self._names[0]}' shut from the other side, and there is no way to it"
        return GuideFailure("door can be pushed", told)

    def _left_of(self, angle: float) -> float:
        """The way of the chest and back again from a leaf that is open by an angle, rad, in m."""
        return (angle + _PAST) * self._lever + self._off + _BACK

    def _heading(self, angle: float) -> float:
        """Heading of a robot whose chest is along the leaf, which is open by an angle, rad."""
        return wrap_angle(self._shut.yaw + self._sense * (angle - math.pi / 2))

    def _sweep(self, view: GuideView, angle: float, radius: float) -> GuideStep:
        """Pushes along the arc of the hinge.

        Args:
            view: What is known.
            angle: By how much the leaf would be open at the chest, rad.
            radius: Distance of the base from the hinge, m.
        """
        out = _INWARD * (math.hypot(self._lever, self._off) - radius) / math.hypot(self._lever, self._off)
        turn = wrap_angle(self._heading(angle) - view.pose.yaw)
        ahead, left = _RATE * self._lever - out * self._off, self._sense * (_RATE * self._off + out * self._lever)
        rate = hold_heading(turn, self._settings) - self._sense * _RATE
        remaining = self._left_of(angle)
        return self._named(self._move(ahead, left, rate, 0.0, remaining))


def _swings(door: SceneObject) -> tuple[Pose2, float, float]:
    """Where the hinge is, how the shut leaf points away from it, and how it is pushed open, rad.

    Raises:
        GuideFailure: It has no hinge.
    """
    if door.hinge is None:
        raise GuideFailure("target has a hinge", f"'{door.id}' is nothing that opens: it has no hinge")
    return door.axis, *door.leaf_headings
