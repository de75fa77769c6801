"""An arm at a table does nothing that leaves out a word of the order: ``no``, a shape, a direction, a part."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
robot: arm
skills:
  - name: pick_up
    description: Grasps a thing and lifts it.
    phrases: ["pick up {object}", "lift {object}"]
    senses: [grasp]
    goal: [{name: object, type: object, description: what to pick up}]
    effects: ["holding(robot, $object)", "not in($object, *)"]
  - name: take_out
    description: Takes a thing out of something.
    phrases: ["take {object} out of {container}"]
    goal:
      - {name: object, type: object, description: what to take out}
      - {name: container, type: object, description: what it is in}
    effects: ["not in($object, $container)"]
  - name: put_in
    description: Puts a thing into something.
    phrases: ["put {object} in {container}"]
    goal:
      - {name: object, type: object, description: what to put}
      - {name: container, type: object, description: what to put it in}
    effects: ["in($object, $container)"]
  - name: open
    description: Opens a thing.
    phrases: ["open {object}"]
    goal: [{name: object, type: object, description: what to open}]
    effects: ["open($object)"]
  - name: turn
    description: Turns a tap.
    phrases: ["turn {object}"]
    goal: [{name: object, type: object, description: what to turn}]
    effects: ["turned($object)"]
"""
THINGS = {
    "table": ("table", "", 0.0), "pan": ("pan", "", 0.2), "sink": ("sink", "", -0.4), "tap": ("tap", "", 0.3),
    "apple": ("apple", "red", -0.1), "strawberry": ("strawberry", "red", 0.1), "spoon": ("spoon", "", -0.2),
    "bowl": ("bowl", "", -0.3),
}  # fmt: skip


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    file = tmp_path_factory.mktemp("arm") / "arm.library.yaml"
    file.write_text(LIBRARY, encoding="utf-8")
    library, _ = read_library(file)
    scene, _ = read_scene({
        "name": "desk", "start": [0, 0, 0], "facts": ["in(spoon, bowl)"],
        "objects": [
            {"id": name, "kind": kind, "position": [0.4, side, 0.1], **({"colour": colour} if colour else {}),
             **({"names": ["fruit"]} if colour else {})}
            for name, (kind, colour, side) in THINGS.items()
        ],
    })  # fmt: skip
    planner = Planner(library)
    return lambda words: planner.plan(Instruction(words), scene, scene.facts)


def runs(plan):
    """The steps that a plan makes without a question."""
    said = plan.status == "plan" and plan.certainty == "said"
    return [(step.skill, *step.arguments.values()) for step in plan.steps] if said else []


@pytest.mark.parametrize(
    "words",
    [
        "lift no pan",
        "put no pan in the sink",
        "put the pan in no sink",
        "no lifting the pan",
        "put the pan in the sink. No.",
        "put the pan in the sink no no",
        "put the pan in the sink, actually no",
    ],
)
def test_no_is_never_left_out(ask, words):
    plan = ask(words)
    assert plan.status in ("refusal", "statement") and not plan.steps, plan.reason


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("no, lift the pan", ("pick_up", "pan")),
        ("open the bowl, no, the pan", ("open", "pan")),
        ("put the pan in the bowl no in the sink", ("put_in", "pan", "sink")),
        ("lift, no, open the pan", ("open", "pan")),
    ],
)
def test_a_correction_with_no_is_still_one(ask, words, step):
    assert runs(ask(words)) == [step]


@pytest.mark.parametrize(
    "words",
    ["lift a round red fruit", "lift all the round fruits", "lift a small fruit", "lift the biggest fruit",
     "lift some fruits"],
)  # fmt: skip
def test_what_tells_none_of_several_apart_is_asked_about(ask, words):
    plan = ask(words)
    assert plan.status == "question" and not plan.steps
    assert "the red apple or the red strawberry" in plan.reason


@pytest.mark.parametrize("words", ["lift the round pan", "lift the small pan", "lift a nice pan"])
def test_where_there_is_one_its_looks_do_not_matter(ask, words):
    assert runs(ask(words)) == [("pick_up", "pan")]


@pytest.mark.parametrize(
    "words",
    ["turn the tap to the left", "lift the pan forward", "lift the pan lid", "put the pan handle in the sink",
     "lifted the pan", "lifting the pan", "lift the other pan", "lift the second pan", "lift the pan when"],
)  # fmt: skip
def test_what_would_be_left_out_is_asked_about(ask, words):
    assert ask(words).status == "question"


def test_a_part_stands_for_what_is_opened(ask):
    assert runs(ask("open the pan lid")) == [("open", "pan")]


def test_the_own_words_of_a_skill_precede_a_wider_sense(ask):
    assert runs(ask("take the spoon out of the bowl")) == [("take_out", "spoon", "bowl")]
