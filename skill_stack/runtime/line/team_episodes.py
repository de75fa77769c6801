"""Episodes of tasks for several robots in one world, in one process, judged by simulator truth."""

from __future__ import annotations

import math
from collections.abc import Mapping

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.scenes.team_scenes import NAMES, PAIR, TeamScene, alone, mixed_scene, team_scene
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.evaluation.scores.team_score import TeamScore
from skill_stack.planner.fleet.fleet_run import FleetRun
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.scenario_line import SeeingLine
from skill_stack.runtime.episodes.scoring import judge_near
from skill_stack.runtime.line.line import Line
from skill_stack.runtime.line.team_line import TeamKit, TeamLine, beside

LONGEST = 120.0
"""Task time after which a task is ended, s."""


class TeamEpisodes:
    """Runs tasks, each in its own world."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Loads what all episodes share.

        Args:
            resources: Where robots and skills are.
            robot: Name of the robots.

        Raises:
            SkillStackError: A file is missing or wrong.
        """
        self._settings = ConnectorSettings()
        self._kits = dict.fromkeys(NAMES, _kit(resources, robot))

    def score(self, seed: int) -> TeamScore:
        """Runs and judges the task of a seed: by all robots, by one, and by robots that do not hear one another."""
        scene = team_scene(seed)
        team, run = self.run(scene, scene.starts, scene.words)
        reason = self.wrong(scene, team, run)
        unheard, _ = self.run(scene, scene.starts, scene.words, heard=False)
        return TeamScore(
            seed, scene.kind, scene.words, not reason, reason, len(team.world.touched), len(unheard.world.touched),
            round(team.seconds, 2), round(self._alone(scene), 2),
        )  # fmt: skip

    def _alone(self, scene: TeamScene) -> float:
        """Task time of the one robot that is fastest by the length of its way, s; NaN where it fails."""
        name, order = alone(scene)
        labels = [one.resolve().label for one in scene.file.objects]
        names = dict(zip((one.id for one in scene.file.objects), labels, strict=True))
        words = ", then ".join(f"go to the {names[one]}" for one in order)
        team, run = self.run(scene, {name: scene.starts[name]}, words)
        return math.nan if self.wrong(scene, team, run) else team.seconds

    def run(
        self, scene: TeamScene, starts: Mapping[str, Pose2], words: str, heard: bool = True
    ) -> tuple[TeamLine, FleetRun | str]:
        """Carries out a task in a new world.

        Args:
            scene: The floor.
            starts: Where robots start, by name; the floor may have fewer robots than the task was made for.
            words: The task.
            heard: Whether the robots hear one another.

        Returns:
            The robots, and their shares, or why there are none.
        """
        setup = set_up(scene.file, scene.seed)
        setups = {name: beside(setup, start, n) for n, (name, start) in enumerate(starts.items())}
        team = TeamLine(self._kits, setups, self._settings, heard)
        team.stand_up()
        return team, team.do(words, LONGEST)

    def wrong(self, scene: TeamScene, team: TeamLine, run: FleetRun | str) -> str:
        """What was wrong with a task that was carried out, by simulator truth and by what the robots say themselves.

        Args:
            scene: The floor.
            team: The robots after it.
            run: Their shares, or why there are none.

        Returns:
            In words; empty where everything was reached and nobody touched another robot or fell.
        """
        if isinstance(run, str):
            return run
        out = [] if run.outcome == "succeeded" else [run.reason]
        names = list(team.lines)
        out += [f"{names[a]} touched {names[b]}" for a, b in sorted(team.world.touched)]
        out += [f"{name} fell" for name, line in team.lines.items() if line.device.truth().fallen]
        things = next(iter(team.lines.values())).scene
        ends: list[tuple[str, Truth]] = team.ends
        for target in scene.targets:
            who = scene.named.get(target) if len(names) > 1 else None
            there = [judge_near([truth], things[target]) for name, truth in ends if who in (None, name)]
            if not any(verdict.passed for verdict in there):
                nearest = min(there, key=lambda verdict: verdict.measured["distance"], default=None)
                out.append(f"nobody was at {target}" + (f": {nearest.reason}" if nearest else ""))
        return "; ".join(out)


class MixedEpisodes(TeamEpisodes):
    """Runs tasks of a dog and a humanoid on one floor, and again without that they hear one another.

    The humanoid has a camera in its head.
    """

    def __init__(self, resources: Resources, robot: str) -> None:
        """Loads what all episodes share.

        Args:
            resources: Where robots and skills are.
            robot: Names of the two robots, joined by ``+``.

        Raises:
            SkillStackError: A file is missing or wrong.
        """
        self._settings = ConnectorSettings()
        kinds = robot.split("+")
        self._kits = {name: _kit(resources, kind, SeeingLine) for name, kind in zip(PAIR, kinds, strict=True)}

    def score(self, seed: int) -> ContrastScore:  # type: ignore[override]  # nobody does it alone
        """Runs and judges the task of a seed."""
        scene = mixed_scene(seed)
        team, run = self.run(scene, scene.starts, scene.words)
        reason, seconds = self.wrong(scene, team, run), team.seconds
        unheard, alone_run = self.run(scene, scene.starts, scene.words, heard=False)
        without = not self.wrong(scene, unheard, alone_run)
        return ContrastScore(seed, scene.words, scene.kind, not reason, without, reason, round(seconds, 2))


def _kit(resources: Resources, robot: str, line: type[Line] = Line) -> TeamKit:
    """A robot with its skills."""
    spec = load_robot(resources.robot(robot), resources)
    library = load_library(resources, spec)
    return TeamKit(spec, library, Planner(library), line)
