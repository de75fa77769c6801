"""What pronouns and ``one`` stand for over several sentences, over libraries of several robots."""

import functools
from pathlib import Path

import pytest
import yaml

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

ROUNDS = Path(__file__).resolve().parents[2] / "data" / "language" / "rounds"


@functools.cache
def robot(name):
    library, stated = read_library(ROUNDS / f"{name}.library.yaml")
    scene = read_scene(ROUNDS / f"{name}.scene.yaml")[0]
    return Planner(library), scene, place_facts(scene) | stated


def ask(name, text):
    planner, scene, facts = robot(name)
    return planner.plan(Instruction(text), scene, facts)


def last(name, text):
    """The last step, as words."""
    plan = ask(name, text)
    assert plan.tree is not None, plan.reason
    step = plan.steps[-1]
    return (step.skill, *map(str, step.arguments.values()))


@pytest.mark.parametrize(
    ("name", "text", "step"),
    [
        ("family_house", "Greet Anna and Leo, then bring her the apple.", ("hand_over_object", "apple", "Anna")),
    ],
)
def test_him_and_her_are_living(name, text, step):
    assert last(name, text) == step


def test_somebody_whom_nobody_named_is_asked_for():
    plan = ask("hotel", "Please bring the bathrobe to her.")
    assert plan.status == "question"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("museum", "Put it next to the other ones, please."),
    ],
)
def test_what_nobody_named_is_asked_for_and_not_refused(name, text):
    assert ask(name, text).status == "question"


def test_what_the_library_has_no_verb_for_stays_refused():
    assert ask("makerspace", "Juggle it for me.").status == "refusal"


UNTYPED = {
    "put": ("thing", "place", "put {thing} in {place}", "place {thing} on {place}"),
    "fill": ("thing", "stuff", "fill {thing} with {stuff}"),
    "turn_on": ("thing", "turn on {thing}"), "polish": ("thing", "polish {thing}"), "cut": ("thing", "cut {thing}"),
}  # fmt: skip


@pytest.fixture(scope="module")
def untyped(tmp_path_factory):
    """Asks a library that says nothing of what its skills take."""
    path = tmp_path_factory.mktemp("untyped") / "arm.yaml"
    skills = [
        {"name": name, "goal": [{"name": one, "type": "object"} for one in said if "{" not in one],
         "phrases": [one for one in said if "{" in one]}
        for name, said in UNTYPED.items()
    ]  # fmt: skip
    path.write_text(yaml.safe_dump({"robot": "arm", "skills": skills}))
    library, stated = read_library(path)
    kinds = ("mug", "water", "desk", "toaster", "slice of bread", "cutting board", "pear", "vacuum cleaner",
             "sifter")
    things = [{"id": one.replace(" ", "_"), "kind": one, "position": [3.0 * k, 1.0]} for k, one in enumerate(kinds)]
    scene, facts = read_scene({"name": "s", "start": [0, 0, 0], "objects": things})
    planner = Planner(library)
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | stated | facts)


def told(plan):
    return [(step.skill, *map(str, step.arguments.values())) for step in plan.steps]


def test_it_is_what_was_filled_and_not_what_it_was_filled_with(untyped):
    plan = untyped("fill the mug with water and put it on the desk")
    assert told(plan) == [("fill", "mug", "water"), ("put", "mug", "desk")]
    assert not plan.proposed


def test_it_is_what_the_verb_is_for(untyped):
    plan = untyped("put the slice of bread in the toaster and turn it on")
    assert told(plan)[-1] == ("turn_on", "toaster")
    assert not plan.proposed


def test_a_cleaner_that_is_a_device_is_no_person(untyped):
    plan = untyped("cut the mug, polish the vacuum cleaner, and turn it on")
    assert told(plan)[-1] == ("turn_on", "vacuum_cleaner")


def test_where_it_may_be_either_the_person_is_asked(untyped):
    assert untyped("polish the toaster, cut the sifter and turn it on").proposed  # a sifter may be a device
    assert untyped("put the pear in the mug and polish it").proposed


def test_nothing_is_put_onto_itself(untyped):
    assert untyped("put the pear on the pear").status == "refusal"


def test_a_second_order_without_a_word_between_is_asked_about(untyped):
    plan = untyped("polish the mug polish the desk")
    assert plan.proposed and len(plan.steps) == 2
    assert not untyped("after polishing the mug polish the desk").proposed


@pytest.mark.parametrize("it, asked", [("it", True), ("them", False)])
def test_it_after_a_list_is_asked_about(untyped, it, asked):
    plan = untyped(f"polish the mug and the pear and put {it} on the desk")
    assert (plan.status == "question" and "the mug or the pear" in plan.reason) is asked


@pytest.mark.parametrize("one", ["one mug", "1 mug", "a mug"])
def test_one_of_a_thing_is_any_of_it(untyped, one):
    assert told(untyped(f"polish {one}")) == [("polish", "mug")]


def test_a_tool_that_a_skill_does_not_take_is_asked_about(untyped):
    assert untyped("polish the mug using the cutting board").proposed
    assert not untyped("polish the mug").proposed


def test_a_thing_named_twice_in_a_list_is_asked_about(untyped):
    assert untyped("polish a mug and a mug").status == "question"
    assert told(untyped("polish the mug and the pear")) == [("polish", "mug"), ("polish", "pear")]
