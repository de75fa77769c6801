"""Blender: runs the active skills, weights them per joint and fades from the previous command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.holding_runner import HoldingRunner
from skill_stack.controllers.runners.runner import Continuing, Foresighted, Gripping, Runner, Targets, inside
from skill_stack.controllers.runners.weight_fade import NOTHING, WeightFade, normalised
from skill_stack.controllers.safety.envelopes import widest
from skill_stack.controllers.safety.safety_layer import gains_are_sane
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillWeight
from skill_stack.core.skills.skill import Envelope

Array = np.ndarray
Goals = Mapping[str, float]

BEFORE, KEPT = "(before)", "(kept)"
"""Names, which no skill can have, of constant targets: the last command, and joints that no skill drives."""


@dataclass(frozen=True, slots=True)
class BlendShare:
    """An active runner with its weights.

    Attributes:
        runner: The runner.
        goals: Goal values of a skill that is being left, which keeps its last ones; None for those in force.
    """

    runner: Runner
    goals: Goals | None = None


@dataclass(frozen=True, slots=True)
class _Started:
    """What was started for a choice: the runners by skill, and for skills that are left the one that goes on there."""

    shares: dict[str, BlendShare]
    heirs: dict[str, str]


class Blender:
    """Joint targets of the active skills.

    A change of skills or weights fades. Where one setpoint follows another, outgoing skills run on until their weight
    is zero. A stance instead takes over from the last command, because the outgoing skill may be at fault.

    Attributes:
        shares: What runs now, by skill.
        main: The runner with the largest weight, or None when nothing runs.
        asked: Skills with weights as they were chosen.
        envelope: Limits of what runs, the widest of a mix; None when nothing runs.
    """

    def __init__(self, robot: RobotSpec) -> None:
        """Starts without a skill."""
        self._robot = robot
        self._kp_max, self._kd_max = robot.safety.kp_max, robot.safety.kd_max
        self._kp, self._kd = tuple(robot.column("kp").tolist()), tuple(robot.column("kd").tolist())
        self._damped = (0.0,) * robot.size, tuple(robot.column("damp_kd").tolist())
        self.shares: dict[str, BlendShare] = {}
        self.main: Runner | None = None
        self.asked: tuple[SkillWeight, ...] | None = None
        self.envelope: Envelope | None = None
        self._alone: Runner | None = None
        self._foresighted: Foresighted | None = None
        self._fade: WeightFade | None = None
        self._still: dict[str, Array] = {}
        self._goals: Goals = {}

    def clear(self) -> None:
        """Removes all skills; the next one starts from the measured joints."""
        self.shares, self.asked, self.main, self.envelope = {}, None, None, None
        self._alone, self._foresighted, self._fade, self._still = None, None, None, {}

    def choose(
        self,
        asked: tuple[SkillWeight, ...],
        runners: Sequence[Runner],
        reading: FastEstimate,
        last: Targets | None,
        runs_on: bool = False,
        again: bool = False,
    ) -> None:
        """Applies a selection of skills; does nothing when it already runs.

        A skill that has reached its end, and is not its own stance, begins again for a new request, also during its
        fade-out: a gesture is repeated, a lasting posture is not.

        Args:
            asked: Skills with weights, of which at least one is above zero.
            runners: Their runners, in the same order.
            reading: Where the robot is.
            last: Last command; None when the robot was damped.
            runs_on: Whether skills that are left run on until they are faded out.
            again: Whether this is a new request.
        """
        before, self.asked = self.asked, asked
        same = asked == before
        if same and not again:
            return
        ran = {weight.skill for weight in before or ()}
        named = {weight.skill: runner for weight, runner in zip(asked, runners)}
        over = self._drop_over(set(named) if again else set(named) - ran)
        if same and not over:
            return
        raw = self._weights_of(asked, named)
        end = {name: share for name, share in normalised(raw).items() if share.any()}
        self._keep(end, reading, last)
        self._regrip(end, reading, last)
        started = self._start({name: named[name] for name in named if name in end}, reading, last)
        begin = self._begin(started, reading, last, runs_on)
        blend = max(named[name].spec.blend for name in named)
        self.main = named[max(raw, key=lambda name: float(raw[name].sum()))]
        self.envelope = widest([runner.spec.envelope for runner in named.values()], self._robot.safety)
        self._fade = WeightFade(begin, end, blend)
        self._still = {name: targets for name, targets in self._still.items() if name in self._fade.end}
        self._alone = self._foresighted = None
        if self._fade.done:
            self._settle()

    def _drop_over(self, names: set[str]) -> bool:
        """Removes skills that reached their end, so that they can restart; whether there were any."""
        over = {name for name in names & set(self.shares) if _over(self.shares[name].runner)}
        self.shares = {name: share for name, share in self.shares.items() if name not in over}
        return bool(over)

    def _weights_of(self, asked: Sequence[SkillWeight], named: Mapping[str, Runner]) -> dict[str, Array]:
        """Weight of each skill per joint, by its name."""
        raw = {name: np.zeros(self._robot.size) for name in named}
        for weight in asked:
            raw[weight.skill] += self._weights(weight, named[weight.skill])
        return raw

    def _weights(self, weight: SkillWeight, runner: Runner) -> Array:
        weights = np.zeros(self._robot.size)
        names = self._robot.members(weight.joints)
        weights[self._robot.indices(names) if names else slice(None)] = weight.weight
        return weights if runner.drives is None else weights * runner.drives

    def _keep(self, end: dict[str, Array], reading: FastEstimate, last: Targets | None) -> None:
        """Holds joints that no skill drives at their targets, or at their positions, with gains that hold them."""
        kept = 1.0 - np.sum(list(end.values()), axis=0) if end else np.ones(self._robot.size)
        if not (kept > NOTHING).any():
            return
        targets = np.array(last or (reading.position, self._kp, self._kd))
        if self._fade is not None and KEPT in self._still:
            already = self._fade.weights()[KEPT] > NOTHING
            targets[:, already] = self._still[KEPT][:, already]
        end[KEPT] = np.where(kept > NOTHING, kept, 0.0)
        self._still[KEPT] = targets

    def _regrip(self, end: dict[str, Array], reading: FastEstimate, last: Targets | None) -> None:
        """Lets a skill that goes on, and now holds more joints, take them over as they press."""
        had = self._fade.weights() if self._fade is not None else {}
        for name in end.keys() & self.shares.keys():
            gained = end[name] > np.maximum(had.get(name, 0.0), NOTHING)
            runner = self.shares[name].runner
            if last is not None and gained.any() and isinstance(runner, HoldingRunner):
                runner.take_hold(reading, last)

    def _begin(self, started: _Started, reading: FastEstimate, last: Targets | None, runs_on: bool) -> dict[str, Array]:
        """The initial weights, and the skills that run until the requested ones have taken over."""
        begin, gone = dict(self._fade.weights()) if self._fade is not None else {}, self.shares
        for heir, name in started.heirs.items():
            if heir in begin:
                begin[name] = begin.pop(heir)
        self.shares = started.shares
        if runs_on and last is not None and begin:
            for name in begin:
                if name in gone:
                    goals = self._goals if gone[name].goals is None else gone[name].goals
                    self.shares.setdefault(name, BlendShare(gone[name].runner, goals))
            return begin
        for name in started.heirs.values():
            if len(self.shares) == 1 and name in begin and float(begin[name].min()) > 1.0 - NOTHING:
                return {name: begin[name]}
        self._still[BEFORE] = np.array(last or (reading.position, *self._damped))
        return {BEFORE: np.ones(self._robot.size)}

    def _start(self, named: Mapping[str, Runner], reading: FastEstimate, last: Targets | None) -> _Started:
        """Starts new runners; one of the same network continues from the one it replaces."""
        shares, heirs = {name: BlendShare(runner) for name, runner in named.items()}, {}
        for name, runner in named.items():
            if name in self.shares:
                continue
            left = [
                old for old, share in self.shares.items() if old not in named and _goes_on(share.runner, runner)
            ]
            runner.start(reading, self.shares[left[0]].runner if left else self.main)
            for part in inside(runner):
                if last is not None and isinstance(part, Gripping):
                    part.take_hold(reading, last)
            if left and left[0] not in heirs:
                heirs[left[0]] = name
        return _Started(shares, heirs)

    def _settle(self) -> None:
        """Ends the fade: outgoing skills are removed, and a single skill that drives everything runs alone."""
        assert self._fade is not None
        end = self._fade.end
        self.shares = {name: share for name, share in self.shares.items() if end[name].any()}
        self._still = {name: targets for name, targets in self._still.items() if name in end and end[name].any()}
        if len(self.shares) == 1 and not self._still:
            self._alone = runner = next(iter(self.shares.values())).runner
            self._foresighted = runner if isinstance(runner, Foresighted) else None

    def prepare(self) -> None:
        """Computes ahead for the next tick; call it after the command was sent."""
        if self._foresighted is not None:
            self._foresighted.prepare()

    def run(self, reading: FastEstimate, goals: Goals, dt: float) -> Targets:
        """One tick.

        Args:
            reading: Where the robot is.
            goals: Goal values by name, SI.
            dt: Time since the last tick, s.
        """
        self._goals = goals
        return self._mix(reading, goals, dt) if self._alone is None else self._alone.run(reading, goals, dt)

    def _fits(self, targets: Targets) -> bool:
        """Whether targets can be blended; others pass unchanged, for the safety layer to refuse."""
        q, kp, kd = targets
        return len(q) == len(kp) == len(kd) == self._robot.size and gains_are_sane(kp, kd, self._kp_max, self._kd_max)

    def _mix(self, reading: FastEstimate, goals: Goals, dt: float) -> Targets:
        fade = self._fade
        assert fade is not None, "something was chosen before it runs"
        if not fade.done:
            fade.advance(dt)
            if fade.done:
                self._settle()
        weights = fade.weights()
        mixed = np.zeros((3, self._robot.size))
        for name, share in self.shares.items():
            targets = share.runner.run(reading, goals if share.goals is None else share.goals, dt)
            if self._alone is not None or not self._fits(targets):
                return targets
            mixed += weights[name] * np.array(targets)
        for name, still in self._still.items():
            mixed += weights[name] * still
        q, kp, kd = mixed.tolist()
        return Targets(q, tuple(kp), tuple(kd))


def _over(runner: Runner) -> bool:
    """Whether a skill has reached its end and is not its own stance; one with goals continues with the next one."""
    spec = runner.spec
    played = spec.kind in ("posture", "vendor") or (spec.kind == "policy" and not spec.goal)
    return played and runner.progress >= 1.0 and spec.phase_at(1.0).stance != spec.name


def _goes_on(first: Runner, second: Runner) -> bool:
    """Whether the second goes on where the first is, without a jump."""
    return first.network == second.network != "" or (isinstance(second, Continuing) and second.continues(first))
