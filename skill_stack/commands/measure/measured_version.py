"""Whether measured results match the present robot, skills and worlds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skill_stack.commands.measure import evaluate_hand
from skill_stack.commands.measure.evaluate import suite_file
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.evaluation.hand_suite import load_hand_suite
from skill_stack.evaluation.suite import load_suite
from skill_stack.runtime.episodes.scenario_version import Versions


class VersionsNow:
    """Versions of measurements today; a suite is loaded once.

    Args:
        found: Where suites, robots and skills are.
    """

    def __init__(self, found: Resources) -> None:
        self._found = found
        self._suites: dict[str, Callable[[str], str]] = {}

    def agrees(self, results: dict[str, Any]) -> bool | None:
        """Whether results were measured with what there is now.

        Args:
            results: What was measured of one skill.

        Returns:
            None where they do not state their version, or where their suite or task does not exist any more.
        """
        suite, task, version = (results.get(key) for key in ("suite", "task", "version"))
        if not suite or not task or not version:
            return None
        try:
            if suite not in self._suites:
                self._suites[suite] = self._versions(suite)
            return bool(self._suites[suite](task) == version)
        except (SkillStackError, KeyError):
            return None

    def _versions(self, name: str) -> Callable[[str], str]:
        """What gives the version of a task of a suite."""
        file, found = suite_file(self._found, name), self._found
        content = read_yaml(file)
        if isinstance(content, dict) and content.get("through") == evaluate_hand.THROUGH:
            return evaluate_hand.HandVersions(load_hand_suite(file), found).version_of
        suite = load_suite(file)
        versions, tasks = Versions(found, suite), {task.name: task for task in suite.tasks}
        return lambda task: versions.version_of(tasks[task])
