"""Wordings that people confirm become phrases of skills, and are dropped when people correct them."""

from copy import copy
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill_stack.core.data_file import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import PlanNode
from skill_stack.language.learnt.learnt_phrases import LearntPhrase, LearntPhrases
from skill_stack.planner import Planner
from skill_stack.planner.standing_planner import StandingPlanner

UNREAD = "say hello"
GO = "boogie to the red ball"


class Guessing(Planner):
    """Guesses what some sentences mean, as another verb or a language model would."""

    guesses: dict = {}

    def _planned(self, instruction, scene, facts, last):
        plan = super()._planned(instruction, scene, facts, last)
        steps = self.guesses.get(instruction.text)
        if steps is None:
            return plan
        tree = PlanNode("sequence", tuple(PlanNode("skill", skill=name, arguments=with_) for name, with_ in steps))
        true = ("near(robot, red_ball)",)
        taken = replace(plan, status="question", tree=tree, facts=true, reason="Shall I?", certainty="inferred")
        return replace(taken, others=())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "phrases.yaml"


@pytest.fixture(scope="session")
def guessing(library):
    return Guessing(library, learnt=LearntPhrases(Path("/nowhere/phrases.yaml")))


@pytest.fixture
def make(make_robot, guessing, path):
    """A robot that guesses, and learns into the file of the test."""

    def start(**guesses):
        warnings = []
        phrases = LearntPhrases(path, warnings.append)
        planner = copy(guessing)  # what is prepared of the library takes seconds
        planner.language = copy(guessing.language)
        planner.language.learn(phrases)
        planner.guesses = guesses
        robot = make_robot(planner=planner, phrases=phrases)
        robot.phrases, robot.warned = phrases, warnings
        return robot

    return start


def complete(library, skill, **arguments):
    return [(skill, library[skill].complete(arguments))]


def confirm(robot, text):
    """Says something, confirms what it is taken for, and lets it be done; gives the outcome."""
    job = robot.say(text)
    assert not robot.asked or robot.asked[-1].id not in robot.running, "it ran unasked"
    robot.say("yes")
    robot.finish_all()
    return robot.result(job)


def runs_at_once(robot, text):
    """Whether words are done without a question; lets them be done."""
    asked = len(robot.heard("question"))
    before = len(robot.asked)
    robot.say(text)
    done = len(robot.asked) > before and len(robot.heard("question")) == asked
    robot.finish_all()
    return done


def test_what_was_confirmed_is_read_at_once_and_after_a_restart_too(make):
    robot = make()
    outcome, reason = confirm(robot, UNREAD)
    assert outcome == "succeeded" and "From now on" in reason and "wave" in reason
    assert runs_at_once(robot, UNREAD) and robot.asked[-1].skill == "wave"
    again = make()
    assert runs_at_once(again, UNREAD)


def test_the_first_use_says_where_it_comes_from_and_later_ones_do_not(make):
    robot = make()
    confirm(robot, UNREAD)
    for told in (True, False):
        runs_at_once(robot, UNREAD)
        assert ("as you taught me" in robot.heard("plan")[-1]) is told


def test_a_thing_that_is_named_stands_for_any_other(make, library):
    robot = make(**{GO: complete(library, "go_to", target="red_ball")})
    confirm(robot, GO)
    assert [one.phrase for one in robot.phrases.all()] == ["boogie to {target}"]
    assert runs_at_once(robot, GO)
    assert runs_at_once(robot, "boogie to the blue ball, please") and robot.asked[-1].arguments["target"] == "blue_ball"
    assert not runs_at_once(robot, "boogie to the moon")
    assert not runs_at_once(robot, "do boogie to the red ball now, and sit")


def test_amounts_and_choices_that_are_named_stand_for_others(make, library):
    words = "shimmy 2 metres"
    robot = make(**{words: complete(library, "move", forward=2.0)})
    confirm(robot, words)
    assert runs_at_once(robot, "shimmy 1 metre") and robot.asked[-1].arguments["forward"] == 1.0
    assert not runs_at_once(robot, "shimmy 900 metres")


def test_what_a_sentence_does_not_name_is_kept_with_it(make, library):
    words = "shimmy like yesterday"
    robot = make(**{words: complete(library, "move", forward=2.0)})
    confirm(robot, words)
    assert robot.phrases.all()[0].arguments == {"forward": 2.0}
    assert runs_at_once(robot, words) and robot.asked[-1].arguments["forward"] == 2.0


@pytest.mark.parametrize(
    ("text", "skill", "arguments"),
    [
        ("boogie over to it", "go_to", {"target": "red_ball"}),  # it names nothing
        ("boogie to the red ball but do not touch the box", "go_to", {"target": "red_ball"}),
        ("boogie to the red ball if the box is open", "go_to", {"target": "red_ball"}),
        ("boogie to the red ball without going near the box", "go_to", {"target": "red_ball"}),
        ("boogie to the red ball keeping well clear of the box", "go_to", {"target": "red_ball"}),
        ("boogie " * 12 + "to the red ball", "go_to", {"target": "red_ball"}),
        ("upsy daisy", "get_up", {}),  # hazardous
        ("the red ball", "go_to", {"target": "red_ball"}),  # no word of its own
    ],
)
def test_what_is_not_to_be_learnt(make, library, text, skill, arguments):
    robot = make(**{text: complete(library, skill, **arguments)})
    robot.say(text)
    robot.say("yes", trusted=True)
    robot.say("yes", trusted=True)  # to the hazard
    robot.finish_all()
    assert robot.asked and not robot.phrases.path.exists()


def test_a_plan_of_several_steps_is_not_learnt(make, library):
    robot = make(**{GO: [*complete(library, "go_to", target="red_ball"), *complete(library, "sit")]})
    confirm(robot, GO)
    assert len(robot.asked) == 2 and not robot.phrases.path.exists()


def test_a_phrase_that_another_skill_has_is_not_learnt(make, library):
    phrase = next(phrase for phrase in library["wave"].phrases if "{" not in phrase)
    robot = make()
    scene, facts = robot.scene, robot.facts()
    plan = robot.planner.plan(Instruction(phrase), scene, facts)
    assert robot.planner.wording(plan, scene, facts) is not None
    other = replace(plan, tree=PlanNode("sequence", (PlanNode("skill", skill="sit"),)))
    assert robot.planner.wording(other, scene, facts) is None


@pytest.mark.parametrize("words", ["no", "stop", "slower", "forget that", "the blue one", "skip that"])
def test_what_was_corrected_or_ended_is_not_learnt(make, library, words):
    robot = make(**{GO: complete(library, "go_to", target="red_ball")})
    robot.say(GO)
    if words != "no":
        robot.say("yes")
        assert robot.running
    robot.say(words)
    robot.finish_all()
    assert not robot.phrases.path.exists()


@pytest.mark.parametrize("words", ["no, not that", "that was wrong", "forget that"])
@pytest.mark.parametrize("when", ["learnt", "used", "running"])
def test_a_correction_drops_what_was_learnt(make, words, when):
    robot = make()
    confirm(robot, UNREAD)
    if when == "used":
        assert runs_at_once(robot, UNREAD)
    elif when == "running":
        robot.say(UNREAD)
    job = robot.say(words)
    assert robot.phrases.all() == () and robot.result(job)[0] == "succeeded"
    robot.running.clear()
    assert not runs_at_once(robot, UNREAD)


def test_slower_drops_nothing_that_was_learnt(make, library):
    robot = make(**{GO: complete(library, "go_to", target="red_ball")})
    confirm(robot, GO)
    robot.say(GO)
    robot.say("slower")
    robot.finish_all()
    assert len(robot.phrases.all()) == 1


def test_words_list_and_forget_it(make):
    robot = make()
    confirm(robot, UNREAD)
    assert "say hello" in robot.result(robot.say("what did I teach you?"))[1]
    robot.say("forget what I taught you about my uncle")
    assert len(robot.phrases.all()) == 1
    assert "Forgotten: 1" in robot.result(robot.say("forget what I taught you about say hello"))[1]
    assert robot.phrases.all() == ()


def test_another_planner_after_a_lesson_still_reads_it(make, library, path):
    robot = make()
    confirm(robot, UNREAD)
    standing = StandingPlanner(Planner(library, learnt=LearntPhrases(path)))
    standing.relearn(library, True)
    again = make()
    again.planner = again.dialogue._planner = standing
    assert runs_at_once(again, UNREAD)


def test_without_a_file_of_phrases_nothing_is_learnt(robot):
    confirm(robot, UNREAD)
    asked = len(robot.heard("question"))
    robot.say(UNREAD)
    assert len(robot.heard("question")) == asked + 1


GOOD = {"robot": "go2", "skill": "wave", "phrase": "give us a big one"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("phrases: [", "line 2"),
        ("phrases: 7", "phrases"),
        ("{phrases: [{robot: go2, phrase: hi there}]}", "phrases.0.skill"),
        ("{phrases: [{robot: go2, skill: wave, phrase: hi there, kind: x}]}", "phrases.0.kind"),
        ("{phrases: [{robot: go2, skill: wave, phrase: ''}]}", "no word of its own"),
        ("{phrases: [{robot: go2, skill: wave, phrase: 'go {'}]}", "brace"),
        ("{phrases: [{robot: go2, skill: go_to, phrase: 'go {target} {target}'}]}", "twice"),
        ("{phrases: [{robot: go2, skill: go_to, phrase: 'go {target}', arguments: {target: x}}]}", "twice"),
        ("{phrases: [{robot: go2, skill: wave, phrase: 'a b c d e f g h i j k l m'}]}", "13 words"),
        ("\udcff", "cannot be read"),
    ],
)
def test_a_broken_file_is_refused_and_left_as_it_is(make, path, text, says):
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    before = path.read_bytes()
    robot = make()
    with pytest.raises(DataError, match="phrases.yaml") as caught:
        robot.phrases.all()
    assert says in str(caught.value)
    outcome, reason = confirm(robot, UNREAD)
    assert outcome == "succeeded" and "cannot keep" in reason and path.read_bytes() == before
    assert len(robot.warned) == 1 and says in robot.warned[0]
    path.write_text(yaml.safe_dump({"phrases": [GOOD]}), encoding="utf-8")  # mended while it runs
    assert runs_at_once(robot, GOOD["phrase"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"skill": "go_to", "phrase": "give us {thing}"}, "thing"),
        ({"skill": "move", "arguments": {"forward": 900.0}}, "outside"),
        ({"skill": "get_up"}, "hazardous"),
    ],
)
def test_a_phrase_that_does_not_fit_its_skill_is_told_and_not_read(make, path, change, says):
    path.write_text(yaml.safe_dump({"phrases": [{**GOOD, **change}, {**GOOD, "phrase": "hip hooray"}]}), "utf-8")
    robot = make()
    assert not runs_at_once(robot, GOOD["phrase"]) and runs_at_once(robot, "hip hooray")
    assert len(robot.warned) == 1 and "phrases.0" in robot.warned[0] and says in robot.warned[0]


@pytest.mark.parametrize("change", [{"robot": "g1"}, {"skill": "juggle"}])
def test_phrases_of_other_robots_and_of_skills_that_are_gone_are_kept_and_not_read(make, path, change):
    path.write_text(yaml.safe_dump({"phrases": [{**GOOD, **change}]}), "utf-8")
    robot = make()
    assert not runs_at_once(robot, GOOD["phrase"]) and robot.warned == []
    confirm(robot, UNREAD)
    assert len(robot.phrases.all()) == 2


def test_the_same_words_are_kept_once_and_the_newest_counts(path):
    store = LearntPhrases(path)
    store.learn(LearntPhrase(**GOOD))
    store.learn(LearntPhrase(**{**GOOD, "skill": "sit"}))
    store.learn(LearntPhrase(**{**GOOD, "robot": "g1"}))
    assert [(one.robot, one.skill) for one in store.all()] == [("go2", "sit"), ("g1", "wave")]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=60) | st.lists(st.sampled_from("go to the red ball {target} 2 m left , .".split())).map(" ".join)
)
def test_no_sentence_is_too_much_for_what_was_learnt(guessing, scene, tmp_path, text):
    store = LearntPhrases(tmp_path / "any.yaml")
    if not store.path.exists():
        for skill, phrase in (("go_to", "go {target}"), ("go_to", "{target} go"), ("move", "go {forward} {left}")):
            store.learn(LearntPhrase(robot="go2", skill=skill, phrase=phrase))
    language = copy(guessing.language)
    language.learn(store)
    found = language.learnt_reading(text, scene, frozenset())
    assert found is None or found.parts[0].spec.name in ("go_to", "move")
