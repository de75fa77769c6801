"""Checks the held-back instructions against their libraries and scenes, and prints counts and the hash.

Usage: ``python test/data/language/held_back/check.py``; exit code 1 when something does not fit.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.world.fact import Fact, Literal, apply_effects
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.core.world.world_facts import place_facts

FOLDER = Path(__file__).parent
DOMAINS = ("quadruped", "household", "hand", "warehouse", "office", "kitchen")
STATUSES = ("plan", "question", "refusal", "statement")


def load_library(path: Path) -> dict[str, SkillSpec]:
    """The skills of a library file by name; every base, stance and entry must be one of them."""
    content = yaml.safe_load(path.read_text())
    skills = [SkillSpec.model_validate(entry) for entry in content["skills"]]
    library = {skill.name: skill for skill in skills}
    for skill in skills:
        named = [phase.stance for phase in skill.phases] + [skill.guided.base if skill.guided else skill.name]
        if len(library) != len(skills) or skill.robot != content["robot"] or not set(named) <= set(library):
            raise DataError(f"{path.name}: {skill.name} is there twice, of another robot, or names a missing skill")
    return library


def load_graph(path: Path) -> SceneGraph:
    """The scene as its file states it, with the robot at its start."""
    setup = set_up(load_scene(path), seed=0)
    return SceneGraph(setup.graph().objects, robot=setup.start)


def broken(library: dict[str, SkillSpec], steps: Sequence[dict[str, Any]], facts: frozenset[Fact]) -> str:
    """The first precondition that does not hold when the steps run one after another, or an empty string."""
    for step in steps:
        skill = library[step["skill"]]
        values = skill.complete(step["arguments"])
        for needed in (Literal.parse(text).ground(values) for text in skill.preconditions):
            if not needed.holds(facts):
                return f"{skill.name} needs {needed}"
        facts = apply_effects(facts, [Literal.parse(text).ground(values) for text in skill.effects])
    return ""


def needless(library: dict[str, SkillSpec], steps: Sequence[dict[str, Any]], facts: frozenset[Fact]) -> bool:
    """Whether the steps would still run without some of the inserted ones."""
    inserted = [place for place, step in enumerate(steps) if step.get("inserted")]
    for size in range(1, len(inserted) + 1):
        for left_out in itertools.combinations(inserted, size):
            if not broken(library, [s for place, s in enumerate(steps) if place not in left_out], facts):
                return True
    return False


def mistakes(row: dict[str, Any], library: dict[str, SkillSpec], graph: SceneGraph) -> Iterator[str]:
    """What is wrong with a row."""
    if row["status"] not in STATUSES or row["level"] not in (1, 2, 3, 4) or not row["text"].strip():
        yield "status, level or text"
    if bool(row["steps"]) != (row["status"] == "plan"):
        yield "steps belong to plans alone"
    for step in row["steps"]:
        try:
            values = library[step["skill"]].complete(step["arguments"])
        except (KeyError, DataError) as error:
            yield str(error)
            return
        for parameter in library[step["skill"]].goal:
            if parameter.type == "object" and values[parameter.name] not in graph.objects:
                yield f"no object {values[parameter.name]}"
    for facts in (frozenset(), place_facts(graph)):
        if problem := broken(library, row["steps"], facts):
            yield problem
        elif needless(library, row["steps"], facts):
            yield "an inserted step is not needed"


def digest() -> str:
    """sha256 of all jsonl files, then all yaml files, each group by name."""
    paths = [*sorted(FOLDER.glob("*.jsonl")), *sorted(FOLDER.glob("*.yaml"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def main() -> int:
    """Checks everything; returns the exit code."""
    wrong, seen, texts = 0, Counter[str](), Counter[str]()
    for domain in DOMAINS:
        library = load_library(FOLDER / f"{domain}.library.yaml")
        levels, statuses, used = Counter[int](), Counter[str](), set[str]()
        for line in (FOLDER / f"{domain}.jsonl").read_text().splitlines():
            row = json.loads(line)
            for mistake in mistakes(row, library, load_graph(FOLDER / row["scene"])):
                print(f"{row['id']}: {row['text']}: {mistake}")
                wrong += 1
            levels[row["level"]] += 1
            statuses[row["status"]] += 1
            seen[row["id"]] += 1
            texts[f"{domain}: {row['text'].lower()}"] += 1
            used |= {step["skill"] for step in row["steps"]}
        figures = " ".join([*(str(levels[n]) for n in (1, 2, 3, 4)), *(str(statuses[s]) for s in STATUSES)])
        print(f"{domain}: {levels.total()} = {figures}; unused: {sorted(set(library) - used)}")
    twice = [name for name, count in (seen + texts).items() if count > 1]
    print(f"{seen.total()} instructions, twice: {twice}, sha256 {digest()}")
    return 1 if wrong or twice else 0


if __name__ == "__main__":
    sys.exit(main())
