"""However an errand is wrapped up, its plan is that of the plain words; what is forbidden or told moves nothing."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.instruction import Instruction
from skill_stack.core.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.library_file import read_library, read_scene

DEV = Path(__file__).resolve().parents[2] / "data" / "language" / "dev"

COMMANDS = {
    "flat": [
        ("put", "put", "putting", "the banana", "on the kitchen counter"),
        ("bring", "brought", "bringing", "the newspaper", "to Bob"),
        ("open", "opened", "opening", "the front door", ""),
        ("turn on", "turned on", "turning on", "the tv", ""),
    ],
    "home": [
        ("put", "put", "putting", "the book", "on the shelf"),
        ("open", "opened", "opening", "the window", ""),
        ("switch on", "switched on", "switching on", "the fan", ""),
    ],
}
"""Verb, participle and gerund, a thing and where it goes, by the domain of their library and scene."""

SCENES = {"flat": "flat.scene.yaml", "home": "home.wishes.scene.yaml"}
"""Scene by domain."""

WRAPPERS = [
    "could you {verb} {thing} {rest}", "would you be so good as to {verb} {thing} {rest}",
    "I would be grateful if you could {verb} {thing} {rest}", "would you mind {gerund} {thing} {rest}",
    "{thing} needs to be {done} {rest}", "{thing} has to be {done} {rest} before noon",
    "could {thing} be {done} {rest}, please", "I want {thing} {done} {rest}", "have {thing} {done} {rest}",
    "make sure {thing} gets {done} {rest}", "it is time {thing} was {done} {rest}",
    "it would be great to have {thing} {done} {rest}", "be an angel and {verb} {thing} {rest}",
    "since you are here, {verb} {thing} {rest}", "my back hurts today, could you {verb} {thing} {rest}",
    "{thing}, could you {verb} it {rest}", "you know {thing}? {verb} it {rest}",
    "I was hoping you could {verb} {thing} {rest}", "your next job is to {verb} {thing} {rest}",
    "what I need is for you to {verb} {thing} {rest}", "the boss wants {thing} {done} {rest}",
    "someone should {verb} {thing} {rest}", "nobody has {done} {thing} {rest}, so please do it",
    "if it is not too much to ask, {verb} {thing} {rest}", "{thing} is to be {done} {rest}",
]  # fmt: skip

NEVER = [
    "{thing} must not be {done} {rest}", "{thing} must never be {done} {rest}",
    "don't {verb} {thing} {rest}", "I do not want you to {verb} {thing} {rest}", "you must not {verb} {thing} {rest}",
    "there is no need to {verb} {thing} {rest}", "did you {verb} {thing} {rest}?",
    "{thing} was {done} {rest} yesterday", "defenestrate {thing} {rest}", "{verb} the zorblax {rest}",
    "unless Zed comes, {verb} {thing} {rest}", "why should I {verb} {thing} {rest}?", "{verb} {thing} to the moon base",
]  # fmt: skip


@pytest.fixture(scope="module")
def domains():
    out = {}
    for name in COMMANDS:
        library, stated = read_library(DEV / f"{name}.library.yaml")
        scene = read_scene(DEV / SCENES[name])[0]
        out[name] = Planner(library), scene, place_facts(scene) | stated
    return out


def said(domain, words):
    planner, scene, facts = domain
    plan = planner.plan(Instruction(" ".join(words.split()).replace(" ,", ",").replace(" ?", "?")), scene, facts)
    steps = [(step.skill, *map(str, step.arguments.values())) for step in plan.steps]
    return "plan" if steps else plan.status, steps


errands = st.sampled_from([(name, command) for name, commands in COMMANDS.items() for command in commands])


def wrapped(wrapper, command):
    verb, done, gerund, thing, rest = command
    return wrapper.format(verb=verb, done=done, gerund=gerund, thing=thing, rest=rest)


@settings(max_examples=60, deadline=None)
@given(errand=errands, wrapper=st.sampled_from(WRAPPERS))
def test_a_wrapped_errand_is_planned_as_the_plain_one(domains, errand, wrapper):
    name, command = errand
    plain = said(domains[name], wrapped("{verb} {thing} {rest}", command))
    assert plain[0] == "plan"
    assert said(domains[name], wrapped(wrapper, command)) == plain


@settings(max_examples=50, deadline=None)
@given(errand=errands, wrapper=st.sampled_from(NEVER))
def test_what_is_forbidden_asked_told_or_unknown_moves_nothing(domains, errand, wrapper):
    name, command = errand
    assert said(domains[name], wrapped(wrapper, command))[0] != "plan"


@settings(max_examples=40, deadline=None)
@given(
    words=st.lists(
        st.sampled_from("the a put bring fridge of banana Bob open not to in and it if should nobody".split()),
        max_size=14,
    )
)
def test_any_row_of_words_has_an_answer_that_is_no_exception(domains, words):
    assert said(domains["flat"], " ".join(words) or "hm")[0] in ("plan", "question", "refusal", "statement")


def test_a_plan_says_how_it_was_understood(domains):
    planner, scene, facts = domains["flat"]
    plan = planner.plan(Instruction("the boss wants the banana put on the kitchen counter"), scene, facts)
    assert plan.tree is not None and "I took it as: put the" in plan.reason
