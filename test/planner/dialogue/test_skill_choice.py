"""Corrections of a skill train which one is chosen: the same words of other things, not those of other kinds."""

import pytest

from skill_stack.planner.dialogue.records.skill_choice import SkillChoice, features_of


def corrected(robot, *said):
    for words, correction in said:
        robot.say(words)
        robot.say(correction)
        robot.finish_all()
        robot.place(0.0, 0.0, 0.0)
        robot.look(200.0)


def skill(robot, words):
    robot.say(words)
    found = robot.step.skill
    robot.finish_all()
    robot.look(200.0)
    return found


def test_after_three_corrections_other_words_are_done_by_the_wanted_skill(robot):
    said = [("walk forward 2 metres", "no, trot"), ("walk forward 1 metre", "no, trot")]
    corrected(robot, *said)
    assert skill(robot, "walk forward 3 metres") == "move"
    corrected(robot, ("walk forward 3 metres", "no, trot"))
    assert skill(robot, "walk forward 1.5 metres") == "trot"


def pair(words, planned, wanted, kind=""):
    looks = {"thing": [kind, "red"]} if kind else {}
    given = {"instruction": words, "skill": planned, "arguments": {}, "situation": {"looks": looks}}
    return {"input": given, "output": {"skill": wanted, "arguments": {}}}


@pytest.mark.parametrize(("kind", "wanted"), [("box", "circle"), ("ball", None)])
def test_what_was_corrected_with_one_kind_says_nothing_of_another(kind, wanted):
    choice = SkillChoice.from_pairs([pair("pass the box", "pass", "circle", "box")] * 4)
    found = choice.wanted("pass", features_of(f"walk past the {kind}", [kind]))
    assert (found.wanted if found else None) == wanted


def test_corrections_back_end_the_choice():
    there, back = pair("walk on", "move", "trot"), pair("walk on", "trot", "move")
    features = features_of("walk on", ())
    assert SkillChoice.from_pairs([there] * 4).wanted("move", features).wanted == "trot"
    assert SkillChoice.from_pairs([there] * 4 + [back] * 3).wanted("move", features) is None


def test_words_tell_two_wanted_skills_apart():
    pairs = [pair("walk on", "move", "trot"), pair("sneak on", "move", "crawl")] * 4
    choice = SkillChoice.from_pairs(pairs)
    assert choice.wanted("move", features_of("walk on", ())).wanted == "trot"
    assert choice.wanted("move", features_of("sneak on", ())).wanted == "crawl"


def test_corrections_of_arguments_are_no_choice():
    assert SkillChoice.from_pairs([pair("walk on", "move", "move")] * 5).seen == ()
