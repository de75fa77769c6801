"""Experiences made by hand, and a small library with a hidden rule to learn."""

from pathlib import Path

import pytest
import yaml

from skill_stack.core.instruction import Instruction
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact
from skill_stack.language.implied.knowledge import Knowledge
from skill_stack.language.words.lexicon import load_lexicon
from skill_stack.planner.memory.experience import Experience, StepRecord, ThingNote
from skill_stack.planner.memory.lessons import Lessons
from skill_stack.planner.memory.task_watch import TaskWatch
from skill_stack.planner.notations.library_file import read_library, read_scene
from skill_stack.planner.planner import Planner

OBJECT = [{"name": "object", "type": "object", "description": "what"}]
LIBRARY = {
    "robot": "toy",
    "skills": [
        {"name": "grasp", "description": "Takes a thing.", "phrases": ["grasp {object}"],
         "goal": [*OBJECT, {"name": "grip", "type": "choice", "choices": ["usual", "gentle"], "default": "usual",
                            "description": "how"}],
         "preconditions": ["not holding(robot, *)"], "effects": ["holding(robot, $object)"]},
        {"name": "wipe", "description": "Wipes a thing.", "phrases": ["wipe {object}"], "goal": OBJECT,
         "effects": ["wiped($object)"]},
        {"name": "photograph", "description": "Takes a picture.", "phrases": ["photograph {object}"], "goal": OBJECT,
         "effects": ["pictured($object)"]},
        {"name": "illuminate", "description": "Switches the light on.", "phrases": ["switch on the light"],
         "effects": ["lit(room)"]},
    ],
}  # fmt: skip
SCENE = {
    "objects": [
        {"id": "cup", "kind": "cup", "position": [1.0, 0.0]},
        {"id": "plate", "kind": "plate", "position": [2.0, 0.0]},
    ]
}


@pytest.fixture(scope="session")
def library(tmp_path_factory) -> object:
    path: Path = tmp_path_factory.mktemp("library") / "toy.yaml"
    path.write_text(yaml.safe_dump(LIBRARY), encoding="utf-8")
    return read_library(path)[0]


@pytest.fixture(scope="session")
def scene():
    return read_scene(SCENE)[0]


@pytest.fixture(scope="session")
def words_of_language():
    return load_lexicon()


@pytest.fixture
def task():
    """Makes an experience: one grasp with what held before, and how it ended."""

    def make(success, *facts, target="cup", time=0.0, words="grasp the cup", skill="grasp", said="it slipped", **more):
        things = (ThingNote("cup", "cup"), ThingNote("plate", "plate"))
        first = tuple(sorted(more.pop("first", ())))
        step = StepRecord(
            skill, {"object": target, "grip": "usual", **more}, "succeeded" if success else "failed",
            reason="" if success else said, seconds=3.0, facts=tuple(sorted(facts)),
        )  # fmt: skip
        outcome = "succeeded" if success else "failed"
        return Experience(words, "toy", 1e9 + time, 3.0, outcome, step.reason, things, first, None, (step,))

    return make


@pytest.fixture
def live(library, scene, words_of_language):
    """Lives some tasks one after the other in a world with a rule, with memory; tells how each went."""

    def run(works, count, words="grasp the cup", experiences=()):
        told, plans, successes = list(experiences), [], []
        for number in range(count):
            planner = Planner(
                Lessons.from_experiences(told, library).apply(library), words_of_language, Knowledge.load([])
            )
            plan = planner.plan(Instruction(words), scene, frozenset())
            watch, facts, good = TaskWatch(plan, scene, frozenset(), library), frozenset(), plan.tree is not None
            for n, node in enumerate(plan.steps):
                watch.started(SkillRequest(str(n), node.skill, dict(node.arguments)), facts)
                good = node.skill != "grasp" or works(facts, node.arguments, number)
                watch.ended(StepOutcome(str(n), node.skill, "succeeded" if good else "failed",
                                        "" if good else "it did not work"))  # fmt: skip
                if not good:
                    break
                facts = Step(library[node.skill], node.arguments).after(facts)
            outcome = "succeeded" if good else "failed"
            told.append(watch.experience(outcome, "", "toy", 1e9 + 86400.0 * len(told), 5.0))
            plans.append(plan)
            successes.append(good)
        return told, plans, successes

    return run


@pytest.fixture
def wiped():
    """A world in which a cup must be wiped before it can be grasped."""

    def works(facts, arguments, number):
        return arguments["object"] != "cup" or Fact("wiped", ("cup",)) in facts

    return works
