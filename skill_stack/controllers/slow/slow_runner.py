"""SlowRunner: a skill whose network or planner is too slow for the control loop."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.runner import Runner, Targets
from skill_stack.controllers.runners.runner_substitution import RunnerSubstitution
from skill_stack.controllers.slow.chunk_plan import Chunk, ChunkPlan
from skill_stack.controllers.slow.slow_action import SlowAction
from skill_stack.controllers.slow.slow_link import SlowLink
from skill_stack.controllers.slow.slow_sight import SlowSight
from skill_stack.controllers.slow.slow_skill import SlowSkill
from skill_stack.core.setpoint import Shortfall
from skill_stack.core.shared_memory.slow_channel import SlowAnswer, SlowQuestion, SlowUse
from skill_stack.core.skills.manifest_chunk import SLACK

Array = np.ndarray
REST = 1.0
"""Time for which the fallback drives after a void answer, or a plan that came too late, before the next question, s."""


@dataclass(frozen=True, slots=True)
class SlowParts:
    """Components of a slow skill.

    Attributes:
        sight: Puts questions together.
        action: Gives answers their meaning.
        link: Where questions go and answers come from.
        fallbacks: The fallback of each phase of the skill, a separate runner each, by the phase's name.
        base: Runner of the skill whose goal values the network gives, or None.
    """

    sight: SlowSight
    action: SlowAction
    link: SlowLink
    fallbacks: Mapping[str, Runner]
    base: Runner | None = None


class SlowRunner:
    """See :class:`skill_stack.controllers.runners.runner.Runner`; a tick sends questions, takes new answers, and never
    waits.

    Attributes:
        inner: The base, where there is one, and the fallbacks.
        lacks: What the motion comes no nearer to, by the newest answer.
    """

    def __init__(self, skill: SlowSkill, parts: SlowParts) -> None:
        """Takes its parts.

        Args:
            skill: The skill.
            parts: What it is made of.
        """
        spec, manifest, chunk = skill.spec, skill.manifest, skill.chunk
        self.spec, self.network, self.progress, self.lacks = spec, "", 0.0, Shortfall()
        self.drives = parts.base.drives if parts.base is not None else parts.action.drives
        distinct = {id(runner): runner for runner in parts.fallbacks.values()}
        self.inner = (*((parts.base,) if parts.base is not None else ()), *distinct.values())
        self._manifest, self._chunk, self._parts = manifest, chunk, parts
        self._plan = ChunkPlan(chunk, skill.linear)
        self._change = RunnerSubstitution(spec.blend)
        self._sequence = self._ticks = 0
        self._use = SlowUse(max_age=chunk.max_age)
        self._first = 1
        self._asked: dict[int, tuple[float, Array]] = {}
        self._fallback: Runner | None = None
        self._now = self._due = 0.0
        self._prompt = skill.policy is None
        self._goals: Mapping[str, float] = {}
        self._told: tuple[Array | None, dict[str, float]] = (None, {})

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Restarts; until the first answer the fallback drives."""
        self._now, self._due, self._ticks, self.progress, self.lacks = 0.0, 0.0, 0, 0.0, Shortfall()
        self._asked = {}
        self._first = self._sequence + 1
        self._plan.start(self._first)
        self._parts.sight.start()
        self._change.start()
        self._change.active = True
        self._fallback = self._of_phase()
        self._fallback.start(reading, before)
        self._use = dataclasses.replace(self._use, age=float("inf"), falls_back=True)

    def rehearse(self, reading: FastEstimate) -> None:
        """Warms up the active runner."""
        driving = self._fallback if self._change.active else self._parts.base
        if driving is not None:
            driving.rehearse(reading)

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick."""
        now = self._now
        self._parts.sight.look(reading, goals, now, self._plan.ahead)
        if now >= self._due - SLACK or self._edited(goals):
            self._ask(reading, now)
        answers, broken = self._parts.link.answers(now)
        if answers or broken:
            self._take(answers, broken, now)
        found = self._plan.at(now)
        if found is None:
            targets = self._fall_back(reading, goals, dt)
        else:
            targets = self._go_on(found, reading, dt)
        self._now = now + dt
        self._ticks += 1
        return self._change.fade(targets, dt)

    def _edited(self, goals: Mapping[str, float]) -> bool:
        """Whether a motion that is planned shall be another one, which is not to wait for the next plan."""
        before, self._goals = self._goals, goals
        return self._prompt and goals is not before and goals != before and not self._change.active

    def _ask(self, reading: FastEstimate, now: float) -> None:
        """Sends a question, and reports its state from time to time."""
        period = 1.0 / self._manifest.rate
        self._due += period
        if self._due <= now + SLACK:  # questions that were missed are not made good
            self._due = now + period
        self._sequence += 1
        sight = self._parts.sight
        self._asked[self._sequence] = (now, self._parts.action.origin(reading))
        reach = self._chunk.max_age + period
        self._asked = {number: one for number, one in self._asked.items() if now - one[0] <= reach}
        self._parts.link.ask(SlowQuestion(self._sequence, self._ticks, reading.task_time, sight.values()), now)
        self._tell(asked=self._use.asked + 1)

    def _take(self, answers: list[SlowAnswer], broken: int, now: float) -> None:
        taken = 0
        for answer in answers:
            self.lacks = answer.lacks if answer.sequence >= self._first else self.lacks
            if answer.void and answer.sequence >= self._first:
                self._refuse(now)
            if answer.void:
                continue
            if not (np.isfinite(answer.actions).all() and np.isfinite(answer.progress).all()):
                broken += 1
                continue
            asked = self._asked.pop(answer.sequence, None)
            if asked is None:
                self._plan.late += answer.sequence >= self._first  # else it is of a run before
                continue
            values = self._parts.action.values(answer.actions, asked[1])
            progress = np.clip(answer.progress, 0.0, 1.0)
            taken += self._plan.add(Chunk(answer.sequence, asked[0], now, values, progress), now)
            self._use = dataclasses.replace(self._use, ticks=self._ticks - answer.tick)
        use = self._use
        self._use = dataclasses.replace(use, taken=use.taken + taken, late=self._plan.late, broken=use.broken + broken)

    def _refuse(self, now: float) -> None:
        """What answers takes back what it answered before."""
        self._begin_anew(now)
        self._use = dataclasses.replace(self._use, refused=self._use.refused + 1)

    def _begin_anew(self, now: float) -> None:
        """The fallback drives for a while, and what was asked before counts no more; then it is asked again."""
        self._first = self._sequence + 1
        self._plan.start(self._first)
        self._asked = {}
        self._due = now + REST

    def _go_on(self, found: tuple[Array, float], reading: FastEstimate, dt: float) -> Targets:
        values, self.progress = found
        base = self._parts.base
        if self._change.active:
            if base is not None:
                base.start(reading, self._fallback)
            self._change.change(False)
            self._tell(falls_back=False)
        if base is None:
            return self._parts.action.targets(values)
        if values is not self._told[0]:  # a base looks at goal values anew where the object is another one
            self._told = (values, dict(zip(self._manifest.action.goals, values.tolist())))
        return base.run(reading, self._told[1], dt)

    def _fall_back(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        if not self._change.active:
            self._fallback = self._of_phase()
            self._fallback.start(reading, self._parts.base)
            self._change.change(True)
            self._tell(falls_back=True, fallbacks=self._use.fallbacks + 1)
            if self._prompt:  # what is planned next begins from where the fallback has come to rest
                self._begin_anew(self._now)
        assert self._fallback is not None
        return self._fallback.run(reading, {}, dt)

    def _of_phase(self) -> Runner:
        return self._parts.fallbacks[self.spec.phase_at(self.progress).name]

    def _tell(self, **changes: int | bool) -> None:
        self._use = dataclasses.replace(self._use, age=self._plan.age(self._now), **changes)  # type: ignore[arg-type]
        self._parts.link.tell(self._use)

    @property
    def use(self) -> SlowUse:
        """State of the slow policy."""
        return dataclasses.replace(self._use, age=self._plan.age(self._now))
