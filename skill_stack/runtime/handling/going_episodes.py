"""Episodes of a humanoid that walks up to things, with a camera in its head that corrects its drift, and without."""

from __future__ import annotations

from skill_stack.core.resources import Resources
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.evaluation.suite import load_suite
from skill_stack.runtime.episodes.scenario_episodes import ScenarioEpisodes
from skill_stack.runtime.episodes.scenario_line import ScenarioLine, SeeingLine

SKILL = "go_to"
"""Task of the robot's own suite of skills."""


class GoingEpisodes:
    """Runs and judges the task of the suite of a robot's skills, pushes included."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Loads what all episodes share.

        Args:
            resources: Where suites, robots and skills are.
            robot: Name of the robot, and of its suite.

        Raises:
            SkillStackError: A file is missing or wrong.
        """
        suite = load_suite(resources.find(f"config/scenarios/{robot}.yaml", "suite"))
        self._runners = [ScenarioEpisodes(resources, suite, _no_clock, line=one) for one in (SeeingLine, ScenarioLine)]

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges a seed, seeing and blind."""
        seeing, blind = (runner.named(SKILL, seed) for runner in self._runners)
        target = str(seeing.arguments["target"])
        words = f"go to {target}"
        return ContrastScore(seed, words, target, seeing.passed, blind.passed, seeing.reason, seeing.simulated_seconds)


def _no_clock() -> float:
    return 0.0
