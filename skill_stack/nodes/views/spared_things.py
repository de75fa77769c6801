"""SparedThings: which objects are not moved aside, by knowledge that is read in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.core.resources import Resources
from skill_stack.core.world.scene import SceneGraph, SceneObject

if TYPE_CHECKING:
    from skill_stack.planner.hazards.check import Hazards


class SparedThings:
    """Answers whether an object must be left alone; all must until the knowledge has been read."""

    def __init__(self, resources: Resources) -> None:
        """Begins to read.

        Args:
            resources: Where the knowledge is.
        """
        self._resources = resources
        self._hazards: Hazards | None = None
        self._reader = WorkerThread("knowledge of things", self._read, again=5.0)
        self._reader.start()

    def _read(self) -> None:
        from skill_stack.language import Knowledge, load_lexicon  # on demand: they take a second
        from skill_stack.planner.hazards.check import Hazards

        self._hazards = Hazards(Knowledge.load(self._resources.list("config/knowledge")), load_lexicon())

    def __call__(self, thing: SceneObject, scene: SceneGraph) -> bool:
        """Whether an object breaks, lives, or is needed by somebody, or nothing is known yet."""
        return self._hazards is None or self._hazards.spared(thing, scene)
