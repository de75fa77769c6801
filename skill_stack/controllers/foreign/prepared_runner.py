"""PreparedRunner: a tracked motion that begins once another skill has brought the robot to rest.

Where a push throws the robot from where the motion has its base, that skill has it again, steps until it rests, and the
motion begins anew. A motion with steps leaves it the legs all the time, and tells it the velocity.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.foreign.foreign_runner import ForeignRunner
from skill_stack.controllers.runners.drift_correction import VELOCITIES
from skill_stack.controllers.runners.policy_runner import PolicyRunner
from skill_stack.controllers.runners.runner import Runner, Targets
from skill_stack.core.errors import DataError
from skill_stack.core.rotation import into_body
from skill_stack.core.skills.policy_part import KeepWay

WAY = KeepWay(gain=3.0, leash=1.0)
"""How a base keeps the way of a motion with steps, 1/s, m and rad. With 0.8 and 0.3, as for walks that are commanded, a
turn of 3.1 rad ended at 2.5, and pushes left the base 0.1 m aside. With raised arms legs that are told to stay go back
by 0.1 m/s, which with 1.5 /s left the base 0.07 m behind all the time."""

LOST = 0.15
"""Distance from the way of a motion with steps from which on it begins anew, m."""


class PreparedRunner:
    """See :class:`skill_stack.controllers.runners.runner.Runner`.

    Attributes:
        inner: The motion, and what stands meanwhile.
    """

    def __init__(self, motion: ForeignRunner, stand: Runner) -> None:
        """Takes two runners.

        Args:
            motion: The motion, which approaches its first frame.
            stand: What has its joints meanwhile; of its own, not shared.

        Raises:
            DataError: It is no policy with a clock that falls silent.
        """
        if not isinstance(stand, PolicyRunner) or stand.drives is None:
            raise DataError(f"policy: start.after needs a policy that drives some joints, not '{stand.spec.name}'")
        self.inner = (motion, stand)
        self.spec, self.network, self.drives, self.progress = motion.spec, motion.network, motion.drives, 0.0
        self._motion, self._stand, self._prepares = motion, stand, True
        self._last: Targets | None = None
        self._stepping = False
        self._way = self._before = np.zeros(3)
        self._its = np.flatnonzero(stand.drives)

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Begins to stand, going on from what stood before."""
        self._motion.start(reading, before)
        self._stand.start(reading, before)
        self._prepares, self._last, self.progress = True, None, 0.0

    def continues(self, before: Runner) -> bool:
        """Whether the stand goes on from the memory of a runner."""
        return self._stand.continues(before)

    def rehearse(self, reading: FastEstimate) -> None:
        """Warms up what runs."""
        (self._stand if self._prepares else self._motion).rehearse(reading)

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick."""
        if not self._prepares:
            self._begin_anew_where_thrown(reading, dt)
        self._motion.hold_first(not self._stand.rests)
        targets = self._motion.run(reading, goals, dt)
        self.progress, velocity = self._motion.progress, self._motion.steps
        self._stepping = velocity is not None
        begins, self._prepares = self._prepares, self._prepares and self._motion.waits
        if not self._prepares and not self._stepping:
            way = self._motion.anchor_place(reading)
            self._last, self._before, self._way = targets, way if begins else self._way, way
            return targets
        if begins and not self._prepares:
            self._stand.lead(WAY)
        told = dict(zip(VELOCITIES, velocity)) if velocity is not None and not self._prepares else {}
        legs = self._stand.run(reading, told, dt)
        q, kp, kd = np.array(targets.q), list(targets.kp), list(targets.kd)
        for place in self._its:
            q[place], kp[place], kd[place] = legs.q[place], legs.kp[place], legs.kd[place]
        targets = Targets(q, tuple(kp), tuple(kd))
        self._motion.go_on_from(targets)
        return targets

    def _begin_anew_where_thrown(self, reading: FastEstimate, dt: float) -> None:
        """Has the other skill step to a halt, where the robot is too far from where the motion has it."""
        if self._stepping and self._stand.away > LOST:
            self._stand.let_go()
        elif not self._stepping and self._thrown(reading, dt):
            assert self._last is not None
            self._stand.step_from(reading, self._last, float(self._way[2]), self._motion.unloaded)
        else:
            return
        self._motion.start(reading, None)
        self._prepares = True

    def _thrown(self, reading: FastEstimate, dt: float) -> bool:
        """Whether the base is too far from where the motion has it, or goes too fast from there."""
        place, orientation = reading.base_place()
        w, x, y, z = orientation
        speed = np.array(into_body((w, -x, -y, -z), reading.base_velocity()))
        off, moving = np.asarray(place) - self._way, speed - (self._way - self._before) / dt
        return self._stand.thrown(off[:2], moving[:2])
