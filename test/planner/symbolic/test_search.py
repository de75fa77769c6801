"""The search on random domains: against an exhaustive one of our own, and against unified-planning and its engine."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import count, product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.planner.symbolic.checker import Checker
from skill_stack.planner.symbolic.grounding import step_cost
from skill_stack.planner.symbolic.search import GapSearch

THINGS, PLACES = ("cup", "ball", "box"), ("shelf", "desk")
PREDICATES = {"clean": 1, "held": 1, "at": 2, "lit": 0}
"""Facts by how many arguments they have; the second one of ``at`` is a place."""


@dataclass(frozen=True)
class Domain:
    """A search to be done.

    Attributes:
        library: Skills; ``thing`` and ``other`` are objects, ``place`` a choice.
        facts: What holds at the beginning.
        goal: What is wanted.
    """

    library: SkillLibrary
    facts: frozenset[Fact]
    goal: tuple[Literal, ...]


def make_skill(name: str, goal: list[str], needs: list[str], effects: list[str], hazard: str) -> SkillSpec:
    """A skill of a domain."""
    parameters = [
        {"name": p, "type": "choice", "description": p, "choices": list(PLACES)} if p == "place"
        else {"name": p, "type": "object", "description": p}
        for p in goal
    ]  # fmt: skip
    differ = ["differs($thing, $other)"] if {"thing", "other"} <= set(goal) else []
    return SkillSpec.model_validate(
        {
            "name": name, "robot": "r", "kind": "guided", "description": name, "goal": parameters, "timeout": 9.0,
            "envelope": {"tilt": 1, "angular_speed": 6}, "phases": [{"name": "only", "stance": name}],
            "provenance": {"recipe": "test"}, "guided": {"base": name, "guide": "none"}, "hazard": hazard,
            "preconditions": needs + differ, "effects": effects,
        }
    )  # fmt: skip


@st.composite
def skills(draw, name, negative):
    """One skill whose effects speak of each fact once."""
    goal = draw(st.sampled_from([["thing"], ["thing", "place"], ["thing", "other"], ["place", "thing", "other"], []]))
    atoms = ["lit()"]
    for one in goal:
        if one != "place":
            atoms += [f"clean(${one})", f"held(${one})"]
            atoms += [f"at(${one}, $place)"] if "place" in goal else [f"at(${one}, {p})" for p in PLACES]
    needed = draw(st.lists(st.sampled_from(atoms), max_size=3, unique=True))
    changed = draw(st.lists(st.sampled_from(atoms), min_size=1, max_size=3, unique=True))
    needs = [f"{'not ' if negative and draw(st.integers(0, 3)) == 0 else ''}{atom}" for atom in needed]
    effects = [f"{'not ' if draw(st.integers(0, 2)) == 0 else ''}{atom}" for atom in changed]
    return make_skill(name, goal, needs, effects, draw(st.sampled_from(["none", "low", "high"])))


GROUND = ["lit()", *(f"{p}({t})" for p in ("clean", "held") for t in THINGS),
          *(f"at({t}, {p})" for t in THINGS for p in PLACES)]  # fmt: skip


@st.composite
def domains(draw, negative=True):
    """A domain with a beginning and a goal."""
    specs = [draw(skills(f"skill{k}", negative)) for k in range(draw(st.integers(1, 4)))]
    begin = draw(st.lists(st.sampled_from(GROUND), max_size=6, unique=True))
    wanted = draw(st.lists(st.sampled_from(GROUND), min_size=1, max_size=3, unique=True))
    signs = [negative and draw(st.integers(0, 4)) == 0 for _ in wanted]
    goal = tuple(Literal.parse(f"{'not ' if no else ''}{atom}") for atom, no in zip(wanted, signs))
    facts = {Fact(one.predicate, one.arguments) for one in map(Literal.parse, begin)}
    facts |= {Fact("differs", (a, b)) for a in THINGS for b in THINGS if a != b}
    domain = Domain(SkillLibrary.from_specs("r", specs), frozenset(facts), goal)
    if draw(st.booleans()):
        return domain
    after = domain.facts  # else what a walk leads to is wanted, so that there is a plan
    for _ in range(draw(st.integers(1, 8))):
        possible = [step for step in all_steps(domain) if step.violated(after) is None]
        after = draw(st.sampled_from(possible)).after(after) if possible else after
    wanted = [Literal(f.predicate, f.arguments) for f in sorted(after - domain.facts)]
    wanted += [Literal(f.predicate, f.arguments, False) for f in sorted(domain.facts - after) if negative]
    return Domain(domain.library, domain.facts, tuple(wanted[-4:]) or goal)


def all_steps(domain: Domain) -> list[Step]:
    """Every skill with every choice of arguments."""
    out = []
    for spec in domain.library:
        choices = [p.choices if p.type == "choice" else THINGS for p in spec.goal]
        out += [Step(spec, dict(zip([p.name for p in spec.goal], values))) for values in product(*choices)]
    return out


def exhaustive(domain: Domain, most: int = 400) -> int | None:
    """Cost of the cheapest plan by looking at every state with the facts themselves, or None when there is none."""
    steps, tick = [(s, step_cost(s.spec)) for s in all_steps(domain)], count()
    best, queue = {domain.facts: 0}, [(0, next(tick), domain.facts)]
    while queue:
        cost, _, facts = heapq.heappop(queue)
        if cost > best[facts]:
            continue
        if all(one.holds(facts) for one in domain.goal):
            return cost
        assume(len(best) <= most)
        for step, more in steps:
            if step.violated(facts) is None:
                after = step.after(facts)
                if cost + more < best.get(after, cost + more + 1):
                    best[after] = cost + more
                    heapq.heappush(queue, (cost + more, next(tick), after))
    return None


def after_all(steps, facts):
    """The facts after steps, each of which must be possible."""
    for step in steps:
        assert step.violated(facts) is None, step
        facts = step.after(facts)
    return facts


SLOW = settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])


@SLOW
@given(domains())
def test_it_finds_a_plan_where_there_is_one_and_what_it_calls_cheapest_is(domain):
    found = GapSearch(domain.library, THINGS).search(domain.facts, domain.goal)
    best = exhaustive(domain)
    assert found.proven, "so small a domain is searched to its end"
    assert (found.steps is None) == (best is None)
    if found.steps is not None:
        assert all(one.holds(after_all(found.steps, domain.facts)) for one in domain.goal)
        assert found.cost == best == sum(step_cost(step.spec) for step in found.steps)
        tree = PlanNode("sequence", tuple(PlanNode("skill", skill=s.spec.name, arguments=dict(s.arguments))
                                          for s in found.steps))  # fmt: skip
        assert Checker(domain.library).check(tree, domain.facts) is None


def test_wildcards_are_facts_that_may_be_any():
    library = SkillLibrary.from_specs("r", [
        make_skill("grasp", ["thing"], ["not held(*)"], ["held($thing)"], "low"),
        make_skill("drop", ["thing"], ["held($thing)"], ["not held(*)"], "low"),
        make_skill("show", [], ["held(*)"], ["lit()"], "low"),
    ])  # fmt: skip
    search = GapSearch(library, THINGS)

    def names(wants, *facts):
        held = frozenset(Fact("held", (one,)) for one in facts)
        return [(s.spec.name, s.arguments.get("thing")) for s in search.close(held, tuple(map(Literal.parse, wants)))]

    assert names(["held(cup)"], "ball") == [("drop", "ball"), ("grasp", "cup")]
    assert [name for name, _ in names(["lit()"])] == ["grasp", "show"]
    assert names(["not held(*)"], "ball", "cup")[0][0] == "drop" and len(names(["not held(*)"], "ball", "cup")) == 1
    assert names(["lit()", "not held(*)"], "box") == [("show", None), ("drop", "box")]


def test_less_hazard_wins_among_plans_of_the_same_length():
    library = SkillLibrary.from_specs("r", [
        make_skill("throw", ["thing"], [], ["clean($thing)"], "high"),
        make_skill("wipe", ["thing"], [], ["clean($thing)", "held($thing)"], "low"),
    ])  # fmt: skip
    assert GapSearch(library, THINGS).close(frozenset(), (Literal.parse("clean(cup)"),))[0].spec.name == "wipe"


def test_facts_that_never_change_narrow_what_is_tried():
    rooms = tuple(f"room{k}" for k in range(40))
    move = make_skill("move", ["thing", "other"], ["at(robot, $thing)", "door($thing, $other)"],
                      ["not at(robot, *)", "at(robot, $other)"], "none")  # fmt: skip
    facts = {Fact("door", (a, b)) for a, b in zip(rooms, rooms[1:])} | {Fact("at", ("robot", rooms[0]))}
    facts |= {Fact("differs", (a, b)) for a, b in zip(rooms, rooms[1:])}
    goal = (Literal.parse("at(robot, room15)"),)
    found = GapSearch(SkillLibrary.from_specs("r", [move]), rooms).search(frozenset(facts), goal)
    assert len(found.steps) == 15 and found.proven


def test_a_free_hand_among_many_things_brings_nothing_else_in():
    """What is wanted and holds already is not looked into first, however much could be laid down everywhere."""
    skills = [
        make_skill("go", ["thing"], [], ["not near(*)", "near($thing)"], "none"),
        make_skill("take", ["thing"], ["near($thing)", "free(r)"], ["held($thing)", "not free(r)"], "none"),
    ]
    lay = make_skill("lay", ["thing", "other"], [], ["not held($thing)", "free(r)"], "none")
    skills.append(lay.model_copy(update={"preconditions": ["held($thing)", "near($other)"]}))
    things = tuple(f"thing_{number}" for number in range(150))
    search = GapSearch(SkillLibrary.from_specs("r", skills), things)
    wants = (Literal.parse("near(thing_7)"), Literal.parse("free(r)"))
    found = search.search(frozenset({Fact("free", ("r",))}), wants)
    assert found.steps is not None
    assert [(step.spec.name, step.arguments) for step in found.steps] == [("go", {"thing": "thing_7"})]


def test_too_much_is_given_up_and_not_called_impossible():
    things = tuple(f"thing{k}" for k in range(60))
    swap = make_skill("swap", ["thing", "other"], [], ["at($thing, $other)"], "none")
    goal = (Literal.parse("at(thing1, thing2)"), Literal.parse("lit()"))
    found = GapSearch(SkillLibrary.from_specs("r", [swap]), things).search(frozenset(), goal)
    assert found.steps is None  # nothing makes lit()


# unified-planning


def up_problem(domain: Domain):
    """The domain for unified-planning, with types for things and places; and its actions."""
    up = pytest.importorskip("unified_planning.shortcuts", reason="the extra 'dev' is not installed")
    up.get_environment().credits_stream = None
    thing, place = up.UserType("thing"), up.UserType("place")
    names = {one: up.Object(one, thing) for one in THINGS} | {one: up.Object(one, place) for one in PLACES}
    kinds = {"clean": [thing], "held": [thing], "at": [thing, place], "lit": [], "differs": [thing, thing]}
    fluents = {
        name: up.Fluent(name, up.BoolType(), **{f"a{k}": kind for k, kind in enumerate(types)})
        for name, types in kinds.items()
    }
    problem = up.Problem("random", initial_defaults=dict.fromkeys(fluents.values(), False))
    for fluent in fluents.values():
        problem.add_fluent(fluent, default_initial_value=False)
    problem.add_objects(names.values())

    def said(literal, parameters):
        arguments = [parameters[a[1:]] if a.startswith("$") else names[a] for a in literal.arguments]
        return fluents[literal.predicate](*arguments)

    for spec in domain.library:
        kinds_of = {p.name: place if p.type == "choice" else thing for p in spec.goal}
        action = up.InstantaneousAction(spec.name, **kinds_of)
        given_ = {p.name: action.parameter(p.name) for p in spec.goal}
        for need in map(Literal.parse, spec.preconditions):
            action.add_precondition(said(need, given_) if need.positive else up.Not(said(need, given_)))
        for effect in map(Literal.parse, spec.effects):
            action.add_effect(said(effect, given_), effect.positive)
        problem.add_action(action)
    for fact in domain.facts:
        problem.set_initial_value(fluents[fact.predicate](*(names[a] for a in fact.arguments)), True)
    for one in domain.goal:
        problem.add_goal(said(one, {}) if one.positive else up.Not(said(one, {})))
    return up, problem, names


FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(domains())
def test_plans_are_valid_in_unified_planning(domain):
    up, problem, names = up_problem(domain)
    found = GapSearch(domain.library, THINGS).search(domain.facts, domain.goal)
    assume(found.steps is not None)
    from unified_planning.plans import ActionInstance, SequentialPlan

    plan = SequentialPlan([
        ActionInstance(problem.action(s.spec.name),
                       tuple(up.ObjectExp(names[str(s.arguments[p.name])]) for p in s.spec.goal))
        for s in found.steps
    ])  # fmt: skip
    with up.PlanValidator(problem_kind=problem.kind, plan_kind=plan.kind) as validator:
        assert validator.validate(problem, plan), (problem, plan)


@FEW
@given(domains(negative=False))
def test_an_engine_of_unified_planning_agrees_on_what_can_be_done_and_in_how_many_steps(domain):
    up, problem, _ = up_problem(domain)
    pytest.importorskip("up_pyperplan", reason="no engine for unified-planning is installed: pip install up-pyperplan")
    found = GapSearch(domain.library, THINGS).search(domain.facts, domain.goal)
    with up.OneshotPlanner(name="pyperplan-opt") as planner:
        plan = planner.solve(problem).plan
    assert (plan is None) == (found.steps is None)
    if plan is not None and found.steps is not None:
        assert found.proven and len(found.steps) == len(plan.actions)
