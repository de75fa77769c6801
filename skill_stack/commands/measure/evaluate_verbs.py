"""``skill-stack eval verbs``: template motions for verbs that no skill has, by words, by motion, and by both."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.commands.common import note, print_json
from skill_stack.core.arguments import INTERRUPTED
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.templates.template_motion import template_motions
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.measured import commit_here
from skill_stack.evaluation.verb_suite import VerbSuite, load_verb_suite
from skill_stack.motion.templates import TemplateVerbs
from skill_stack.motion.templates.verb_choice import by_motion, by_words, chosen, together
from skill_stack.planner.planner import Planner

THROUGH = "verbs"
"""Value of ``through`` in such a suite."""
Looks = dict[str, dict[str, float]]


def run(file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources) -> int:
    """Carries out every template in every world, then chooses for every verb.

    Returns 0 when enough verbs are right by both, 1 when not, 130 after Ctrl-C.

    Args:
        file: The suite.
        seeds: Seeds; none takes the suite's own.
        options: Of the command line: ``task``, names of verbs, and ``json``.
        found: Where robots and scenes are.

    Raises:
        UnknownName: There is no such verb in the suite.
        DataError: The robot has no skill that moves a hand by templates.
    """
    suite = load_verb_suite(file)
    for verb in options.task:
        if verb not in suite.verbs:
            raise UnknownName("verb", verb, suite.verbs)
    try:
        looks, moved = _rehearsed(suite, seeds or suite.seeds, found)
    except KeyboardInterrupt:
        note("ended; nothing is kept of a part of the motions")
        return INTERRUPTED
    verbs = options.task or list(suite.verbs)
    picks = {
        "words": {verb: chosen(by_words(verb)) for verb in verbs},
        "motion": {verb: chosen(by_motion(verb, looks)) for verb in verbs},
        "both": {verb: chosen(together(by_words(verb), by_motion(verb, looks))) for verb in verbs},
    }
    right = {way: suite.right(chosen_by) for way, chosen_by in picks.items()}
    if options.json:
        print_json({"suite": suite.name, "commit": commit_here(), "picks": picks, "right": right, "motions": moved})
    else:
        _tell(suite, picks, moved)
    return 0 if len(right["both"]) >= suite.enough * len(verbs) else 1


def _rehearsed(suite: VerbSuite, seeds: tuple[int, ...], found: Resources) -> tuple[Looks, dict[str, Any]]:
    """How each motion that was done looks, on average over the worlds, and how well it was done."""
    from skill_stack.runtime.episodes.rewards.template_episode import run_template

    robot = load_robot(found.robot(suite.robot), found)
    library = load_library(found, robot)
    if TemplateVerbs.in_library(library) is None:
        raise DataError(f"{suite.robot} has no skill of the guide 'template'; g1 has one, move_hand_like")
    scene, planner = load_scene(found.scene(suite.scene)), Planner(library)
    looks, moved = Looks(), dict[str, Any]()
    for name in template_motions():
        note(f"{name}: {len(seeds)} worlds")
        runs = [run_template(robot, library, planner, name, set_up(scene, seed)) for seed in seeds]
        seen = [run.look for run in runs if not run.reason]
        looks |= {name: {one: float(np.mean([look[one] for look in seen])) for one in seen[0]}} if seen else {}
        failures = [run.reason for run in runs if run.reason]
        moved[name] = {
            "runs": len(runs), "done": len(runs) - len(failures), "off": round(max(run.off for run in runs), 4),
            "reason": failures[0] if failures else "",
        }  # fmt: skip
    return looks, moved


def _tell(suite: VerbSuite, picks: dict[str, dict[str, str]], moved: dict[str, Any]) -> None:
    """The motions, then the choices."""
    for name, row in moved.items():
        print(f"{name:10} {row['done']} of {row['runs']} done, at most {100 * row['off']:.1f} cm off  {row['reason']}")
    print(f"{'verb':10} {'right':22} {'words':10} {'motion':10} both")
    for verb in picks["both"]:
        marked = [name if name in suite.verbs[verb] else f"({name})" for name in (by[verb] for by in picks.values())]
        print(f"{verb:10} {', '.join(suite.verbs[verb]):22} {marked[0]:10} {marked[1]:10} {marked[2]}")
    for way, by in picks.items():
        right = len(suite.right(by))
        low, high = success_interval(right, len(by))
        print(f"{way:7} {right} of {len(by)} right ({low:.2f} to {high:.2f})")
