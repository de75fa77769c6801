"""Every rule by combination, over libraries with and without effects; and what is ordinary stays allowed."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.implied.knowledge import Knowledge
from skill_stack.language.kinds.rules import HazardRules, KindRule
from skill_stack.planner.planner import Planner

from . import conftest as make
from .conftest import fact, node, thing, tree, with_things

APPLIES = {"apply": "apply", "pour": "apply", "feed": "apply", "close": "cover", "drop": "drop onto",
           "drop somewhere": "drop at", "hurl": "throw at", "release": "put"}  # fmt: skip
"""Steps of two things, by the sense that a rule wants of them."""


def outcomes(hazards, household, plan, scene, facts=frozenset(), **more):
    return {one.outcome for one in hazards.findings(plan, household.library, scene, facts, **more)}


def warning(hazards):
    """The rules that refuse or ask."""
    return {name: rule for name, rule in hazards.rules.rules.items() if rule.outcome != "allow"}


def hazardous_plans(hazards, household, specimen):
    """Every rule that refuses or asks, as plans over one library: name, way, plan, scene."""
    for name, rule in warning(hazards).items():
        for kind in rule.what:
            for goal in ("" if goal == "nowhere" else goal for goal in rule.to or ("",)):
                what, to = specimen(kind, "it"), specimen(goal, "there") if goal else None
                things = [thing(one) for one in ("table", "basket", "door")] + [one for one in (what, to) if one]
                scene, plans = with_things(SceneGraph(), *things), ()
                if rule.inside:
                    inner = specimen(rule.inside[0], "inner")
                    scene = with_things(scene, inner, facts=[fact("in", "inner", "it")])
                if rule.within:
                    scene = with_things(scene, specimen(rule.within[0], "outer"), facts=[fact("in", "it", "outer")])
                if to is not None and rule.does and rule.does[0] in APPLIES:
                    plans = [("applied", tree(household.steps[APPLIES[rule.does[0]]]("it", "there")))]
                elif to is not None and rule.does:
                    why = f"beside the {to.kind}"
                    plans = [("beside", tree(replace(household.steps[sense]("it"), why=why))) for sense in rule.does]
                elif to is not None:
                    plans = household.moves("it", "there")
                else:
                    before = [household.steps[state]("it") for state in ("on", "off") if kind == "restarted"]
                    did = [one for sense in rule.does for one in household.does(sense, "it")]
                    plans = [(way, tree(*before, plan)) for way, plan in did]
                yield from ((name, way, plan, scene) for way, plan in plans)


@pytest.mark.parametrize("which", ["told", "bare"])
def test_no_combination_of_a_rule_runs_unasked(hazards, households, specimen, which):
    plans = list(hazardous_plans(hazards, households[which], specimen))
    named = {name for name, *_ in plans}
    assert named == set(warning(hazards)) and len(plans) > 200
    missed = [(name, way) for name, way, plan, scene in plans if not outcomes(hazards, households[which], plan, scene)]
    assert not missed


@pytest.mark.parametrize("which", ["told", "bare"])
def test_what_is_refused_is_refused_in_every_way(hazards, households, specimen, which):
    household, weak = households[which], []
    for name, way, plan, scene in hazardous_plans(hazards, household, specimen):
        if hazards.rules.rules[name].outcome == "refuse":
            answer = hazards.checked(Plan("p", "w", "plan", plan), household.library, scene, frozenset())
            if answer.status != "refusal" or answer.tree is not None:
                weak.append((name, way))
    assert not weak


ORDINARY = [
    ("bring the cup to Anna", lambda h: tree(h.steps["take"]("cup"), h.steps["give"]("cup", "anna"))),
    ("put the book on the shelf", lambda h: tree(h.steps["take"]("book"), h.steps["put"]("book", "shelf"))),
    ("bring the knife to the kitchen table",
     lambda h: tree(h.steps["take"]("knife"), h.steps["go"]("table"), h.steps["put"]("knife", "kitchen_table"))),
    ("put the cup into the microwave", lambda h: tree(h.steps["take"]("cup"), h.steps["put"]("cup", "microwave"))),
    ("go to the cat", lambda h: tree(h.steps["go"]("cat"))),
    ("the drain cleaner goes on the shelf, then to Tim",
     lambda h: tree(h.steps["take"]("drain_cleaner"), h.steps["put"]("drain_cleaner", "shelf"), h.steps["go"]("tim"))),
    ("switch on the kettle", lambda h: tree(h.steps["on"]("kettle"))),
    ("cook the potato in the oven",
     lambda h: tree(h.steps["take"]("potato"), h.steps["put"]("potato", "oven"), h.steps["on"]("oven"))),
    ("bring Anna the basket", lambda h: tree(h.steps["take"]("basket"), h.steps["give"]("basket", "anna"))),
]  # fmt: skip


@pytest.mark.parametrize("which", ["told", "bare"])
@pytest.mark.parametrize(("words", "plan"), ORDINARY, ids=[words for words, _ in ORDINARY])
def test_ordinary_combinations_are_allowed(hazards, households, home, which, words, plan):
    household = households[which]
    found = hazards.findings(plan(household), household.library, home, frozenset())
    assert not found, f"{words}: {found}"


def test_who_holds_it_already_is_no_safer(hazards, households, home):
    told = households["told"]
    plan = tree(node("go_to", place="tim"))
    assert not outcomes(hazards, told, plan, home)
    assert "refuse" in outcomes(hazards, told, plan, home, frozenset({fact("holding", "robot", "drain_cleaner")}))
    assert "refuse" in outcomes(hazards, told, plan, home, held=frozenset({"drain_cleaner"}))
    theirs = frozenset({fact("has", "anna", "drain_cleaner")})
    assert not outcomes(hazards, told, plan, home, theirs)


def test_what_a_step_leaves_in_the_hand_is_known_after_it(hazards, households, home):
    library = households["told"].library
    take, put = node("pick_up", thing="drain_cleaner"), node("place", thing="drain_cleaner", place="shelf")

    def after(one, held, done=True):
        return hazards.held_after(Step(library[one.skill], one.arguments), home, frozenset(), frozenset(held), done)

    assert after(take, ()) == {"drain_cleaner"} and after(put, {"drain_cleaner"}) == frozenset()
    assert after(take, (), done=False) == {"drain_cleaner"} and after(put, {"drain_cleaner"}, False) == {
        "drain_cleaner"
    }


def test_who_sits_in_the_machine_stops_it_whoever_put_them_there(hazards, households, home):
    told = households["told"]
    run = node("switch", device="washing_machine", state="on")
    assert not outcomes(hazards, told, tree(run), home)
    inside = with_things(home, facts=[fact("in", "cat", "basket"), fact("in", "basket", "washing_machine")])
    assert outcomes(hazards, told, tree(run), inside) == {"refuse"}
    assert not outcomes(hazards, told, tree(node("switch", device="washing_machine", state="off")), inside)


def test_what_cut_raw_meat_cuts_nothing_that_is_eaten_raw_until_it_is_washed(hazards, households, home):
    told, knives = households["told"], [thing("knife", "knife"), thing("other_knife", "knife")]
    scene = with_things(home, thing("pork", "raw pork"), thing("pear"), *knives)

    def cut(what, tool):
        return node("cut_with", thing=what, tool=tool)

    meat = cut("pork", "knife")
    assert outcomes(hazards, told, tree(meat, cut("pear", "knife")), scene) == {"ask"}
    assert not outcomes(hazards, told, tree(cut("pear", "knife"), meat), scene)
    assert not outcomes(hazards, told, tree(meat, cut("pear", "other_knife")), scene)
    assert not outcomes(hazards, told, tree(meat, node("rinse", thing="knife"), cut("pear", "knife")), scene)
    held = [node("pick_up", thing="knife"), node("cut", thing="pork"), node("cut", thing="pear")]
    assert outcomes(hazards, told, tree(*held), scene) == {"ask"}
    assert outcomes(hazards, told, tree(*held[1:]), scene) == {"ask"}  # nobody says with what
    assert outcomes(hazards, told, tree(held[1], node("rinse", thing="pear"), held[2]), scene) == {"ask"}
    assert not outcomes(hazards, told, tree(held[1], node("rinse", thing="knife"), held[2]), scene)


def switched(state):
    return node("switch", device="lamp", state=state)


def test_what_runs_is_not_shut_in_until_it_is_off(hazards, households, home):
    told, scene = households["told"], with_things(home, thing("lamp"), thing("drawer"), thing("lantern", "lit lantern"))
    put = [node("pick_up", thing="lamp"), node("place", thing="lamp", place="drawer")]
    assert outcomes(hazards, told, tree(switched("on"), *put), scene) == {"ask"}
    assert not outcomes(hazards, told, tree(*put), scene)
    assert not outcomes(hazards, told, tree(switched("on"), switched("off"), *put), scene)
    assert outcomes(hazards, told, tree(*put), scene, frozenset({fact("is_on", "lamp")})) == {"ask"}
    lit = tree(node("pick_up", thing="lantern"), node("place", thing="lantern", place="drawer"))
    assert outcomes(hazards, told, lit, scene) == {"ask"}
    maybe = PlanNode("condition", (switched("on"), node("go_to", place="door")), arguments={"fact": "open(door)"})
    assert outcomes(hazards, told, tree(maybe, *put), scene) == {"ask"}


FILL = [{"name": "vessel", "type": "object"}, {"name": "content", "type": "object"}]


def test_what_a_vessel_was_filled_with_goes_with_it_and_meets_what_is_in_it(hazards, home):
    fill = make.spec("fill", FILL, phrases=["fill {vessel} with {content}"])
    put = make.spec("place", [make.OBJECT, make.PLACE], effects=["in($thing, $place)"])
    pour = make.spec("pour", [make.OBJECT, make.PLACE], phrases=["pour {thing} over {place}"])
    household = make.Household(SkillLibrary.from_specs("r", [fill, put, pour]), {})
    things = [thing(one) for one in ("cupboard", "coffee", "water", "phone", "houseplant")]
    scene, into = with_things(home, *things), node("place", thing="cup", place="cupboard")
    filled, watered = node("fill", vessel="cup", content="coffee"), node("fill", vessel="cup", content="water")
    assert not outcomes(hazards, household, tree(filled), scene) | outcomes(hazards, household, tree(into), scene)
    assert outcomes(hazards, household, tree(filled, into), scene) == {"ask"}
    drowned = tree(node("place", thing="phone", place="cup"), filled)
    assert {one.rule for one in hazards.findings(drowned, household.library, scene, frozenset())} >= {"poured"}
    over = node("pour", thing="cup", place="houseplant")
    assert not outcomes(hazards, household, tree(watered, over), scene)
    assert outcomes(hazards, household, tree(filled, over), scene) == {"ask"}


def test_what_runs_is_not_worked_on_and_not_switched_on_again_and_again(hazards, households, home):
    clean = make.spec("clean", [make.OBJECT])
    household = make.Household(SkillLibrary.from_specs("r", [households["told"].library["switch"], clean]), {})
    scene, on, off = with_things(home, *map(thing, ("lamp", "lamp_shade", "fan"))), switched("on"), switched("off")
    for cleaned, outcome in (("lamp", {"ask"}), ("lamp_shade", {"ask"}), ("fan", set())):
        step = node("clean", thing=cleaned)
        assert outcomes(hazards, household, tree(on, step), scene) == outcome
        assert not outcomes(hazards, household, tree(on, off, step), scene)
    assert not outcomes(hazards, household, tree(off, on, off), scene)
    assert outcomes(hazards, household, tree(on, off, on), scene) == {"ask"}


@pytest.mark.parametrize("which", ["told", "bare"])
@pytest.mark.parametrize(
    ("deed", "what", "to", "outcome"),
    [("throw", "vase", "", {"ask"}), ("throw", "blorp", "", {"ask"}), ("throw", "tennis ball", "", {"ask"}),
     ("damage", "window", "", {"ask"}), ("drop", "plate", "", {"ask"}), ("drop", "pillow", "", set()),
     ("drop onto", "vase", "floor", {"ask"}), ("drop at", "vase", "floor", {"ask"}), ("drop at", "vase", "box", set()),
     ("drop at", "towel", "floor", set()), ("put", "vase", "shelf", set()),
     ("take", "cat", "", {"ask"}), ("take", "iguana", "", {"ask"}), ("take", "plush cat", "", set()),
     ("put", "drain cleaner", "top shelf", {"ask"}), ("put", "drain cleaner", "shelf", set()),
     ("put", "atlas", "top shelf", set()), ("hurt", "cat", "", {"refuse"}),
     ("hurt", "nail", "", set()), ("apply", "tea", "laptop", {"ask"}), ("apply", "tea", "mug", set()),
     ("apply", "water", "coffee machine", set()), ("apply", "milk", "coffee machine", {"ask"}),
     ("apply", "juice", "floor", {"ask"}), ("apply", "water", "houseplant", set()),
     ("put", "newspaper", "oven", {"ask"}), ("put", "potato", "oven", set()), ("put", "egg", "microwave", {"ask"}),
     ("put", "egg", "fridge", set()), ("put", "fork", "toaster", {"refuse"}), ("put", "bread", "toaster", set()),
     ("put", "wallet", "bin", {"ask"}), ("put", "broken watch", "bin", set()), ("put", "peel", "bin", set()),
     ("put", "chair", "emergency exit", {"ask"}), ("put", "space heater", "curtain", {"ask"}),
     ("cover", "towel", "radiator", {"ask"}), ("cover", "blanket", "person", set()),
     ("cover", "pillow", "person", {"refuse"}), ("throw at", "tennis ball", "basket", set()),
     ("throw at", "tennis ball", "vase", {"ask"}), ("throw at", "wrapper", "bin", set()),
     ("throw at", "blorp", "bin", {"ask"}), ("drop onto", "towel", "bed", set()),
     ("drop onto", "towel", "oven", {"ask"}),
     ("apply", "blorp", "mug", {"ask"}), ("apply", "water", "blorp", {"ask"}), ("cut", "bread", "", set()),
     ("cut", "blorp", "", {"ask"}), ("heat", "soup", "", set()), ("heat", "blorp", "", {"ask"}),
     ("on", "stove", "", {"ask"}),
     ("on", "kettle", "", set()), ("on", "radio", "", set()), ("ignite", "blorp", "", {"ask"}),
     ("put", "blorp", "oven", {"ask"}), ("put", "blorp", "toilet", {"ask"}), ("put", "blorp", "shelf", set()),
     ("put", "shirt", "washing machine", set()), ("put", "plate", "dishwasher", set()),
     ("put", "tea", "laptop", {"ask"}),
     ("put", "charger", "laptop", set())],
)  # fmt: skip
def test_damage_and_fire_are_asked_about_and_their_harmless_counterparts_are_not(
    hazards, households, which, deed, what, to, outcome
):
    household, things = households[which], [thing("it", what)] + ([thing("there", to)] if to else [])
    step = household.steps[deed](*(one.id for one in things))
    steps = [household.steps["take"]("it"), step] if deed == "put" else [step]
    assert outcomes(hazards, household, tree(*steps), with_things(SceneGraph(), *things)) == outcome


def test_a_composite_is_what_it_stands_for(hazards, households, home):
    told = households["told"].library
    goal = [
        {"name": "gift", "type": "object", "description": "what"},
        {"name": "to", "type": "object", "description": "who"},
    ]
    steps = [{"pick_up": {"thing": "$gift"}}, {"hand_over": {"thing": "$gift", "recipient": "$to"}}]
    library = SkillLibrary.from_specs(
        "r", [*(e.spec for e in told.entries.values()), make.composite("surprise", goal, steps)]
    )
    bad, good = (tree(node("surprise", gift=one, to="tim")) for one in ("drain_cleaner", "book"))
    assert {one.outcome for one in hazards.findings(bad, library, home, frozenset())} == {"refuse"}
    assert not hazards.findings(good, library, home, frozenset())


@pytest.mark.parametrize(
    "stuff",
    [thing("flask_7", "flask", names=("drain cleaner",)), thing("sulphuric_acid_bottle", "bottle"),
     thing("flask_7", "bottle of bleach"), thing("Flask_7", "flask")],
)  # fmt: skip
def test_things_are_known_by_names_kinds_and_what_is_stated(hazards, households, home, stuff):
    stated = [fact("corrosive", stuff.id)] if stuff.kind == "flask" and not stuff.names else []
    scene = with_things(home, stuff, facts=stated)
    plan = tree(node("hand_over", thing=stuff.id, recipient="anna"))
    assert outcomes(hazards, households["told"], plan, scene) == {"ask"}


@pytest.mark.parametrize(
    ("kind", "target", "outcome"),
    [("toy knife", "tim", set()), ("plush cat", "oven", {"ask"}), ("hot dog", "microwave", set()),
     ("cat food", "microwave", {"ask"}), ("butter knife", "tim", set()), ("water gun", "tim", set()),
     ("plastic fork", "microwave", {"ask"}), ("screw driver", "oven", {"ask"})],
)  # fmt: skip
def test_what_is_only_called_like_it_is_not_taken_for_it(hazards, households, home, kind, target, outcome):
    scene = with_things(home, thing("it", kind))
    assert outcomes(hazards, households["told"], tree(node("place", thing="it", place=target)), scene) == outcome


def test_a_plan_that_cannot_be_read_is_refused(hazards, households, home):
    library = households["told"].library
    for wrong in (
        node("fly"),
        node("pick_up"),
        PlanNode("repeat", (node("throw", thing="cup"),), arguments={"count": 0}),
    ):
        assert hazards.checked(Plan("p", "w", "plan", tree(wrong)), library, home, frozenset()).status == "refusal"


def test_answers_without_steps_stay_as_they_are(hazards, households, home):
    said = Plan("p", "w", "statement", reason="so it is")
    assert hazards.checked(said, households["told"].library, home, frozenset()) is said


def test_a_deployment_allows_what_would_be_asked_never_what_is_refused(hazards, households, home):
    told = households["told"]
    ask = tree(node("hand_over", thing="knife", recipient="anna"))
    refuse = tree(node("hand_over", thing="knife", recipient="tim"))
    free = KindRule(what=("blade",), to=("person", "child"), outcome="allow", reason="they are cooks")
    with_more(hazards, {"cooks": free}, lambda wider: (
        pytest.fail("asked") if outcomes(wider, told, ask, home) else None,
        pytest.fail("ran") if outcomes(wider, told, refuse, home) != {"refuse"} else None,
    ))  # fmt: skip
    assert outcomes(hazards, told, ask, home) == {"ask"}


def with_more(hazards, rules, do):
    """Does something with the rules and more of them."""
    old = hazards.rules
    hazards.rules = HazardRules(kinds=old.kinds, senses=old.senses, rules={**old.rules, **rules})
    try:
        do(hazards)
    finally:
        hazards.rules = old


KINDS = ("person", "child", "animal", "living", "corrosive", "blade", "heat", "machine", "food", "electric", "height")
SENSES = ("take", "release", "throw", "off", "on", "close", "cut", "apply", "handle")
THINGS = ("cup", "book", "knife", "shelf", "basket", "anna", "tim", "cat", "oven", "drain_cleaner", "blorp", "nowhere")
STEPS = st.one_of(
    st.builds(lambda x: node("pick_up", thing=x), st.sampled_from(THINGS)),
    st.builds(lambda x, y: node("place", thing=x, place=y), st.sampled_from(THINGS), st.sampled_from(THINGS)),
    st.builds(lambda x, y: node("pour", source=x, target=y), st.sampled_from(THINGS), st.sampled_from(THINGS)),
    st.builds(lambda x: node("go_to", place=x), st.sampled_from(THINGS)),
    st.builds(lambda x: node("put_down_at", place=x), st.sampled_from(THINGS)),
    st.builds(lambda x, s: node("switch", device=x, state=s), st.sampled_from(THINGS), st.sampled_from(["on", "off"])),
)
TREES = st.recursive(
    STEPS,
    lambda below: st.one_of(
        st.lists(below, min_size=1, max_size=4).map(lambda some: PlanNode("sequence", tuple(some))),
        st.lists(below, min_size=2, max_size=3).map(lambda some: PlanNode("parallel", tuple(some))),
        below.map(lambda one: PlanNode("repeat", (one,), arguments={"count": 3})),
        st.tuples(below, below).map(lambda two: PlanNode("condition", two, arguments={"fact": "open(door)"})),
    ),
    max_leaves=8,
)
RULES = st.builds(
    lambda does, what, to, outcome: KindRule(does=does, what=what, to=to, outcome=outcome, reason="drawn"),
    st.lists(st.sampled_from(SENSES), min_size=1, max_size=3).map(tuple),
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=3).map(tuple),
    st.lists(st.sampled_from(KINDS), max_size=2).map(tuple),
    st.sampled_from(["refuse", "ask", "allow"]),
)


def answer(hazards, household, plan, scene):
    return hazards.checked(Plan("p", "w", "plan", plan), household.library, scene, frozenset()).status


@settings(max_examples=150, deadline=None)
@given(plan=TREES, rules=st.lists(RULES, max_size=4))
def test_more_rules_never_let_run_what_was_refused(hazards, households, home, plan, rules):
    told = households["told"]
    before = answer(hazards, told, plan, home)
    more = {f"drawn {number}": rule for number, rule in enumerate(rules)}
    after = []
    with_more(hazards, more, lambda wider: after.append(answer(wider, told, plan, home)))
    assert before != "refusal" or after == ["refusal"]


@settings(max_examples=150, deadline=None)
@given(plan=TREES, step=STEPS)
def test_what_comes_before_or_after_never_hides_a_hazard(hazards, households, home, plan, step):
    told = households["told"]
    alone = set(hazards.findings(plan, told.library, home, frozenset()))
    assert alone <= {*hazards.findings(tree(plan, step), told.library, home, frozenset())}


WORD = st.text("abcdefghijklmnopqrstuvwxyz _-ß0'.", max_size=12)


@settings(max_examples=150, deadline=None)
@given(kinds=st.lists(WORD, min_size=2, max_size=2), names=st.lists(WORD, max_size=3), facts=st.lists(WORD, max_size=3))
def test_what_nobody_knows_has_no_kind_and_is_allowed(hazards, households, kinds, names, facts):
    told = households["told"]
    one, other = (thing(f"x{number}", kind, names=tuple(names)) for number, kind in enumerate(kinds))
    scene = with_things(SceneGraph(), one, other, facts=[Fact(name, ("x0", "x1")) for name in facts])
    plan = tree(node("pick_up", thing="x0"), node("place", thing="x0", place="x1"), node("close", thing="gone"))
    found = hazards.findings(plan, told.library, scene, frozenset())
    known = hazards.kinds.kinds_of(one) | hazards.kinds.kinds_of(other)
    assert known or not found


def test_a_planner_without_rules_checks_nothing(library, households, home):
    bare = Planner(library, knowledge=Knowledge()).hazards
    plan = tree(node("pick_up", thing="cat"), node("place", thing="cat", place="oven"))
    assert not bare.findings(plan, households["told"].library, home, frozenset())


@pytest.mark.parametrize(("away", "outcome"), [(3.0, {"refuse"}), (1.0, set())])
def test_what_the_words_name_beside_the_goal_counts_unless_the_thing_is_there_already(
    hazards, households, home, away, outcome
):
    can, stove = thing("petrol_can"), replace(thing("stove"), position=(1.0 + away, 1.0, 0.0))
    scene, put = with_things(home, can, stove, thing("bench")), households["told"].steps["put"]("petrol_can", "bench")
    plan = tree(households["told"].steps["take"]("petrol_can"), replace(put, why='asked: "put it next to the stove"'))
    assert outcomes(hazards, households["told"], plan, scene) == outcome


@pytest.mark.parametrize(("words", "outcome"), [("cut the paper on the cat's back", {"ask"}), ("cut the paper", set())])
def test_what_the_words_name_beside_what_is_worked_on_counts(hazards, households, home, words, outcome):
    scene = with_things(home, thing("paper"), thing("cat", "cat's back"), thing("cat_2", "cat"))
    plan = tree(replace(households["told"].steps["cut"]("paper"), why=f'asked: "{words}"'))
    assert outcomes(hazards, households["told"], plan, scene) == outcome


@pytest.mark.parametrize(("vessel", "spilt"), [("coffee mug", True), ("juice bottle", True), ("paper clip", False)])
def test_the_last_word_of_a_name_is_enough_for_danger(hazards, households, home, vessel, spilt):
    told, scene = households["told"], with_things(home, thing("vessel", vessel), thing("laptop"))
    plan = tree(told.steps["take"]("vessel"), told.steps["put"]("vessel", "laptop"))
    found = {one.rule for one in hazards.findings(plan, told.library, scene, frozenset())}
    assert ("liquid beside electronics" in found) is spilt
