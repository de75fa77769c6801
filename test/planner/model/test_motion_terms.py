"""Reward terms that a model fills in where no skill covers the words."""

import itertools
import json
import os
import random

import pytest

from skill_stack.core.rewards.reward_arguments import rewards_of
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.planner import Planner
from skill_stack.planner.model.motion_offer import MotionOffer, NotAMotion
from skill_stack.planner.model.prompt import tokens_of
from skill_stack.planner.model.proposal_schema import proposal_schema
from skill_stack.planner.model.skill_offer import SkillOffer
from test.told_skill import told_skill

UNCOVERED = "impersonate a camel"
GARBAGE = (
    None, 3, "terms", [], [[]], {}, [None], [{"term": "foot_lift"}], [{"of": ["FL"]}], [{"term": 3, "of": None}],
    [{"term": "foot_lift", "of": [["FL"]], "target": 0.1}], [{"term": "base_pitch", "of": None, "target": "0.3"}],
    [{"term": "base_pitch", "of": None, "target": True}], [{"term": "base_pitch", "of": None, "target": 10**400}],
    [{"term": "base_pitch", "of": None, "target": 0.3, "weight": 1e9}],
    [{"term": "base_pitch", "of": None, "target": 0.3, "code": "import os"}],
    [{"term": "base_pitch\n", "of": {"FL": 1}, "target": 0.3}],
    [{"term": "base_height", "of": None, "target": 0.2}] * 99,
)  # fmt: skip


def term(name, target=None, *of):
    return {"term": name, "of": list(of) or None, "target": target}


@pytest.fixture(scope="module")
def told_library(library):
    return SkillLibrary.from_specs("go2", [*library, told_skill()])


@pytest.fixture(scope="module")
def motion(told_library):
    return MotionOffer.of_library(told_library)


@pytest.fixture(scope="module")
def told_planner(told_library):
    return Planner(told_library)


@pytest.fixture
def told(bench, told_planner, server, kit):
    bench.planner = told_planner
    return bench.set_up(kit.at(server), order="listed")


def motion_of(kit, terms, seconds=None):
    return kit.plan_of({"skill": "move_as_told", "arguments": {"terms": terms, "seconds": seconds}})


def user(server):
    return json.loads(server.requests[-1]["messages"][1]["content"])


def test_words_without_a_skill_become_terms_that_a_person_is_asked_about(told, server, kit):
    server.script = [motion_of(kit, [term("base_height", 0.2), term("foot_lift", 0.1, "FL")], 3)]
    plan = told.ask(UNCOVERED)
    assert plan.status == "question" and plan.certainty == "disputed", "nothing of a model runs without a yes"
    (step,) = plan.steps
    assert step.skill == "move_as_told"
    assert "base height 20 cm" in plan.reason and "foot lift of FL 10 cm" in plan.reason
    rewards = rewards_of(step.arguments)
    assert {one.label: one.target for one in rewards.terms} == {"base_height": 0.2, "foot_lift of FL": 0.1}
    assert rewards.seconds == 3.0 and {one.weight for one in rewards.terms} == {1.0}


@pytest.mark.parametrize(
    ("terms", "seconds", "reason"),
    [
        ([term("tail_wag", 1.0)], None, "there is no term 'tail_wag'"),
        ([term("base_height", 3.0)], None, "base_height: 3 m is outside of 0.08 to 0.6 m"),
        ([term("velocity_x", 0.5), term("place_x", 1.0)], None, "place_x and velocity_x exclude each other"),
        ([term("foot_lift", 0.1, "tail")], None, "foot_lift is of one of: FL, FR, RL, RR; not tail"),
        ([term("foot_lift", 0.1)], None, "foot_lift is of one of: FL, FR, RL, RR; not the robot"),
        ([term("object_yaw", 0.5)], None, "object_yaw"),
        ([term("foot_lift", 0.1, foot) for foot in ("FL", "FR", "RL", "RR")], None, "no foot is left to stand on"),
        ([term("base_height", 0.2)], -3, "'seconds' is a number above 0, at most 60, or null"),
        ([term("base_height", 0.2)], 1e9, "'seconds' is a number above 0"),
    ],
)
def test_what_is_wrong_is_refused_with_the_term_named(told, server, kit, terms, seconds, reason):
    server.script = [motion_of(kit, terms, seconds)]
    assert told.ask(UNCOVERED) == told.own(UNCOVERED)
    assert reason in told.log[0]["reason"] and told.verdicts == ["refused", "refused"]
    assert reason in json.loads(server.requests[1]["messages"][3]["content"])["refused_because"], "the model is told"


@pytest.mark.parametrize("terms", GARBAGE, ids=lambda terms: str(terms)[:40])
def test_nothing_but_terms_is_executed(told, server, kit, terms):
    server.script = [motion_of(kit, terms)]
    assert told.ask(UNCOVERED) == told.own(UNCOVERED) and set(told.verdicts) == {"refused"}
    assert told.models.states() == {"local": ""}


def test_random_arguments_never_break_anything(motion):
    """Whatever is taken holds only offered terms within their ranges."""
    draw, taken = random.Random(7), 0
    names = [*motion.terms, "tail_wag", "", "base_pitch_weight"]
    values = [None, 0.0, 0.1, -0.2, 1e5, float("nan"), "0.1", [], {}]
    for _ in range(2000):
        terms = [
            {"term": draw.choice(names), "of": draw.choice([None, [], ["FL"], ["RR", "FL"], "FR"]),
             "target": draw.choice(values)}
            for _ in range(draw.randint(1, 3))
        ]  # fmt: skip
        try:
            arguments = motion.arguments({"terms": terms, "seconds": draw.choice([None, 1.0, 2])})
        except NotAMotion:
            continue
        taken += 1
        motion.spec.complete(arguments)
        assert {one.term for one in rewards_of(arguments).terms} <= {one["term"] for one in terms}
    assert taken > 50


@pytest.mark.parametrize("words", ["say hello", "go to the rde ball", "blorp, but never lift a paw"])
def test_terms_are_offered_only_where_no_skill_covers_the_words(told, server, kit, words):
    server.script = [motion_of(kit, [term("base_height", 0.2)])]
    told.ask(words)
    assert "motion" not in user(server)
    assert all(step.skill != "move_as_told" for step in told.ask(words).steps), "what was not offered is refused"


def test_a_motion_that_a_person_must_ask_for_by_name_is_not_offered(library):
    """On a device every motion of this skill is."""
    assert MotionOffer.of_library(SkillLibrary.from_specs("go2", [*library, told_skill(hazard="high")])) is None
    assert MotionOffer.of_library(library) is None


def test_the_offer_is_compact_and_leaves_the_beginning_of_the_prompt_alone(told, server, kit):
    texts, sizes = [], []
    for words in (UNCOVERED, "say hello", kit.UNKNOWN, "juggle the moon"):
        told.ask(words)
        messages = server.requests[-1]["messages"]
        texts.append("".join(message["content"] for message in messages))
        sizes.append(tokens_of(messages, {}))
    for one, other in itertools.combinations(texts, 2):
        shared = len(os.path.commonprefix([one, other]))
        assert shared >= 0.95 * min(len(one), len(other)), "with and without terms"
    assert "motion" in user(server) and list(user(server))[-1] == "instruction"
    assert sizes[0] - sizes[1] < 1200, "tokens that the terms take"
    lines = user(server)["motion"]["terms"]
    assert 15 <= len(lines) <= 40, "not a target and a weight for each part"
    assert "foot_lift of foot: 0 to 0.3 m; height of a foot above the ground" in lines
    assert user(server)["motion"]["parts"]["foot"] == ["FL", "FR", "RL", "RR"]


def test_the_schema_of_terms_compiles_to_a_grammar(told_library, motion, scene, standing):
    xgrammar = pytest.importorskip("xgrammar", reason="the grammars of vLLM: pip install xgrammar")
    from xgrammar.testing import _is_grammar_accept_string as accepts

    offer = SkillOffer.select("", told_library, scene, standing, 100, 100, (), motion)
    grammar = xgrammar.Grammar.from_json_schema(json.dumps(proposal_schema(offer)))

    def said(*terms, **more):
        arguments = {"terms": list(terms), "seconds": None, **more}
        step = {"skill": "move_as_told", "arguments": arguments}
        return json.dumps({"answer": "plan", "steps": [step], "text": ""})

    assert accepts(grammar, said(term("base_height", 0.2), term("foot_lift", None, "FL")))
    for wrong in (
        said(), said(term("tail_wag", 1.0)), said(term("foot_lift", 0.1, "tail")), said(term("foot_lift", 0.1)),
        said(term("base_height", 0.2), code="import os"), said({**term("base_height", 0.2), "weight": 9}),
    ):  # fmt: skip
        assert not accepts(grammar, wrong)
