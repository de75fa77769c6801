"""Memory: records and learning of a running planner, in a thread of its own."""

from __future__ import annotations

import functools
import queue
from collections.abc import Callable
from pathlib import Path

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.worker_thread import AGAIN, WorkerThread
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.planner.memory.experience import Experience
from skill_stack.planner.memory.lessons import Lessons
from skill_stack.planner.memory.store import ExperienceStore

MOST_WAITING = 64
"""Most pending experiences; more are dropped with a warning."""


class Memory:
    """Stores experiences and passes on the library with its lessons.

    Typical use in a node::

        memory = Memory(store_path(resources), library, lambda learnt: swap(Planner(learnt)), log.warning)
        watch = TaskWatch(plan, scene, facts, library)              # when a task begins
        watch.started(request, facts); watch.ended(outcome)         # for each step
        memory.keep(watch.experience(outcome, reason, robot, time.time(), seconds))  # returns at once
        memory.close()

    ``on_library`` is called in the worker's thread: at the start, whenever an experience changed a lesson, and when
    there are other skills.
    """

    def __init__(
        self,
        path: Path,
        library: SkillLibrary,
        on_library: Callable[[SkillLibrary], None] | None = None,
        complain: Callable[[str], object] = print,
    ) -> None:
        """Starts the worker; touches no file in the caller's thread.

        Args:
            path: The store's file.
            library: Skills as their files say.
            on_library: Takes the library with the lessons applied, in the worker's thread.
            complain: Takes what went wrong, in words; memory that fails never stops a task.
        """
        self._path, self._library, self._on_library, self._complain = path, library, on_library, complain
        self._queue: queue.Queue[Experience | SkillLibrary | None] = queue.Queue(MOST_WAITING)
        self._worker = WorkerThread("memory", self._work, again=AGAIN)
        self._worker.start()

    def keep(self, experience: Experience) -> None:
        """Has an experience stored and learned from; returns at once."""
        try:
            self._queue.put_nowait(experience)
        except queue.Full:
            self._complain(f"the memory is {MOST_WAITING} tasks behind; '{experience.words[:60]}' is not kept")

    def renew(self, library: SkillLibrary) -> None:
        """Continues with other skills, and passes them on with their lessons; returns at once.

        Args:
            library: Skills as their files say.
        """
        try:
            self._queue.put_nowait(library)
        except queue.Full:
            self._complain(f"the memory is {MOST_WAITING} tasks behind; new skills are learnt at the next start")

    def close(self, timeout: float = 5.0) -> None:
        """Writes pending experiences and ends the worker.

        Args:
            timeout: Longest wait, s of wall time.
        """
        try:
            self._queue.put(None, timeout=timeout)
        except queue.Full:
            return
        self._worker.join(timeout)

    def _work(self) -> None:
        try:
            with ExperienceStore(self._path) as store:
                told = self._tried(functools.partial(self._hand_on, store, None), None)
                while (found := self._queue.get()) is not None:
                    told = self._tried(functools.partial(self._take, store, found, told), told)
        except SkillStackError as error:
            self._complain(str(error))
            while (found := self._queue.get()) is not None:
                if isinstance(found, SkillLibrary) and self._on_library is not None:
                    self._on_library(found)

    def _tried(self, step: Callable[[], Lessons], told: Lessons | None) -> Lessons | None:
        """The lessons after one piece of work; the former ones where it fails."""
        try:
            return step()
        except Exception as error:  # noqa: BLE001 - one task must not end the memory of all later ones
            self._complain(str(error) if isinstance(error, SkillStackError) else f"nothing is learnt: {error!r}")
            return told

    def _take(self, store: ExperienceStore, found: Experience | SkillLibrary, told: Lessons | None) -> Lessons:
        """What came next: an experience, or other skills."""
        if not isinstance(found, SkillLibrary):
            store.record(found)
            return self._hand_on(store, told)
        self._library = found
        lessons = Lessons.from_store(store, found)
        if self._on_library is not None:
            self._on_library(lessons.apply(found))
        return lessons

    def _hand_on(self, store: ExperienceStore, told: Lessons | None) -> Lessons:
        """Learns, and passes on the library where that changed something."""
        lessons = Lessons.from_store(store, self._library)
        if self._on_library is not None and lessons != (Lessons() if told is None else told):
            self._on_library(lessons.apply(self._library))
        return lessons
