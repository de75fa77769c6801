"""``skill-stack eval coarse``: how long a hand keeps what coarse finger commands move, against raw retargeting."""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from skill_stack.commands.common import note, print_json
from skill_stack.commands.train import ExtraMissing
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.evaluation.interval import CONFIDENCE
from skill_stack.evaluation.measured import commit_here, seeds_text
from skill_stack.training.coarse.suite import CoarseSuite, load_coarse_suite

if TYPE_CHECKING:
    from skill_stack.training.coarse.judge import FollowingScore

THROUGH = "coarse"
"""Value of ``through`` in such a suite."""
DRAWS = 10_000
"""Resamples of the hands for the interval of the ratio."""


def run(file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources) -> int:
    """Measures raw retargeting and the skill with the same persons; 0 when the skill does what the suite asks.

    Args:
        file: The suite.
        seeds: Seeds; none takes the suite's own.
        options: Of the command line: ``json``.
        found: Where robots and skills are.

    Raises:
        ExtraMissing: The training's worlds need torch.
        SkillStackError: There is no such hand or skill, or a file of theirs is wrong.
    """
    if importlib.util.find_spec("torch") is None:
        raise ExtraMissing("coarse commands are measured in the training's worlds: make setup EXTRAS=train")
    from skill_stack.training.coarse.compared import RAW, CommandedSkill

    suite = load_coarse_suite(file)
    robot = load_robot(found.robot(suite.robot), found)
    folder = found.find(f"models/{suite.robot}/{suite.skill}", "skill")
    skill, rows = CommandedSkill(found, robot, folder), list[dict[str, Any]]()
    for seed in seeds or suite.seeds:
        scores: dict[str, FollowingScore] = {}
        followers = (RAW, str(suite.dial))
        for who, score in skill.compared(folder / "policy.onnx", followers, suite.hands, seed, suite.cap):
            scores[who] = score
            note(f"seed {seed}, {who}: {score.figures()}")
        rows.append(compared_row(suite, seed, scores[RAW], scores[str(suite.dial)]))
    return _tell(suite, rows, options.json)


def compared_row(suite: CoarseSuite, seed: int, raw: FollowingScore, skill: FollowingScore) -> dict[str, Any]:
    """Figures of one seed.

    Args:
        suite: What is enough.
        seed: Of hands and persons.
        raw: What raw retargeting did.
        skill: What the skill did.
    """
    rng = np.random.default_rng(seed)
    low, high = (0.5 * (1.0 - CONFIDENCE), 0.5 * (1.0 + CONFIDENCE))
    drawn = [np.median(rng.choice(one.held, (DRAWS, len(one.held))), axis=1) for one in (skill, raw)]
    times = float(np.median(skill.held) / np.median(raw.held))
    return {
        "seed": seed,
        "raw": raw.figures(),
        "skill": skill.figures(),
        "times": round(times, 2),
        "interval": np.quantile(drawn[0] / drawn[1], (low, high)).round(2).tolist(),
        "passed": times >= suite.times and skill.fingers >= suite.fingers,
    }


def _tell(suite: CoarseSuite, rows: list[dict[str, Any]], as_json: bool) -> int:
    if as_json:
        seeds = seeds_text([row["seed"] for row in rows])
        asked = {"times": suite.times, "fingers": suite.fingers}
        told = {"suite": suite.name, "body": suite.robot, "hands": suite.hands, "dial": suite.dial, "cap": suite.cap}
        print_json({**told, "asked": asked, "seeds": seeds, "commit": commit_here(), "rows": rows})
    else:
        for row in rows:
            low, high = row["interval"]
            print(
                f"seed {row['seed']}: held {row['skill']['held_median']:.1f} s, raw {row['raw']['held_median']:.1f} s: "
                f"{row['times']:.1f} times ({low:.1f} to {high:.1f}), {suite.times:g} asked; "
                f"fingers {row['skill']['fingers']:.2f}, {suite.fingers:g} asked"
            )
    return 0 if all(row["passed"] for row in rows) else 1
