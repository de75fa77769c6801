"""``skill-stack taught``: lists and deletes stated facts. A running stack follows within a second."""

from __future__ import annotations

import argparse
import time

from skill_stack.commands.common import add_json, print_json, resources
from skill_stack.core.errors import DataError
from skill_stack.planner.dialogue.records.places import FOLDER, TAUGHT
from skill_stack.planner.dialogue.records.taught_facts import TaughtFacts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("action", choices=["list", "forget"], help="what to do with it")
    parser.add_argument("what", nargs="*", help="for forget: numbers, or 'all'")
    parser.add_argument("--scene", default="", help="only what is about one scene")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when it was done; raises DataError when it cannot be read or something is unknown."""
    store = TaughtFacts(resources().writable_folder(FOLDER) / TAUGHT)
    facts = store.facts(options.scene)
    if options.action == "forget":
        number = store.forget(_chosen({fact.id for fact in facts}, options.what))
        print_json({"forgotten": number}) if options.json else print(f"forgotten: {number}")
        return 0
    if options.json:
        print_json([fact.to_json() for fact in facts])
        return 0
    for fact in facts:
        day = time.strftime("%Y-%m-%d %H:%M", time.localtime(fact.said))
        print(f"{fact.id:5}  {day}  {fact.scene}: {fact.fact}  “{fact.words}”")
    if not facts:
        print("nothing was told")
    return 0


def _chosen(known: set[int], asked: list[str]) -> set[int]:
    """The numbers that were named, or all."""
    strange = [one for one in asked if one != "all" and (not one.isdigit() or int(one) not in known)]
    if strange or not asked:
        listed = ", ".join(map(str, sorted(known))) or "none"
        raise DataError(f"name what to forget: numbers ({listed}), or 'all'; not '{' '.join(asked)}'")
    return known if asked == ["all"] else {int(one) for one in asked if one.isdigit()}
