"""Whatever is typed gives an answer: never an exception, never a plan that its own check refuses."""

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill_stack.core.instruction import Instruction
from skill_stack.planner.symbolic.checker import Checker

SENTENCES = [
    row["say"]
    for row in yaml.safe_load(
        (Path(__file__).resolve().parents[1] / "data" / "language" / "plans.yaml").read_text(encoding="utf-8")
    )
]
WORDS = sorted({word for sentence in SENTENCES for word in sentence.split()} | {
    "and", "then", "not", "if", "twice", "again", ",", ".", "!", "99999999999999999999", "1e999", "-1", "½", "0", "/",
    "in", "front", "of", "minus", "hundred", "thousand", "million", "times", "the", "other", "one", "all", "both",
})  # fmt: skip


def judge(planner, library, scene, facts, text):
    plan = planner.plan(Instruction(text), scene, facts)
    assert 0 < len(plan.reason) < 1500 or plan.tree is not None
    assert plan.instruction == text
    if plan.tree is None:
        assert plan.steps == ()
        return
    assert Checker(library).check(plan.tree, facts) is None
    for step in plan.steps:
        assert library[step.skill].complete(step.arguments) == step.arguments
        for name, value in step.arguments.items():
            parameter = library[step.skill].parameter(name)
            if parameter.type == "object":
                assert value in scene.objects or value == parameter.default


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\n\n", "....", "?!?", ",,,", "\x00\x01\x02", "go to the red ball\x00", "🤖", "🔴⚽", "§$%&/()=",
        "红球", "идти к красному мячу", "gehe zum roten ball", "va vers la balle rouge", "ve a la pelota roja",
        "asdf", "qwertz uiop", "the", "the the the", "and", "then then then", "of", "please", "thank", "1", "1.5", "-",
        "SELECT * FROM robots; DROP TABLE skills;",
        "<script>alert(1)</script>", "{target}", "${HOME}",
        "../../etc/passwd",
        "go to {target}", "go to $target", "go to *", "go to robot", "not go", "go go go go go",
        "0 metres", "nan metres",
        "walk forward nan metres", "walk forward inf metres", "walk forward 1/0 metres", "wait 1e400 seconds",
        "walk forward 1e308 metres", "turn 0 degrees", "walk zero metres", "repeat", "twice", "again", "do it", "it",
    ],
)  # fmt: skip
def test_odd_texts_are_answered(planner, library, scene, standing, text):
    judge(planner, library, scene, standing, text)


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00\x01", "asdf qwer", "gehe zum roten ball", "红球", "va vers la balle"]
)
def test_nonsense_is_refused_with_what_would_work(ask, text):
    plan = ask(text)
    assert plan.status == "refusal"
    assert "go to" in plan.reason


def test_long_texts_are_refused_at_the_limit(ask):
    assert ask("sit " + "x" * 1996).status != "plan"
    plan = ask("go to the red ball. " * 101)
    assert plan.status == "refusal" and "2000" in plan.reason


def test_many_clauses_are_limited_not_endless(ask):
    assert len(ask(" and ".join(["turn left"] * 100)).steps) == 100
    plan = ask(", ".join(["go to the red ball 40 times"] * 5))
    assert plan.status == "refusal" and "steps" in plan.reason


@pytest.mark.parametrize(
    "piece",
    [
        "next to the ball near ", "the ball near ", "ball by ", "the ball in front of ", "to the left of to ",
        "red ", "the other ",
        "that is red which is ", "and the ", "a ", "it by ", "then go ", "and ", "not ", "turn left ", "one hundred ",
        "half a ",
        "1/", "9", "the red ball, ", "one of the other all both ", "to ",
    ],
)  # fmt: skip
def test_endless_texts_do_not_explode(planner, library, scene, standing, piece):
    for start in ("", "go to "):
        judge(planner, library, scene, standing, (start + piece * 1000)[:2000])


def test_lone_surrogates_are_no_text(planner, library, scene, standing):
    judge(planner, library, scene, standing, "go to \ud800 the ball")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=120))
def test_any_characters(planner, library, scene, standing, text):
    judge(planner, library, scene, standing, text)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from(WORDS), max_size=14))
def test_any_order_of_known_words(planner, library, scene, standing, words):
    judge(planner, library, scene, standing, " ".join(words))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutated_sentences(planner, library, scene, standing, data):
    words = data.draw(st.sampled_from(SENTENCES)).split()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(words)))
        match data.draw(st.sampled_from(["drop", "add", "swap", "cut"])):
            case "drop":
                del words[at : at + 1]
            case "add":
                words.insert(at, data.draw(st.sampled_from(WORDS)))
            case "swap":
                words[at : at + 2] = reversed(words[at : at + 2])
            case "cut":
                words[at : at + 1] = [word[:-1] for word in words[at : at + 1]]
    judge(planner, library, scene, standing, " ".join(words))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.floats(-50, 50),
    unit=st.sampled_from(["m", "metres", "cm", "feet"]),
    way=st.sampled_from(["forward", "back"]),
)
def test_distances_arrive_or_are_out_of_range(planner, library, scene, standing, value, unit, way):
    number = f"{value:.3f}"
    plan = planner.plan(Instruction(f"walk {number} {unit} {way}"), scene, standing)
    metres = float(number) * {"m": 1, "metres": 1, "cm": 0.01, "feet": 0.3048}[unit] * (1 if way == "forward" else -1)
    if abs(metres) > 10:
        assert plan.status == "refusal" and "-10…10" in plan.reason
    else:
        assert plan.steps[0].arguments["forward"] == pytest.approx(metres, abs=1e-9)
