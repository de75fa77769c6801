"""PoolRehearser: trials in several processes at once."""

from __future__ import annotations

import contextlib
import functools
import math
import select
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, TypeVar

from skill_stack.core.plan import Plan
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.planner.trial import Trial, TrialJob, TrialSituation
from skill_stack.runtime.rehearsal.rehearsal_outlook import Outlook
from skill_stack.runtime.rehearsal.rehearsal_worker import RehearsalWorker, TrialFailed, WorkerLost
from skill_stack.runtime.rehearsal.rehearsal_world import Doubt

Answer = TypeVar("Answer")


class PoolRehearser:
    """See :class:`skill_stack.planner.rehearsal.Rehearser`; for one rehearsal at a time."""

    def __init__(
        self, environment: Mapping[str, str], robot: str, doubt: Doubt, workers: int, seconds: float = math.inf,
        device: bool = False,
    ) -> None:  # fmt: skip
        """Starts the processes.

        Args:
            environment: Environment by which they find robots and skills.
            robot: Name of the robot.
            doubt: How far worlds differ from what is known.
            workers: Processes, at least 1.
            seconds: Longest time that trials are waited for, s: processes that still load, or a long trial, end it.
            device: Whether what is rehearsed will move a real robot.

        Raises:
            SkillStackError: The robot is missing or wrong.
        """
        resources = Resources.from_environment(environment)
        spec = load_robot(resources.robot(robot), resources)
        self._outlook = Outlook(load_library(resources, spec), spec.footprint, doubt)
        self._seconds = seconds
        self._given = (environment, robot, doubt, device)
        self._workers = [RehearsalWorker(*self._given) for _ in range(max(1, workers))]
        self._late = set(self._workers)  # loading, or at a trial whose result nobody waits for any more

    def load(self, seconds: float) -> None:
        """Waits until a process has loaded robot and skills, or failed to; what is wrong with it, the first trial says.

        Args:
            seconds: Longest time that it waits, s.
        """
        ready, _, _ = select.select([worker.output for worker in self._late], [], [], seconds)
        with contextlib.suppress(WorkerLost):
            self._came_late(ready)

    def outlook(self, situation: TrialSituation, plans: Sequence[Plan]) -> list[float]:
        """The outlook by geometry, computed in this process, since it takes milliseconds."""
        return self._outlook.chances_of(situation, plans)

    def trials(self, situation: TrialSituation, jobs: Sequence[TrialJob]) -> Iterator[tuple[TrialJob, Trial]]:
        """Makes the trials, as many at once as there are processes; closing it leaves out those that have not begun.

        Raises:
            WorkerLost: A process ended; a new one takes its place for the next trials.
            TrialFailed: A trial could not be made.
        """
        waiting, idle = list(jobs)[::-1], [worker for worker in self._workers if worker not in self._late]
        running: dict[RehearsalWorker, TrialJob] = {}
        end = time.monotonic() + self._seconds
        try:
            while waiting or running:
                while waiting and idle:
                    worker, job = idle.pop(), waiting.pop()
                    self._guarded(worker, functools.partial(RehearsalWorker.ask, situation=situation, job=job))
                    running[worker] = job
                left = None if math.isinf(end) else max(0.0, end - time.monotonic())
                ready, _, _ = select.select([worker.output for worker in (*running, *self._late)], [], [], left)
                if not ready:
                    return
                idle += self._came_late(ready)
                for worker in [worker for worker in running if worker.output in ready]:
                    job = running.pop(worker)
                    trial = self._guarded(worker, RehearsalWorker.answer)
                    idle.append(worker)
                    if trial is not None:
                        yield job, trial
        finally:
            self._late |= running.keys() & set(self._workers)

    def _came_late(self, ready: Sequence[IO[bytes]]) -> list[RehearsalWorker]:
        """Late processes that have answered: asked before, they would hold up who asks."""
        free = [worker for worker in self._late if worker.output in ready]
        for worker in free:
            self._late.remove(worker)
            with contextlib.suppress(TrialFailed):
                self._guarded(worker, RehearsalWorker.answer)
        return free

    def _guarded(self, worker: RehearsalWorker, act: Callable[[RehearsalWorker], Answer]) -> Answer:
        """Uses a process; a lost one is replaced."""
        try:
            return act(worker)
        except WorkerLost:
            self._workers.remove(worker)
            worker.close()
            self._workers.append(new := RehearsalWorker(*self._given))
            self._late.add(new)
            raise

    def close(self) -> None:
        """Ends the processes."""
        for worker in self._workers:
            worker.close()
