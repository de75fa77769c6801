"""Learns the schedule of a task of the whole body: ``python -m skill_stack.training.blending.search``.

The cross-entropy method finds when a schedule changes over and what its blends are, by the rewards from which the
network learns, too. It prints them as YAML for ``beginning`` in blend.yaml.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import torch
import yaml

from skill_stack.connector.whole_body.decisions import PERIOD
from skill_stack.connector.whole_body.legs_mixer import MIRRORED
from skill_stack.core.arguments import command_line
from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.training.blending.beginning import scheduled
from skill_stack.training.blending.settings import Beginning, BlendSettings, load_settings
from skill_stack.training.blending.worlds import CYCLE, BlendWorlds
from skill_stack.training.skill_parser import named
from skill_stack.training.teacher_search import SearchSettings, improve, search_parser
from skill_stack.training.timed_lines import timed_lines

Array = np.ndarray

PLAIN = Beginning(away=0.4, far={}, near={})
"""What a search begins with: all actions are 0, where everything has an equal share."""
AWAY_SPREAD, SPREAD = 0.2, 1.0
"""Standard deviations at first, of the distance at which a schedule changes over, m, and of an action."""
LARGEST = 3.0
"""Largest action; more makes no difference to shares."""


class ScheduleTrial:
    """See :class:`skill_stack.training.teacher_search.NumbersTrial`; numbers of a schedule with two blends.

    What is to the left or right of the target is left to the primitives: a schedule that leans to one side would be
    learnt by chance alone.
    """

    good = "did it"

    def __init__(self, worlds: Callable[[], BlendWorlds], begin: Beginning = PLAIN, share: float = 1.0) -> None:
        """Begins with a schedule.

        Args:
            worlds: Begins worlds of one task, a robot for each candidate.
            begin: The schedule.
            share: Of the standard deviations at first.
        """
        self._begin, self._like = worlds, begin
        self._begun: BlendWorlds | None = (begun := worlds())
        self._all, self._inputs = begun.names, begun.inputs
        self._names = [name for name in dict.fromkeys(begun.names) if name not in MIRRORED]
        self._rate = begun.decisions_a_second
        self._parts = ("far", "near") if begin.calm is None else ("far", "near", "calm")
        actions = [getattr(begin, part).get(name, 0.0) for part in self._parts for name in self._names]
        self.mean = np.array([begin.away, *actions])
        self.spread = share * np.array([AWAY_SPREAD, *np.full(len(actions), SPREAD)])

    def schedule(self, numbers: Array) -> Beginning:
        """Numbers as a schedule."""
        away, *rest = np.round(numbers, 2).tolist()
        rows = np.clip(np.reshape(rest, (len(self._parts), -1)), -LARGEST, LARGEST).tolist()
        parts = {part: dict(zip(self._names, row)) for part, row in zip(self._parts, rows)}
        return self._like.model_copy(update={"away": away, **parts})

    def tried(self, rows: Array, ticks: int) -> tuple[Array, Array]:
        """See ``NumbersTrial``; the score is the reward per second, so that whoever is sooner done gets more."""
        worlds, self._begun = self._begun or self._begin(), None
        schedules = [self.schedule(row) for row in rows]
        reward, decisions = np.zeros(len(rows)), round(ticks / (PERIOD["blended"] * CYCLE))
        for _ in range(decisions):
            seen = worlds.get_observations()["actor"].numpy()
            actions = [
                scheduled(one, "blended", self._all, dict(zip(self._inputs, row)))[0]
                for one, row in zip(schedules, seen.astype(float))
            ]
            reward += worlds.step(torch.from_numpy(np.stack(actions)))[1].numpy()
        return reward * self._rate / decisions, worlds.done_by_robot()


def search(
    robot: RobotSpec, library: SkillLibrary, skill: str, settings: BlendSettings, task: str, seed: int,
    how: SearchSettings, report: Callable[[str], None], known: bool = False,
) -> Beginning:  # fmt: skip
    """The schedule of one task that the search ends with.

    Args:
        robot: The robot.
        library: Its skills.
        skill: The blended one.
        settings: How it is learnt.
        task: The task.
        seed: Of candidates and worlds.
        how: Length and width of the search.
        report: Takes one line per generation.
        known: Begin with the schedule in the settings, in place of one that knows nothing.

    Raises:
        UnknownName: The skill has no such task.
    """
    if task not in settings.tasks:
        raise UnknownName("task", task, settings.tasks)
    one = settings.model_copy(update={
        "beginning": {task: settings.beginning[task]},
        "ppo": settings.ppo.model_copy(update={"robots": how.candidates}),
    })  # fmt: skip
    number = iter(range(1_000))
    begin, share = (settings.beginning[task], how.spread) if known else (PLAIN, 1.0)
    trial = ScheduleTrial(
        lambda: BlendWorlds(robot, library, skill, one, "blended", 1_000 * seed + next(number)), begin, share
    )
    return trial.schedule(improve(trial, how.candidates, seed, how, report))


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = search_parser(
        "blending.search",
        "Search for the schedule of a task of the whole body; prints it as YAML for blend.yaml.",
        "go2 blend_body --task box_press",
        "a blended skill with mixer: learnt or legs, and blend.yaml beside it",
        SearchSettings(8, 24, 2000),
        200,
    )
    parser.add_argument("--task", required=True, help="one of those in blend.yaml")
    text = "begin with the schedule in blend.yaml, in place of one that knows nothing"
    parser.add_argument("--known", action="store_true", help=text)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    resources, robot, folder = named(options)
    how = SearchSettings(options.generations, options.candidates, options.ticks)
    library, settings = load_library(resources, robot), load_settings(folder)
    report, task = timed_lines(), options.task
    found = search(robot, library, options.skill, settings, task, options.seed, how, report, options.known)
    told = found.model_dump(mode="json", exclude_defaults=True)
    print(yaml.safe_dump({"beginning": {task: told}}, sort_keys=False, default_flow_style=None), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
