"""Previews: pictures of the steps of the present plan, rehearsed in a process of its own when somebody asks."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan
from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.core.rotation import yaw_of
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.world_facts import body_facts, place_facts
from skill_stack.monitor.status_board import PageEvent, StatusSnapshot
from skill_stack.planner.trial import TrialSituation
from skill_stack.runtime.rehearsal.plan_preview import PreviewJob, preview_apart


class Previews:
    """One preview at a time; from any thread."""

    def __init__(
        self, robot: str, library: SkillLibrary, tell: Callable[[PageEvent], None], device: bool = False
    ) -> None:
        """Has no pictures.

        Args:
            robot: Name of the robot.
            library: Its skills.
            tell: Takes what became of a preview.
            device: Whether plans move a real robot.
        """
        self._robot, self._library, self._tell, self._device = robot, library, tell, device
        self._guard = threading.Lock()
        self._thread: WorkerThread | None = None
        self._plan: Plan | None = None
        self._made: tuple[str, dict[int, bytes]] = ("", {})

    def note_plan(self, plan: Plan) -> None:
        """Takes the present plan; of one that was corrected the pictures show something else."""
        before, self._plan = self._plan, plan
        if before is not None and before.id == plan.id and before.tree != plan.tree:
            with self._guard:
                self._made = "", {}

    def start(self, snapshot: StatusSnapshot) -> str:
        """Begins to rehearse the present plan from where the robot is; why not, or an empty string."""
        plan = self._plan
        if plan is None or plan.tree is None:
            return "there is no plan with steps to be shown"
        if snapshot.base is None or snapshot.status is None:
            return "the robot's place is unknown, so nothing can be rehearsed"
        x, y, _ = snapshot.base.translation
        scene = replace(snapshot.scene, robot=Pose2(x, y, yaw_of(snapshot.base.rotation)))
        situation = TrialSituation(scene, self._facts(scene, snapshot), snapshot.status.task_time)
        with self._guard:
            if self._thread is not None and self._thread.is_alive():
                return "a preview is being made already"
            self._thread = WorkerThread("plan preview", self._make, plan, situation)
            self._thread.start()
        return ""

    def _facts(self, scene: SceneGraph, snapshot: StatusSnapshot) -> frozenset[Fact]:
        assert snapshot.status is not None
        body = body_facts(self._library, snapshot.status.skill, snapshot.status.progress)
        return place_facts(scene) | body

    def _make(self, plan: Plan, situation: TrialSituation) -> None:
        with tempfile.TemporaryDirectory(prefix="skill-stack-preview-") as folder:
            try:
                paths = preview_apart(PreviewJob(self._robot, plan, situation, Path(folder), self._device))
                pictures = {number: path.read_bytes() for number, path in paths.items()}
            except (SkillStackError, OSError) as error:
                self._tell(PageEvent(f"no preview: {error}", "bad"))
                return
        with self._guard:
            self._made = plan.id, pictures
        tree = plan.tree
        missing = sum(1 for _ in tree.every_skill()) - len(pictures) if tree and not tree.conditional else 0
        if missing > 0:
            self._tell(PageEvent(f"the rehearsal did not reach {missing} steps of the plan", "bad"))

    def picture(self, plan: str, step: int) -> bytes | None:
        """The picture of a step as JPEG, or None."""
        with self._guard:
            made, pictures = self._made
        return pictures.get(step) if plan == made else None

    def addresses(self, plan: str) -> Mapping[int, str]:
        """Addresses of the pictures of a plan by the index of the step."""
        with self._guard:
            made, pictures = self._made
        return {number: f"preview/{plan}/{number}.jpg" for number in pictures} if plan == made else {}
