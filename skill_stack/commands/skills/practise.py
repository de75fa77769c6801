"""``skill-stack practise``: a robot practises by itself in simulation, or one kept motion becomes a policy."""

from __future__ import annotations

import argparse
import importlib.util
import os
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from skill_stack.commands.common import add_json, note, print_json, resources
from skill_stack.commands.train import ExtraMissing
from skill_stack.core.arguments import INTERRUPTED, positive
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library

if TYPE_CHECKING:
    from skill_stack.practice.goal import Goal
    from skill_stack.practice.practice_store import KeptGoal
    from skill_stack.runtime.practice.motion_trial import MotionGround

NICE = 10
NEEDED = "learning needs the extra 'train': make setup EXTRAS=train"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.description = (
        "With a SKILL that 'remember that as SKILL' wrote: make a policy of it, measure it beside the planner in the "
        "same worlds, and install it where it is at least as good. Without one: practise by itself."
    )
    parser.epilog = "example: skill-stack practise go2 bow --minutes 20"
    parser.add_argument("robot", help="name of the robot")
    parser.add_argument("skill", nargs="?", help="a kept motion that becomes a policy; left out: goals of its own")
    parser.add_argument(
        "--minutes",
        type=positive,
        default=20.0,
        metavar="M",
        help="SKILL: processor time of learning, minutes (default: 20); measuring comes on top",
    )
    parser.add_argument(
        "--episodes", type=int, default=100, metavar="N", help="SKILL: worlds to compare in (default: 100)"
    )
    parser.add_argument("--hours", type=positive, default=1.0, help="for how long, hours (default: 1)")
    parser.add_argument(
        "--goals", type=Path, metavar="FILE",
        help="goals to practise before those of the grammar, one JSON object a line with words and rewards, "
        "as a person or a language model wrote them",
    )  # fmt: skip
    parser.add_argument("--most", type=int, metavar="N", help="end after so many goals")
    parser.add_argument("--seed", type=int, default=0, help="of the goals that the grammar makes, or of the learning")
    parser.add_argument("--list", action="store_true", help="what was practised; nothing is simulated")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 at the end of the time, 1 where the planner stays; raises SkillStackError when the robot cannot practise."""
    if options.skill is not None:
        return _one_motion(options, options.skill)
    from skill_stack.practice.practice_store import PracticeStore

    found = resources()
    store = PracticeStore.of(found)
    try:
        if options.list:
            load_robot(found.robot(options.robot), found)  # says clearly when there is none
            _tell([_row(one) for one in store.goals(options.robot)], options.json)
            return 0
        return _practised(options, store)
    finally:
        store.close()


def _one_motion(options: argparse.Namespace, skill: str) -> int:
    """Makes a policy of a kept motion.

    Raises:
        ExtraMissing: torch is not installed.
    """
    if not _can_learn():
        raise ExtraMissing(NEEDED)
    if options.episodes < 1:
        raise DataError(f"--episodes {options.episodes}: one world or more is needed to compare in")
    from skill_stack.training.motions.learn_motion import PLANNER, learn_motion
    from skill_stack.training.motions.motion_skill import PlannerStays, install_motion, motion_results

    _step_back()
    found = resources()
    try:
        learned = learn_motion(
            found, options.robot, skill, options.minutes, options.seed, episodes=options.episodes, report=note
        )
        folder, why = install_motion(found, learned, _now()), ""
    except PlannerStays as error:
        folder, why = None, str(error)
    except KeyboardInterrupt:
        note("ended; what was learnt and measured is kept, and the same command goes on from there")
        return INTERRUPTED
    release = f"skill-stack release {skill} --robot {options.robot}"
    text = why or f"{folder}: '{skill}' is a policy now: {learned.told}; for a real robot: {release}"
    if options.json:
        policies = {who: motion_results(learned, who) for who in learned.policies}
        planner = learned.successes(PLANNER)
        print_json({"skill": skill, "installed": learned.best, "planner": planner, "policies": policies, "told": text})
    else:
        print(text)
    return 1 if why else 0


def _practised(options: argparse.Namespace, store: object) -> int:
    """Practises until the time is over; what was begun goes on with the next call."""
    from skill_stack.evaluation.interval import success_interval
    from skill_stack.practice.practice import Practice
    from skill_stack.practice.practice_store import PracticeStore
    from skill_stack.practice.settings import practice_settings
    from skill_stack.runtime.practice.motion_trial import MotionGround
    from skill_stack.runtime.practice.stage import learners_of

    assert isinstance(store, PracticeStore)
    found, settings = resources(), practice_settings()
    robot = load_robot(found.robot(options.robot), found)
    ground = MotionGround(robot, load_library(found, robot), settings)
    _step_back()
    learners = learners_of(ground, found, _now, note)
    if _can_learn():
        from skill_stack.training.motions.policy_learner import policy_learners

        learners += policy_learners(ground, found, _now, note)
    else:
        note(f"no policies are tried where cheaper ways fail: {NEEDED}")
    practice = Practice(robot.name, store, learners, settings, lambda n, of: success_interval(n, of)[0], note)
    ends, rows = time.monotonic() + 3600.0 * options.hours, []
    try:
        for kept in practice.each(_goals(ground, options)):
            rows.append(_row(kept))
            left = (ends - time.monotonic()) / 60.0
            if left <= 0.0 or (options.most is not None and len(rows) >= options.most):
                break
            note(f"{len(rows)} goals, {sum(row['state'] == 'kept' for row in rows)} kept; {left:.0f} minutes left")
    except KeyboardInterrupt:
        note("ended; what was practised is kept, and the same command goes on from there")
        return INTERRUPTED
    _tell(rows, options.json)
    return 0


def _goals(ground: MotionGround, options: argparse.Namespace) -> Iterator[Goal]:
    """What was refused or failed first, what succeeded often, then those of the file, then those of the grammar."""
    import numpy as np

    from skill_stack.planner.memory.store import ExperienceStore, store_path
    from skill_stack.runtime.practice.goal_sources import PastGoals, drawn_goals, listed_goals

    with ExperienceStore(store_path(resources())) as store:
        memory = PastGoals(ground)
        past = [*memory.goals(store), *memory.repeated(store)]
    listed = listed_goals(options.goals, ground.robot.name) if options.goals is not None else iter(())
    yield from chain(past, listed, drawn_goals(ground, np.random.default_rng(options.seed)))


def _can_learn() -> bool:
    """Whether policies can be trained here."""
    return importlib.util.find_spec("torch") is not None


def _step_back() -> None:
    """Leaves the processor to everybody else."""
    if hasattr(os, "nice"):
        os.nice(NICE)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _row(kept: KeptGoal) -> dict[str, object]:
    """A goal for people and scripts."""
    return {
        "words": kept.goal.words, "source": kept.goal.source, "state": kept.state, "reason": kept.reason,
        "learner": kept.learner, "cpu_seconds": round(kept.spent, 1),
    }  # fmt: skip


def _tell(rows: list[dict[str, object]], as_json: bool) -> None:
    """The goals and how they stand."""
    if as_json:
        print_json({"goals": rows})
        return
    for row in rows:
        print(f"{row['state']:9} {row['words']}: {row['reason']} ({row['cpu_seconds']} s)")
    kept = sum(row["state"] == "kept" for row in rows)
    print(f"{kept} of {len(rows)} goals kept; each is used in simulation only until: skill-stack release NAME")
