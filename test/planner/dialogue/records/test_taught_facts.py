"""Facts that people state are kept, known again after a restart, and forgotten when asked."""

from dataclasses import replace

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.world.fact import Fact
from skill_stack.planner.dialogue.records.taught_facts import TaughtFact, TaughtFacts, with_taught_facts


@pytest.fixture
def store(tmp_path):
    return TaughtFacts(tmp_path / "taught.sqlite")


def told(*facts, at=None, scene="playground"):
    return [TaughtFact(fact, f"words of {fact}", scene, at) for fact in facts]


def test_a_restart_knows_what_was_told(store, scene):
    store.learn(told("belongs_to(red_ball, speaker)", "called(red_ball, bob)"))
    store.learn(told("place(kitchen)", at=(1.0, 2.0, 0.5)))
    known = with_taught_facts(scene, TaughtFacts(store.file.path).facts("playground"))
    assert Fact("belongs_to", ("red_ball", "speaker")) in known.facts
    assert "bob" in known["red_ball"].names
    assert known["kitchen"].position == (1.0, 2.0, 0.0) and known["kitchen"].kind == "place"
    assert known.robot == scene.robot


def test_the_planner_goes_by_what_was_told(store, scene, planner, ask, standing):
    store.learn(told("called(red_ball, bob)"))
    store.learn(told("place(kitchen)", at=(1.0, 2.0, 0.0)))
    known = with_taught_facts(scene, store.facts("playground"))
    assert ask("go to Bob", where=known).steps[-1].arguments["target"] == "red_ball"
    assert ask("go to the kitchen", where=known).steps[-1].arguments["target"] == "kitchen"
    assert ask("go to the kitchen").status != "plan"


def test_what_is_about_the_robot_itself_is_not_kept(store):
    assert store.learn(told("near(robot, red_ball)", "posture(robot, sitting)")) == ()
    assert store.facts() == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("open(door)", "not open(door)"),
        ("not open(door)", "open(door)"),
        ("on(cup, table)", "in(cup, box)"),
        ("belongs_to(cup, anna)", "belongs_to(cup, speaker)"),
        ("open(door)", "open(door)"),
    ],
)
def test_a_newer_fact_takes_the_place_of_what_it_contradicts(store, first, second):
    store.learn(told(first))
    store.learn(told(second))
    assert [fact.fact for fact in store.facts()] == [second]


def test_things_have_several_names(store):
    store.learn(told("called(red_ball, bob)", "called(red_ball, robert)", "near(red_ball, table)"))
    assert len(store.facts()) == 3


def test_what_is_forgotten_is_gone(store):
    store.learn(told("belongs_to(cup, speaker)", "open(door)", "on(cup, table)"))
    store.learn(told("open(door)", scene="bench"))
    assert store.forget_facts(["open(door)"], "playground") == 1
    assert store.forget_about("cup", "playground") == 2
    assert [fact.scene for fact in store.facts()] == ["bench"]
    assert store.forget_facts(["open(window)"], "bench") == 0


def test_facts_about_things_that_have_gone_do_no_harm(scene):
    gone = [*told("called(sofa, bob)", "place(kitchen)"), *told("belongs_to(red_ball, speaker)")]
    assert with_taught_facts(scene, gone).facts == scene.facts | {Fact("belongs_to", ("red_ball", "speaker"))}


def test_plain_data_and_back():
    fact = replace(told("open(door)", at=(1.0, 2.0, 3.0))[0], id=7)
    assert TaughtFact.from_json(fact.to_json()) == fact
    for wrong in ({}, {"fact": "nonsense", "words": "", "scene": ""}, {"fact": "open(door)", "other": 1}):
        with pytest.raises(DataError):
            TaughtFact.from_json(wrong)
