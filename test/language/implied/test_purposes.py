"""Lines of purposes become functions and situations."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world_facts import place_facts
from skill_stack.language.implied.purposes import read_purposes, read_wanted
from skill_stack.planner import Planner
from skill_stack.planner.library_file import read_library, read_scene

LIBRARY = """
robot: bot
facts: ["at(bot, hall)", "hand_free(bot)"]
skills:
  - name: fetch
    description: Picks a thing up
    parameters: {type: object, properties: {article: {type: string, description: the thing}}}
    preconditions: ["hand_free(bot)"]
    effects: ["holds(bot, $article)", "not hand_free(bot)"]
  - name: pass_over
    description: Gives the thing that the robot holds to a person
    parameters: {type: object, properties: {article: {type: string, description: the thing held}, taker: {type: string, description: the person who gets it}}}
    preconditions: ["holds(bot, $article)"]
    effects: ["got($taker, $article)", "hand_free(bot)", "not holds(bot, $article)"]
"""  # noqa: E501

SCENE = """
rooms: [hall]
people: [{id: Anna, in: hall}, {id: user, in: hall, names: [me]}]
objects:
  corkscrew: {type: tool, in: hall}
  calculator: {type: device, in: hall}
  goggles: {type: goggles, in: hall}
  chalk: {type: chalk, in: hall}
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    folder = tmp_path_factory.mktemp("purposes")
    (folder / "library.yaml").write_text(LIBRARY)
    (folder / "scene.yaml").write_text(SCENE)
    library, stated = read_library(folder / "library.yaml")
    scene, _ = read_scene(folder / "scene.yaml")
    planner = Planner(library)
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | stated)


@pytest.mark.parametrize("text,thing,person", [
    ("Anna can't get the cork out of the bottle", "corkscrew", "Anna"),
    ("I have to add up this endless column of figures", "calculator", "user"),
    ("Anna needs to protect her eyes at the grinder", "goggles", "Anna"),
    ("Anna has nothing to write on the blackboard with", "chalk", "Anna"),
])  # fmt: skip
def test_what_somebody_needs_for_something_is_brought(ask, text, thing, person):
    plan = ask(text)
    assert [(step.skill, step.arguments["article"]) for step in plan.steps] == [("fetch", thing), ("pass_over", thing)]
    assert plan.steps[-1].arguments["taker"] == person


@pytest.mark.parametrize("text", [
    "Anna always opened the wine herself", "the accounts were wrong last year", "I never wear goggles",
])  # fmt: skip
def test_what_is_told_of_another_time_is_not_served(ask, text):
    assert ask(text).status == "statement"


def test_a_line_holds_names_ways_and_what_helps():
    functions, situations = read_purposes([{"fan|!club": "hot; air + stale => on it, give it"}], ["need", "no"])
    (name, function), (situation,) = next(iter(functions.items())), situations
    assert function.words == ("fan",) and function.never == ("club",)
    assert situation.tell == ("need|no + hot", "air + stale")
    assert situation.do == (f"on {name}", f"give {name}")
    assert situation.whose == "any"


def test_lines_of_what_is_wanted_count_beside_a_word_of_need():
    lines = read_wanted([{"leash|lead": "dog > hold; = dog > snap"}], ["nothing", "no"])
    assert lines == [{"leash|lead": "nothing|no + dog > hold; dog > snap"}]
