"""Practice: one goal after the other, each through scene, feasibility and the cheapest learner that holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from skill_stack.core.errors import DataError
from skill_stack.practice.goal import Goal
from skill_stack.practice.practice_store import KeptGoal, PracticeStore, PractisedRun
from skill_stack.practice.settings import PracticeSettings

HOPELESS = 3
"""Runs in a row without success at the beginning after which a learner is left for the next one."""


REFUSED = 3
"""Scenes of a goal that may be refused before it is left."""


class NotKept(DataError):
    """What was practised cannot get its name."""


class NoScene(DataError):
    """A scene cannot be simulated; the message says why."""


class NotLearnt(DataError):
    """A learner found nothing that is worth a run; the message says how far it came."""


class Learner(Protocol):
    """A way to come to a skill, the cheapest first: composition, reward terms, trajectory, PPO.

    Attributes:
        name: Its name.
    """

    name: str

    def suits(self, goal: Goal) -> str:
        """Why it cannot learn a goal, or an empty string; moves nothing and is cheap."""

    def learn(self, goal: Goal, seconds: float) -> None:
        """Learns what its runs need, which may be nothing; what an interrupted call learnt is gone on with.

        Args:
            goal: The goal.
            seconds: Processor time that is left for it, s.

        Raises:
            NotLearnt: Nothing came of it.
        """

    def run(self, goal: Goal, seed: int) -> PractisedRun:
        """One run in the world of a seed; raises NoScene where its scene is none."""

    def keep(self, goal: Goal, passed: int, runs: int) -> str:
        """Puts what was learnt into the library as practised; returns the skill's name.

        Raises:
            NotKept: Its name is taken.
            DataError: The disk is full; the goal stays open, and no run is lost.
        """


class Practice:
    """Practises goals of one robot. What was done before is on the disk, and goes on from there."""

    def __init__(
        self,
        robot: str,
        store: PracticeStore,
        learners: Sequence[Learner],
        settings: PracticeSettings,
        lower: Callable[[int, int], float],
        tell: Callable[[str], None],
        cpu: Callable[[], float] = time.process_time,
    ) -> None:
        """Takes its parts.

        Args:
            robot: Name of the robot.
            store: What was practised.
            learners: In the order of their costs.
            settings: How to practise.
            lower: Lower end of the interval of a rate of success, of successes and runs.
            tell: Takes lines for people.
            cpu: Processor time of this process, s.
        """
        self._cpu = cpu
        self.robot, self.store, self._learners, self._settings = robot, store, learners, settings
        self._lower, self._tell = lower, tell

    def each(self, proposals: Iterable[Goal]) -> Iterator[KeptGoal]:
        """Practises what was left open, then proposals that are new; yields each goal as it stands afterwards.

        Args:
            proposals: Goals, the most wanted first; endless ones are fine.
        """
        for kept in self.store.goals(self.robot, "open"):
            yield self.practise(kept)
        known = 0
        for goal in proposals:
            new = self.store.propose(goal)
            known = 0 if new is not None else known + 1
            if new is not None:
                yield self.practise(new)
            elif known >= self._settings.proposals:
                self._tell(f"nothing new in {known} proposals")
                return

    def practise(self, kept: KeptGoal) -> KeptGoal:
        """Practises one goal with each learner that suits it until one holds."""
        why: list[str] = []
        suited = False
        for learner in self._learners:
            problem = learner.suits(kept.goal)
            if problem:
                why.append(f"{learner.name}: {problem}")
                continue
            problem, came_near = self._learn(kept, learner)
            suited |= came_near
            if not problem:
                break
            why.append(f"{learner.name}: {problem}")
        else:
            self.store.settle(kept.id, "given up" if suited else "unsuited", "; ".join(why) or "no learner suits it")
        found = self.store.by_key(kept.goal.key)
        assert found is not None
        self._tell(f"{found.goal.words}: {found.state}, {found.reason}")
        return found

    def _learn(self, kept: KeptGoal, learner: Learner) -> tuple[str, bool]:
        """Why a learner did not come to a skill, empty where it did; and whether it ever reached the goal."""
        problem, results = self._tried(kept, learner)
        passed = sum(results)
        if problem:
            return problem, passed > 0
        try:
            name = learner.keep(kept.goal, passed, len(results))
        except NotKept as error:
            return f"reached in {passed} of {len(results)} worlds, but not kept: {error}", True
        self.store.settle(kept.id, "kept", f"'{name}', {passed} of {len(results)} worlds", learner.name)
        return "", True

    def _tried(self, kept: KeptGoal, learner: Learner) -> tuple[str, list[bool]]:
        """Runs of a goal in fresh worlds until the interval holds or cannot hold any more."""
        settings, before = self._settings, self.store.runs(kept.id, learner.name)
        results: list[bool] = []
        refused, seed = 0, 0
        try:
            if not self._learnt(kept, learner):
                return self._over, results
        except NotLearnt as error:
            return str(error), results
        while len(results) < settings.worlds:
            seed += 1
            try:
                passed = before[seed] if seed in before else self._run(kept, learner, seed)
            except NoScene as error:
                refused += 1
                self._tell(f"{kept.goal.words}: {error}")
                if refused > REFUSED:
                    return str(error), results
                continue
            if passed is None:
                return self._over, results
            results.append(passed)
            if reason := self._hopeless(results):
                return reason, results
        return "", results

    @property
    def _over(self) -> str:
        return f"{self._settings.minutes:g} minutes of processor time are over"

    def _left(self, kept: KeptGoal) -> float:
        """Processor time that is left for a goal, s."""
        now = self.store.by_key(kept.goal.key)
        return 60.0 * self._settings.minutes - (now.spent if now is not None else 0.0)

    def _learnt(self, kept: KeptGoal, learner: Learner) -> bool:
        """Has a learner learn; False where a goal's time is over. The time counts also where nothing came of it."""
        left, began = self._left(kept), self._cpu()
        if left <= 0.0:
            return False
        try:
            learner.learn(kept.goal, left)
        finally:
            self.store.spend(kept.id, self._cpu() - began)
        return True

    def _run(self, kept: KeptGoal, learner: Learner, seed: int) -> bool | None:
        """Whether a goal was reached in a new world; None where its time is over."""
        if self._left(kept) <= 0.0:
            return None
        run = learner.run(kept.goal, seed)
        self.store.add(kept.id, run)
        return run.passed

    def _hopeless(self, results: Sequence[bool]) -> str:
        """Why more runs cannot make a skill of it, or an empty string."""
        settings, passed, count = self._settings, sum(results), len(results)
        if count >= HOPELESS and not passed:
            return f"not reached in any of {count} worlds"
        best = passed + settings.worlds - count
        if self._lower(best, settings.worlds) < settings.holds:
            return f"reached in {passed} of {count} worlds, which cannot hold {settings.holds:g} any more"
        return ""
