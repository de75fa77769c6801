"""What follows from the steps of a composite, against doing the steps; and a search that uses composites whole."""

import os
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.benchmarks.planning.gaps import HAND, composites, domain, household, table
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.planner.symbolic.checker import Checker
from skill_stack.planner.symbolic.macros import derived_facts, with_macros
from skill_stack.planner.symbolic.search import GapSearch

LIBRARY = household()
SPECS = [entry.spec for entry in LIBRARY.entries.values()]


def composite(name: str, goal: list[str], *steps: tuple[str, dict[str, str]], nested: bool = False) -> SkillSpec:
    written = [{"skill": skill, "arguments": arguments} for skill, arguments in steps]
    goals = [{"name": one, "type": "object", "description": one} for one in goal]
    kept = [{"if": "at(robot, room0)", "then": written}] if nested else written
    return SkillSpec.model_validate(
        {"name": name, "robot": "helper", "kind": "composite", "description": name, "goal": goals,
         "composite": {"steps": kept}}
    )  # fmt: skip


def all_steps(objects: tuple[str, ...]) -> list[Step]:
    """Every step over a few objects."""
    out = []
    for spec in SPECS:
        choices = [[one for one in objects if one.startswith({"other": "room"}.get(p.name, p.name))] for p in spec.goal]
        every: list[dict[str, str]] = [{}]
        for parameter, values in zip(spec.goal, choices, strict=True):
            every = [{**one, parameter.name: value} for one in every for value in values]
        out += [Step(spec, one) for one in every]
    return out


def random_run(seed: int, length: int) -> tuple[frozenset[Fact], list[Step]]:
    """A world, and steps that are possible in it one after the other."""
    random = Random(seed)
    objects, facts, _ = domain(seed)
    few = tuple(one for one in objects if one[-1] in "012345" and len(one) < 7)
    start, run, steps = facts, [], all_steps(few)
    for _ in range(length):
        possible = [one for one in steps if one.violated(facts) is None]
        run.append(random.choice(possible))
        facts = run[-1].after(facts)
    return start, run


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 500), st.integers(2, 5))
def test_needs_and_effects_say_what_the_steps_do(seed, length):
    facts, run = random_run(seed, length)
    names = {value: f"p{k}" for k, value in enumerate(dict.fromkeys(v for s in run for v in s.arguments.values()))}
    steps = [(one.spec.name, {key: f"${names[value]}" for key, value in one.arguments.items()}) for one in run]
    spec = composite("run", list(names.values()), *steps)
    derived = derived_facts(spec, SkillLibrary.from_specs("helper", [*SPECS, spec]))
    if derived is None:
        return  # the steps do not build on one another
    whole = spec.model_copy(update={"preconditions": derived[0], "effects": derived[1]})
    step = Step(whole, {mine: value for value, mine in names.items()})
    assert step.violated(facts) is None
    after = facts
    for one in run:
        after = one.after(after)
    assert step.after(facts) == after


def test_what_is_needed_at_first_is_needed_of_the_whole():
    unpack = next(one for one in composites() if one.name == "unpack")
    needs, effects = derived_facts(unpack, SkillLibrary.from_specs("helper", [*SPECS, unpack]))
    assert "lid_open($box)" not in needs and "inside($thing, $box)" in needs
    assert effects[-1] == "holding(robot, $thing)" and "lid_open($box)" in effects


def test_a_step_that_needs_nothing_belongs_to_what_builds_on_it():
    found = Resources.from_environment(os.environ)
    library = load_library(found, load_robot(found.robot(HAND)))
    needs, effects = derived_facts(library["put_down"], library)
    assert needs == ("holding(hand, $target)",), "the hand is opened by a step without needs"
    assert "on($target, $place)" in effects and "not holding(hand, *)" in effects


def test_what_was_carried_is_above_nothing_any_more_when_the_hand_reaches_for_something_else():
    found = Resources.from_environment(os.environ)
    library = load_library(found, load_robot(found.robot(HAND)))
    above = Fact("above", ("thing0", "place0"))
    reach = Step(library["reach_for"], library["reach_for"].complete({"target": "thing1"}))
    assert above not in reach.after(frozenset({above, Fact("reached", ("hand", "thing0"))}))
    _, facts, _ = table(0)
    both = tuple(Literal("on", (thing, "place0")) for thing in ("thing0", "thing1"))
    apart = frozenset(fact for fact in facts if fact.arguments[0] not in ("thing0", "thing1"))
    steps = GapSearch(library, ("place0", "thing0", "thing1")).search(apart, both).steps
    names = [step.spec.name for step in steps]
    assert names.count("step_back") == 2, names
    assert names.index("step_back") < len(names) - names[::-1].index("reach_for"), "one stands before it reaches on"


@pytest.mark.parametrize(
    "spec",
    [
        composite("apart", ["room", "other"], ("go", {"room": "$room", "other": "$other"}),
                  ("go", {"room": "$room", "other": "$other"})),
        composite("one", ["box", "room"], ("open_box", {"box": "$box", "room": "$room"})),
        composite("maybe", ["box", "room", "thing"], ("open_box", {"box": "$box", "room": "$room"}),
                  ("take_out", {"thing": "$thing", "box": "$box", "room": "$room"}), nested=True),
        composite("twice", ["thing", "room"], ("take", {"thing": "$thing", "room": "$room"}),
                  ("take", {"thing": "$thing", "room": "$room"})),
    ],
    ids=lambda spec: spec.name,
)  # fmt: skip
def test_nothing_follows_from_steps_that_do_not_build_on_one_another(spec):
    assert derived_facts(spec, SkillLibrary.from_specs("helper", [*SPECS, spec])) is None


def test_an_inserted_composite_stands_in_the_plan_as_its_steps():
    library = SkillLibrary.from_specs("helper", [*SPECS, *composites()])
    facts = frozenset({Fact("at", ("robot", "room0")), Fact("in_room", ("box0", "room0")),
                       Fact("inside", ("thing0", "box0"))})  # fmt: skip
    put_down = Step(library["put_down"], {"thing": "thing0", "room": "room0"})
    done, after = Checker(library, ("room0", "box0", "thing0")).complete([put_down], facts)
    assert [step.spec.name for step in done] == ["open_box", "take_out", "put_down"]
    assert done[0].why.startswith("put_down needs holding(robot, thing0)") and "(unpack)" in done[0].why
    assert Fact("lies", ("thing0", "room0")) in after


def test_a_search_with_composites_looks_at_fewer_states():
    plain, more = LIBRARY, with_macros(SkillLibrary.from_specs("helper", [*SPECS, *composites()]))
    looked = [0, 0]
    for seed in range(300, 306):
        objects, facts, wanted = domain(seed)
        for which, library in enumerate((plain, more)):
            found = GapSearch(library, objects).search(facts, wanted)
            assert found.steps is not None
            looked[which] += found.states
    assert looked[1] < looked[0]


def test_a_wish_that_holds_looks_at_nothing():
    facts, wanted = frozenset({Fact("at", ("robot", "x"))}), (Literal.parse("at(robot, x)"),)
    assert GapSearch(LIBRARY, ()).search(facts, wanted).states == 0
