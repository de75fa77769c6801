"""Guide ``closing``: pushes a leaf with a hinge shut with the chest, steps back and looks at it."""

from __future__ import annotations

import math

from skill_stack.connector.guides.guide import GuideFailure, GuideStep, GuideView, TargetMemory
from skill_stack.connector.guides.opening import NOT_DONE, OpeningGuide, swings
from skill_stack.connector.guides.pushing import RUN_UP
from skill_stack.connector.paths.obstacle_removal import BLOCKED
from skill_stack.connector.paths.steering import hold_heading
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.world_facts import SHUT_ANGLE

_LEVER, _SHARE = 0.6, 0.6  # m from the hinge to where the middle of the chest pushes; the same as a share of the leaf
_RATE = 0.6  # rad/s at which the leaf is turned
_PAST = 0.3  # rad beyond shut to which it is pushed: feet slip
_TRIES = 2  # pushes until it is told that it did not shut
_GETS_ON, _PRESSED = 0.05, 1.5  # rad by which it gets on within s, or the leaf gives way no more
_BACK, _BACK_SPEED = 0.5, 0.3  # m and m/s back from the shut leaf, which a camera cannot see from so near
_INWARD = 1.0  # 1/s, of the distance from the arc


class ClosingGuide(OpeningGuide):
    """Closes ``target`` from the side to which it swings. Signal: ``open_by``, rad that lack until it is shut.

    The robot walks behind the open leaf and pushes it along the arc of its hinge, its chest along the leaf, until that
    gives way no more; steps back, and looks: what is not shut is pushed once more. Where there is no way behind it, it
    cannot be closed.
    """

    signal = "open_by"
    _tries = 0
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
                told = f"I can only push '{self._names[0]}' shut from the other side, and there is no way to it"
                raise GuideFailure("door can be pushed", told) from failure
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

    def _look(self, view: GuideView) -> GuideStep:
        """Looks at the leaf, and begins again where it is not shut."""
        try:
            return self._look_back(view)
        except GuideFailure as failure:
            if failure.name != NOT_DONE or self._tries >= _TRIES:
                raise
        self._line = self._ended = self._facing = None
        return self.step(view)

    def _plan(self, view: GuideView) -> None:
        """The place behind the leaf where the push begins; what is shut is only looked at."""
        door = TargetMemory(self._names[0], 0.0).find(view)
        hinge, leaf, push = swings(door)
        self._shut = Pose2(hinge.x, hinge.y, leaf)
        self._sense = math.copysign(1.0, wrap_angle(push - leaf))
        length = math.hypot(*(door.hinge or (0.0, 0.0))) + door.size[0] / 2
        self._lever = min(_LEVER, _SHARE * length)
        self._off = self._context.footprint.front - self._reach + door.size[1] / 2
        self._pushed_shut, self._tries = False, self._tries + 1
        self._least, self._least_at = math.inf, view.now
        stands = self._shut.compose(Pose2(0.0, 0.0, self._sense * door.opened))
        away = self._off + self._reach + RUN_UP
        start = stands.compose(Pose2(self._lever, self._sense * away, -self._sense * math.pi / 2))
        self._begin(start, 0.0)
        self._length = door.opened * self._lever
        if door.opened <= SHUT_ANGLE:
            self._ended = view.now

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
        remaining = (angle + _PAST) * self._lever
        return self._named(self._move(ahead, left, rate, 0.0, remaining))
