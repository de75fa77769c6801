"""What known postures save: ``python -m skill_stack.training.hands.posture_bench allegro_right push_to_ring``.

The same tasks are searched twice by the cross-entropy method, with as many runs of a policy at most: in the first
principal components of postures that other skills of the hand begin with, and in all joints, from the best of random
postures. A task is solved when the posture does it in most of hands that the search has not seen.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from skill_stack.core.arguments import command_line
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.evaluation.measured import commit_here
from skill_stack.evaluation.suite import seeds_of
from skill_stack.training.figures import add_figures
from skill_stack.training.hands.hand_task import HandTrainingTask, load_any_task
from skill_stack.training.hands.posture_prior import PosturePrior, fit, known_postures
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.teacher_search import FingerTrial, SearchSettings, improve
from skill_stack.training.timed_lines import timed_lines

ENOUGH = 0.75
"""Share of unseen hands in which a posture has to do a task; searches behind shipped skills ended at 0.67 to 1 of those
of the training."""
HANDS = 96
STARTS = 192
"""Random postures that the search in all joints begins with; three hands try each."""
FAR = 0.02
"""How far new tasks push, m; the shipped ones 15 to 24 mm."""
SETTINGS = SearchSettings(generations=16, candidates=16, ticks=80)
UNSEEN = 1000
"""Added to a seed for the worlds in which a posture is judged."""
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Search:
    """How one search went.

    Attributes:
        solved: Whether it found a posture.
        ticks: Runs of the policy, of all hands together; those that only judge do not count.
        share: Share of unseen hands that did it in the end.
    """

    solved: bool
    ticks: int
    share: float


def pushes(base: HandTrainingTask, degrees: list[float], metres: float = FAR) -> list[HandTrainingTask]:
    """Tasks that push what lies in the palm into directions between those of the hand's skills.

    Args:
        base: A task that pushes.
        degrees: Directions from the palm's y axis to its z axis, degrees.
        metres: How far, m.

    Raises:
        DataError: The task pushes nothing.
    """
    if base.aim is None:
        raise DataError(f"{base.robot}/{base.skill} pushes nothing: it has no 'aim'")
    tasks = []
    for angle in degrees:
        middle = metres * math.cos(math.radians(angle)), metres * math.sin(math.radians(angle))
        aim = base.aim.model_copy(update={"middle": middle})
        tasks.append(base.model_copy(update={"aim": aim, "skill": f"push {angle:g} degrees"}))
    return tasks


def searched(
    robot: RobotSpec, task: HandTrainingTask, seed: int, prior: PosturePrior | None, settings: SearchSettings,
    hands: int = HANDS, starts: int = STARTS,
) -> Search:  # fmt: skip
    """Searches a posture that does a task.

    Args:
        robot: The hand.
        task: The task.
        seed: Seed of worlds and candidates.
        prior: Numbers in which it is searched; None: in all joints, from the best of random postures.
        settings: Candidates, ticks, and how many generations at most; the random postures count as some of them.
        hands: How many hands try.
        starts: How many random postures.
    """
    many = task.model_copy(update={"worlds": hands, "ppo": task.ppo.model_copy(update={"robots": hands})})
    trial, unseen = (FingerTrial(robot, many, at, posture=True, prior=prior) for at in (seed, seed + UNSEEN))
    ticks, shares, each = [0], [0.0], hands * settings.ticks

    def enough(mean: np.ndarray) -> bool:
        ticks.append(ticks[-1] + each)
        shares.append(unseen.share(mean))
        return shares[-1] >= ENOUGH or ticks[-1] + each > settings.generations * each

    if prior is None:
        trial.begin_with_best(starts, settings.ticks, seed, lambda text: None)
        ticks[0] = 3 * starts * settings.ticks
    improve(trial, hands, seed, settings, lambda text: None, enough)
    return Search(shares[-1] >= ENOUGH, ticks[-1], round(shares[-1], 3))


def compare(
    robot: RobotSpec, resources: Resources, tasks: list[HandTrainingTask], seeds: Sequence[int], numbers: int,
    hands: list[RobotSpec], report: Report,
) -> list[dict[str, Any]]:  # fmt: skip
    """Searches every task both ways; of known postures, that of the task itself is left out."""
    rows = []
    for task in tasks:
        prior = fit(known_postures(robot, resources, (task.skill,), hands), numbers)
        for seed in seeds:
            known, joints = (searched(robot, task, seed, one, SETTINGS) for one in (prior, None))
            rows.append({"task": task.skill, "seed": seed, "known": asdict(known), "joints": asdict(joints)})
            report(f"{task.skill}, seed {seed}: known postures {_told(known)}; all joints {_told(joints)}")
    return rows


def summary(rows: list[dict[str, Any]]) -> str:
    """Tasks solved by either way, and the ticks that both took where both solved them."""
    both = [row for row in rows if row["known"]["solved"] and row["joints"]["solved"]]
    ticks = {way: sum(row[way]["ticks"] for row in both) for way in ("known", "joints")}
    solved = {way: sum(row[way]["solved"] for row in rows) for way in ("known", "joints")}
    share = f"{ticks['known'] / ticks['joints']:.2f} of the ticks where both do" if both else "no task by both"
    return f"known postures solve {solved['known']} of {len(rows)}, all joints {solved['joints']}; {share}"


def _told(one: Search) -> str:
    return f"{'solved' if one.solved else 'not solved'} ({one.share:.0%}) in {one.ticks} ticks"


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when everything was searched."""
    text = "Compare searches for postures of a hand, in what its other skills have in common and in all joints."
    parser = skill_parser("hands.posture_bench", text, "allegro_right push_to_ring --seeds 1-2", "a skill that pushes")
    parser.add_argument("--degrees", type=float, nargs="*", default=[], help="new directions to push into")
    parser.add_argument("--skills", nargs="*", default=[], help="skills that are learnt once more, without their own")
    parser.add_argument("--seeds", type=seeds_of, default=(1,), help="e.g. 1-2 (default: 1)")
    parser.add_argument("--numbers", type=int, default=4, help="principal components (default: 4)")
    parser.add_argument("--hands", nargs="*", default=[], help="hands whose postures are known (default: its own)")
    options, report = parser.parse_args(arguments), timed_lines()
    torch.set_num_threads(1)
    resources, robot, folder = named(options)
    base = _hand_task(folder)
    tasks = pushes(base, options.degrees) + [
        _hand_task(resources.find(f"models/{robot.name}/{name}", "skill")) for name in options.skills
    ]
    hands = [load_robot(resources.robot(name), resources) for name in options.hands]
    rows = compare(robot, resources, tasks, options.seeds, options.numbers, hands, report)
    add_figures(folder, {"known_postures": {"commit": commit_here(), "numbers": options.numbers, "rows": rows}})
    report(summary(rows))
    return 0


def _hand_task(folder: Path) -> HandTrainingTask:
    task = load_any_task(folder)
    if not isinstance(task, HandTrainingTask):
        raise DataError(f"{task.robot}/{task.skill} is no skill of a hand")
    return task


if __name__ == "__main__":
    sys.exit(main())
