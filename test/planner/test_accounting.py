"""A plan has all that was said and nothing that makes no sense; of several readings the one counts that does best."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import PlanNode
from skill_stack.core.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.language.scene_words import SceneWords
from skill_stack.planner.language.text import tokenise
from skill_stack.planner.library_file import read_library, read_scene

LIBRARY = """
robot: bistro
facts: ["beside(bistro, bar)", "arm_free(bistro)"]
skills:
  - {name: drive_up, parameters: {spot: {type: location}}, phrases: ["drive up to {spot}"],
     effects: ["not beside(bistro, *)", "beside(bistro, $spot)"]}
  - {name: fetch_up, parameters: {item: {type: object}}, phrases: ["grab {item}", "take {item}"],
     preconditions: ["beside(bistro, $item)", "arm_free(bistro)"],
     effects: ["bears(bistro, $item)", "not arm_free(bistro)"]}
  - {name: serve, parameters: {item: {type: object}, person: {type: person}}, phrases: ["give {item} to {person}"],
     preconditions: ["bears(bistro, $item)", "beside(bistro, $person)"],
     effects: ["not bears(bistro, $item)", "arm_free(bistro)", "got($person, $item)"]}
  - {name: set_down, parameters: {item: {type: object}, spot: {type: location}}, phrases: ["put {item} on {spot}"],
     preconditions: ["bears(bistro, $item)", "beside(bistro, $spot)"],
     effects: ["not bears(bistro, $item)", "arm_free(bistro)", "stands_on($item, $spot)"]}
  - {name: lead, parameters: {guest: {type: person}, room: {type: room}}, phrases: ["lead {guest} to {room}"],
     preconditions: ["beside(bistro, $guest)"],
     effects: ["is_in($guest, $room)", "not beside(bistro, *)", "beside(bistro, $room)"]}
  - {name: swab, parameters: {table: {type: furniture}}, phrases: ["wipe {table}"],
     preconditions: ["beside(bistro, $table)"], effects: ["wiped($table)"]}
  - {name: power, parameters: {device: {type: device}, state: {type: choice, choices: ["on", "off"]}},
     phrases: ["switch {device} {state}"], preconditions: ["beside(bistro, $device)"],
     effects: ["powered($device, $state)"]}
  - {name: rest_for, parameters: {seconds: {type: number, unit: s, default: 10}}, phrases: ["wait {seconds} seconds"],
     effects: []}
"""

SCENE = """
rooms: [{id: bar}, {id: garden}, {id: kitchen}]
people:
  - {id: Ada, in: garden, names: [Ada]}
  - {id: Milo, in: bar, names: [Milo]}
objects:
  long_table: {type: table, in: garden}
  round_table: {type: table, in: bar}
  pie: {type: food, on: round_table, names: [apple pie]}
  cider: {type: drink, on: round_table}
  napkin: {type: cloth, on: long_table}
  jukebox: {type: stereo, in: bar, state: "off"}
  lantern: {type: lamp, in: garden, state: "on"}
"""


@pytest.fixture(scope="module")
def bistro(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bistro")
    (folder / "library.yaml").write_text(LIBRARY)
    (folder / "scene.yaml").write_text(SCENE)
    library, stated = read_library(folder / "library.yaml")
    scene, _ = read_scene(folder / "scene.yaml")
    return Planner(library), scene, place_facts(scene) | stated


def steps(bistro, text):
    planner, scene, facts = bistro
    plan = planner.plan(Instruction(text), scene, facts)
    if plan.tree is None:
        return plan.status
    return [(one.skill, *one.arguments.values()) for one in plan.steps if one.skill != "drive_up"]


def account(bistro, text, *done, implied=False):
    planner, scene, facts = bistro
    nodes = [PlanNode("skill", (), name, arguments, 'asked: "it"') for name, arguments in done]
    words = SceneWords(scene, planner.lexicon)
    tokens = tokenise(text, planner.lexicon.small.contractions).tokens
    return planner.reading(words, facts).accounting().of(tokens, PlanNode("sequence", tuple(nodes)), implied)


GIVE = ("serve", {"item": "pie", "person": "Ada"})


def test_what_is_said_and_done_leaves_no_gap(bistro):
    assert account(bistro, "bring Ada the apple pie", GIVE).gap == 0
    assert account(bistro, "bring Ada the pie from the round table, please", GIVE).gap == 0
    assert account(bistro, "because Milo is late, bring Ada the pie", GIVE).gap == 0


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("bring Ada the pie and the cider", ("cider",)),
        ("bring Ada the pie and lead Milo to the garden", ("milo",)),
        ("bring Ada the pie and take the cider to the kitchen", ("cider",)),
    ],
)
def test_a_thing_that_was_asked_for_is_missed(bistro, text, missing):
    assert set(missing) <= set(account(bistro, text, GIVE).missing)


@pytest.mark.parametrize(
    ("text", "exact"),
    [("wait 20 seconds and bring Ada the pie", ("20",)), ("bring Ada the pie and switch the lantern off", ("off",))],
)
def test_a_number_and_a_state_are_missed(bistro, text, exact):
    assert account(bistro, text, GIVE).exact == exact


def test_a_number_is_found_in_another_unit(bistro):
    assert not account(bistro, "wait two minutes", ("rest_for", {"seconds": 120.0})).exact
    assert account(bistro, "wait two minutes", ("rest_for", {"seconds": 10.0})).exact


def test_somebody_whom_nobody_named_is_added(bistro):
    plan = ("lead", {"guest": "Milo", "room": "garden"})
    assert account(bistro, "take the pie to the garden", plan).added == ("Milo",)


def test_what_is_taken_up_again_is_a_detour(bistro):
    laid = ("set_down", {"item": "pie", "spot": "garden"})
    planner, scene, facts = bistro
    again = PlanNode("skill", (), "fetch_up", {"item": "pie"}, "serve needs bears(bistro, pie)")
    nodes = [PlanNode("skill", (), *one, 'asked: "it"') for one in (laid, GIVE)]
    tree = PlanNode("sequence", (nodes[0], again, nodes[1]))
    tokens = tokenise("take the pie to the garden and give it to Ada", {}).tokens
    assert planner.reading(SceneWords(scene, planner.lexicon), facts).accounting().of(tokens, tree).detours == ("pie",)


@pytest.mark.parametrize(
    ("name", "arguments", "odd"),
    [
        ("fetch_up", {"item": "round_table"}, ["round_table"]),
        ("fetch_up", {"item": "garden"}, ["garden"]),
        ("fetch_up", {"item": "Ada"}, ["Ada"]),
        ("set_down", {"item": "napkin", "spot": "pie"}, ["pie"]),
        ("set_down", {"item": "napkin", "spot": "Ada"}, ["Ada"]),
        ("power", {"device": "long_table", "state": "on"}, ["long_table"]),
        ("fetch_up", {"item": "cider"}, []),
        ("set_down", {"item": "cider", "spot": "long_table"}, []),
        ("set_down", {"item": "cider", "spot": "kitchen"}, []),
        ("serve", {"item": "cider", "person": "Ada"}, []),
        ("power", {"device": "lantern", "state": "off"}, []),
    ],
)
def test_steps_that_make_little_sense(bistro, name, arguments, odd):
    planner, scene, facts = bistro
    accounting = planner.reading(SceneWords(scene, planner.lexicon), facts).accounting()
    assert accounting.plausible.odd(planner.library[name], arguments) == odd


def test_what_was_named_for_it_is_not_odd(bistro):
    plan = ("fetch_up", {"item": "round_table"})
    assert account(bistro, "take the round table", plan).odd == ()
    assert account(bistro, "Milo is sitting at the round table", plan, implied=True).odd == ("round_table",)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("bring the cider to Ada and then lead her to the kitchen",
         [("fetch_up", "cider"), ("serve", "cider", "Ada"), ("lead", "Ada", "kitchen")]),
        ("bring Milo the pie, and after that bring him a napkin as well",
         [("fetch_up", "pie"), ("serve", "pie", "Milo"), ("fetch_up", "napkin"), ("serve", "napkin", "Milo")]),
        ("wipe the long table, wait 15 seconds and wipe it again",
         [("swab", "long_table"), ("rest_for", 15.0), ("swab", "long_table")]),
        ("would you switch on the jukebox? Milo would like to dance a little longer", [("power", "jukebox", "on")]),
        ("shoes on, hat on, and now bring Ada the pie", [("fetch_up", "pie"), ("serve", "pie", "Ada")]),
    ],
)  # fmt: skip
def test_the_reading_that_has_all_that_was_said_is_taken(bistro, text, plan):
    assert steps(bistro, text) == plan
