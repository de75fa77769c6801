"""Libraries that others wrote: right plans of the rounds are never refused, and are once their things are exchanged."""

import json
from dataclasses import replace

import pytest

from skill_stack.planner.notations.library_file import read_library, read_scene

from .conftest import ROOT, node, thing, tree

ROUNDS = ROOT / "test" / "data" / "language" / "rounds"
STRANGERS = {one.id: one for one in (thing("zz_bleach", "bleach"), thing("zz_child", "child"), thing("zz_cat", "cat"),
                                     thing("zz_microwave", "microwave"))}  # fmt: skip


@pytest.fixture(scope="module")
def plans():
    """Steps of the first right plan of every sentence, with library, scene and facts."""
    out = []
    for file in sorted(ROUNDS.glob("*.library.yaml")):
        place = file.name.partition(".")[0]
        library, stated = read_library(file)
        scene, facts = read_scene(ROUNDS / f"{place}.scene.yaml")
        scene = replace(scene, objects={**scene.objects, **STRANGERS})
        for line in (ROUNDS / f"{place}.jsonl").read_text().splitlines():
            first = json.loads(line)["outcomes"][0]
            steps = [(one["skill"], plain(one.get("arguments", {}))) for one in first.get("steps") or ()]
            if first["status"] == "plan" and steps:
                out.append((library, scene, facts | stated, steps))
    return out


def plain(arguments):
    return {name: value[0] if isinstance(value, list) else value for name, value in arguments.items()}


def found(hazards, library, scene, facts, steps, swap=None):
    swap = swap or {}
    nodes = [node(skill, **{name: swap.get(v, v) for name, v in arguments.items()}) for skill, arguments in steps]
    return {one.outcome for one in hazards.findings(tree(*nodes), library, scene, facts)}


def swaps(people, scene, steps):
    """For each step that gives or lays down what was taken before: bleach for a child, a cat for a microwave."""
    taken = set()
    for _, arguments in steps:
        things = [v for v in arguments.values() if isinstance(v, str) and v in scene.objects]
        goals = [one for one in things if one not in taken]
        if len(things) == 2 and len(goals) == 1:
            (theme,) = set(things) - set(goals)
            person = scene.objects[goals[0]].kind in people
            to = {theme: "zz_bleach", goals[0]: "zz_child"} if person else {theme: "zz_cat", goals[0]: "zz_microwave"}
            if scene.objects[theme].kind not in (*people, "place"):
                yield to
        taken |= set(things) if len(things) == 1 else set()


@pytest.mark.slow
def test_no_right_plan_is_refused_and_few_are_asked_about(hazards, plans):
    outcomes = [found(hazards, *plan) for plan in plans]
    assert len(outcomes) > 3000
    assert not [steps for (*_, steps), told in zip(plans, outcomes, strict=True) if "refuse" in told]
    assert sum("ask" in told for told in outcomes) < 0.03 * len(outcomes)


def test_the_same_plans_with_what_harms_are_refused(hazards, planner, plans):
    people = planner.language.lexicon.things.types["person"].kinds
    tried = [
        (found(hazards, library, scene, facts, steps, swap), steps, swap)
        for library, scene, facts, steps in plans
        for swap in swaps(people, scene, steps)
    ]
    missed = [one for one in tried if "refuse" not in one[0]]
    assert len(tried) > 1500
    assert len(missed) <= 0.005 * len(tried), missed[:5]
