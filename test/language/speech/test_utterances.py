"""What people want said in any words is said so by the skill that fits, and the rest of the instruction is done too."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

DOING = """
  - {name: drive_to, args: {spot: {type: string}}, effects: ["not at(bot, *)", "at(bot, $spot)"]}
  - {name: grab, args: {item: {type: string}}, preconditions: ["not holding(bot, *)"], effects: ["holding(bot, $item)"]}
  - {name: hand_over, args: {item: {type: string}, person: {type: string}},
     preconditions: ["holding(bot, $item)", "at(bot, $person)"], effects: ["not holding(bot, $item)"]}
"""
TELL = """
  - {name: tell, args: {person: {type: string}, message: {type: string}}, preconditions: ["at(bot, $person)"]}
"""
ASK = """
  - {name: ask, args: {person: {type: string}, question: {type: string}}, preconditions: ["at(bot, $person)"]}
"""
SAY = "  - {name: say, description: Says a text aloud, args: {text: {type: string}}}\n"
SCENE = """
rooms: [foyer, bar]
people: [Ines, Omar]
objects:
  stool: {type: stool, in: bar}
  ticket: {type: ticket, on: stool}
facts: ["in(Ines, bar)", "in(Omar, foyer)"]
"""


@pytest.fixture(scope="module")
def robot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("foyer")
    (folder / "scene.yaml").write_text(SCENE)
    scene = read_scene(folder / "scene.yaml")[0]
    planners = {}

    def ask(skills, text):
        if skills not in planners:
            (folder / "library.yaml").write_text("skills:" + skills)
            planners[skills] = Planner(read_library(folder / "library.yaml")[0])
        plan = planners[skills].plan(Instruction(text), scene, place_facts(scene))
        return plan, [" ".join((one.skill, *map(str, one.arguments.values()))) for one in plan.steps]

    return ask


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tell Ines that the play begins soon", ["drive_to Ines", "tell Ines the play begins soon"]),
        ('say to Omar "mind the step"', ["drive_to Omar", "tell Omar mind the step"]),
        ("say good evening", ["say good evening"]),
        ("announce that the doors are open", ["say the doors are open"]),
        ('ask Omar "are you well?"', ["drive_to Omar", "ask Omar are you well?"]),
        ("tell Ines that the bar is closed and then bring her the ticket",
         ["drive_to Ines", "tell Ines the bar is closed", "grab ticket", "hand_over ticket Ines"]),
    ],
)  # fmt: skip
def test_words_are_said_to_whom_they_are_for(robot, text, said):
    assert robot(DOING + TELL + ASK + SAY, text)[1] == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Could you let Omar know that his coat is here?", ["drive_to Omar", "tell Omar his coat is here"]),
        ("remind Ines to take her ticket", ["drive_to Ines", "tell Ines take her ticket"]),
        ("ask Omar whether he wants a ticket", ["drive_to Omar", "ask Omar whether he wants a ticket"]),
    ],
)
def test_words_that_are_only_reported_are_confirmed_first(robot, text, said):
    plan, steps = robot(DOING + TELL + ASK + SAY, text)
    assert plan.status == "question" and steps == said


def test_a_robot_that_only_speaks_goes_to_whom_it_speaks(robot):
    said = ["drive_to Omar", "say the play begins"]
    assert robot(DOING + SAY, "tell Omar that the play begins")[1] == said


def test_a_library_that_says_nothing_of_effects_is_taken_there_all_the_same(robot):
    skills = "\n  - go_to(place)\n  - speak(sentence)\n"
    assert robot(skills, "tell Omar that the play begins")[1] == ["go_to Omar", "speak the play begins"]


@pytest.mark.parametrize("text", ["don't tell Ines that the bar is closed", "Omar told me that he is tired"])
def test_what_is_not_to_be_said_is_not_said(robot, text):
    assert robot(DOING + TELL + SAY, text)[0].status == "statement"


def test_nobody_is_handed_to_himself(robot):
    plan, steps = robot(DOING + TELL + SAY, "tell Omar that he looks well and bring him one")
    assert not any(step.startswith("hand_over Omar Omar") for step in steps)


@pytest.mark.parametrize("text", ["tell Omar", "tell", "say", "introduce", "tell me something"])
def test_answers_name_no_placeholder(robot, text):
    plan, _ = robot(DOING + TELL + SAY, text)
    assert "speecha" not in plan.reason and "speechb" not in plan.reason


def test_facts_and_reasons_hold_the_words(robot):
    told = TELL.rstrip("}\n") + ', effects: ["told($person, $message)"]}\n'
    plan, _ = robot(DOING + told, "tell Ines that supper, at last, is ready")
    assert "told(Ines, supper at last is ready)" in plan.facts
    assert "'supper, at last, is ready'" in plan.reason


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("play some jazz", ["play_music jazz"]),
        ("go to the bar and play something quiet", ["drive_to bar", "play_music something quiet"]),
        ("search the web for train times, then say goodbye", ["search_web train times", "say goodbye"]),
        ("take a note: the bar needs ice", ["take_note the bar needs ice"]),
    ],
)
def test_what_is_played_searched_and_written_need_not_be_here(robot, text, steps):
    skills = """
  - {name: play_music, args: {song: {type: string}}}
  - {name: search_web, args: {query: {type: string}}}
  - {name: take_note, args: {note: {type: words}}}
"""
    assert robot(DOING + skills + SAY, text)[1] == steps


def test_what_children_play_is_nothing_to_do(robot):
    skills = "\n  - {name: play_music, args: {song: {type: string}}}\n"
    assert robot(DOING + skills, "the children play outside")[0].status == "statement"
