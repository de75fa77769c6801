"""Orders that say when, if, how often and without what, over libraries of several robots."""

import functools
from pathlib import Path

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.language.answers import NOTED
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

DEV = Path(__file__).resolve().parents[2] / "data" / "language" / "dev"


@functools.cache
def robot(name):
    library, stated = read_library(DEV / f"{name}.library.yaml")
    scene = read_scene(DEV / f"{name}.scene.yaml")[0]
    return Planner(library), scene, place_facts(scene) | stated


def ask(name, text):
    planner, scene, facts = robot(name)
    return planner.plan(Instruction(text), scene, facts)


def asked(node):
    """The steps that were asked for, without those that close a gap; conditions and repetitions as they are."""
    if node.type == "skill":
        if not node.why.startswith(("asked", "because")):
            return []
        return [(node.skill, *(value for value in node.arguments.values() if isinstance(value, str)))]
    inner = [step for child in node.children for step in asked(child)]
    if node.type == "repeat" and "until" in node.arguments:
        return [("until", node.arguments["until"])]
    if node.type == "repeat":
        return [("times", node.arguments["count"], *inner)]
    return [("if", node.arguments["fact"], *inner)] if node.type == "condition" else inner


def waits(node):
    return [child.arguments["duration"] for child in node.every_skill() if child.skill == "wait"]


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("bring Anna all the cups other than the red cup", {"blue_cup", "green_cup"}),
        ("put all the cups except the green one on the table", {"blue_cup"}),
        ("put the apple in the bowl, not the banana", {"apple"}),
    ],
)
def test_what_is_left_out_is_left_alone(text, moved):
    plan = ask("home", text)
    assert plan.tree is not None, plan.reason
    assert {step[1] for step in asked(plan.tree)} == moved


@pytest.mark.parametrize(
    "text",
    [
        "put all the fruit in the bowl, but not the banana",
        "put all the fruit in the bowl, but the banana stays on the counter",
        "bring Anna all the cups but not the red one",
        "put all the cups on the table except the green one",
        "put all the cups on the shelf but leave the red one where it is",
        "put the cups on the shelf, excluding the blue cup",
        "apart from the green cup, put all cups on the table",
        "put all the dishes in the cupboard and then the bowl, but leave the bowl",
    ],
)
def test_an_exception_that_is_not_read_moves_nothing(text):
    plan = ask("home", text)
    assert plan.status in ("refusal", "question") and plan.tree is None


@pytest.mark.parametrize(
    ("text", "seconds", "steps"),
    [
        ("in ten minutes close the door", [600.0], [("close", "door")]),
        ("close the door in five minutes", [300.0], [("close", "door")]),
        ("after two minutes open the fridge", [120.0], [("open", "fridge")]),
        ("two minutes later switch off the lamp", [120.0], [("switch_off", "lamp")]),
        ("give me two minutes and then close the door", [120.0], [("close", "door")]),
        ("switch on the lamp and switch it off after one minute", [60.0],
         [("switch_on", "lamp"), ("switch_off", "lamp")]),
        ("switch on the lamp, five minutes later switch it off again", [300.0],
         [("switch_on", "lamp"), ("switch_off", "lamp")]),
    ],
)  # fmt: skip
def test_a_time_after_which_something_is_done_is_waited_for(text, seconds, steps):
    plan = ask("home", text)
    assert plan.tree is not None, plan.reason
    assert waits(plan.tree) == seconds
    assert [step for step in asked(plan.tree) if step[0] != "wait"] == steps


def test_without_a_skill_that_waits_the_time_is_refused_and_not_left_out():
    library = [name for name in ("arena", "depot", "flat", "galley", "domestic") if not _waits(name)]
    assert library
    plan = ask(library[0], "in ten minutes go to the door")
    assert plan.status == "refusal" and "no skill that waits" in plan.reason


def _waits(name):
    planner = robot(name)[0]
    return any(frame.sense == "wait" for frames in planner.language._spoken.frames.values() for frame in frames)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("at half past five turn on the lamp", ["half past five", "no clock", "in ten minutes"]),
        ("turn on the lamp at 6 pm", ["6 pm"]),
        ("turn the lamp off at midnight", ["midnight"]),
        ("turn on the lamp tomorrow morning", ["tomorrow morning"]),
        ("close the door on Monday", ["monday"]),
        ("turn on the lamp after dinner", ["after dinner"]),
        ("every hour check the stove", ["every hour", "no timetable"]),
        ("go to the kitchen every ten minutes", ["every ten minutes"]),
        ("once a minute go to the door", ["once a minute"]),
        ("whenever the door is open close it", ["whenever the door is open"]),
        ("every time the door is open close it", ["every time"]),
        ("even if the door is open go to the kitchen", ["even if the door is open"]),
        ("once the door is open go to the table", ["once the door is open"]),
        ("go to the table once the door is open", ["once the door is open"]),
        ("when the door is open close it", ["when the door is open"]),
        ("go to the table but if the door is open close it first", ["if the door is open"]),
        ("wait as long as the door is open", ["as long as the door is open"]),
    ],
)
def test_a_time_or_a_condition_that_is_not_read_is_refused_by_name(text, words):
    plan = ask("home", text)
    assert plan.status == "refusal"
    assert all(word in plan.reason for word in words), plan.reason


@pytest.mark.parametrize(
    "text", ["we eat at six", "wipe the table with the sponge, since we eat at six", "the cleaners come every Monday"]
)
def test_a_time_that_is_only_told_is_none_of_the_order(text):
    assert "clock" not in ask("home", text).reason and "timetable" not in ask("home", text).reason


DOOR = [("if", "open(door)", ("close", "door"))]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("close the door, if it's open", DOOR),
        ("unless the lamp is on turn it on", [("if", "not running(lamp)", ("switch_on", "lamp"))]),
        ("if the lamp isn't on turn it on", [("if", "not running(lamp)", ("switch_on", "lamp"))]),
        ("only if the lamp is on turn it off", [("if", "running(lamp)", ("switch_off", "lamp"))]),
        ("if the fridge is open close it and if the lamp is on turn it off",
         [("if", "open(fridge)", ("close", "fridge")), ("if", "running(lamp)", ("switch_off", "lamp"))]),
        ("go to the table and if the door is open close it", [("go_to", "table"), *DOOR]),
        ("go to the table, if the door is open, close it", [("go_to", "table"), *DOOR]),
        ("if the door is open or the lamp is on go to the table",
         [("if", "open(door)", ("go_to", "table"), ("if", "running(lamp)", ("go_to", "table")))]),
        ("if there are any cups on the table put them on the shelf",
         [("if", "on(red_cup, table)", ("put_on", "red_cup", "shelf"))]),
    ],
)  # fmt: skip
def test_a_condition_counts_however_it_is_put(text, steps):
    plan = ask("home", text)
    assert plan.tree is not None, plan.reason
    assert asked(plan.tree) == steps


@pytest.mark.parametrize("words", ["again and again", "over and over", "repeatedly"])
def test_without_an_end_it_is_asked_how_often(words):
    plan = ask("home", f"go to the door {words}")
    assert plan.status == "question" and "How often" in plan.reason


@pytest.mark.parametrize("words", ["again and again", "over and over", "repeatedly", "forever"])
def test_an_order_of_one_word_without_an_end_is_asked_about(words):
    plan = ask("home", f"wait {words}")
    assert plan.status == "question" and "How often" in plan.reason


@pytest.mark.parametrize("name", ["home", "farm", "butler", "clinic", "office"])
@pytest.mark.parametrize(
    "lead", ["in ten minutes", "every hour", "at half past five", "unless it is dark", "if it rains", "whenever I call"]
)
def test_an_order_after_a_time_or_a_condition_is_never_a_remark(name, lead):
    order = {"farm": "go to the barn"}.get(name, "go to the kitchen")
    assert NOTED not in ask(name, f"{lead} {order}").reason


def moved(*pairs):
    return [("put_on" if place in ("shelf", "table", "counter") else "put_in", what, place) for what, place in pairs]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("put the apple in the bowl, the banana in the fridge and the sponge on the shelf",
         moved(("apple", "bowl"), ("banana", "fridge"), ("sponge", "shelf"))),
        ("pick up the apple and the banana and put them in the bowl",
         [("pick_up", "apple"), ("put_in", "apple", "bowl"), ("pick_up", "banana"), ("put_in", "banana", "bowl")]),
    ],
)  # fmt: skip
def test_what_orders_share_counts_in_each_of_them(text, steps):
    plan = ask("home", text)
    assert plan.tree is not None, plan.reason
    assert asked(plan.tree) == steps


@pytest.mark.parametrize(
    "place", ["to the left of the bowl", "next to the blue cup", "between the bowl and the sponge", "under the table"]
)
def test_a_place_beside_something_is_refused_where_no_skill_puts_things_there(place):
    plan = ask("home", f"put the apple {place}")
    assert plan.tree is None and place in plan.reason


def test_what_stands_beside_something_may_still_be_put_elsewhere():
    assert asked(ask("home", "put the cup next to the bowl on the table").tree) == [("put_on", "blue_cup", "table")]


@pytest.mark.parametrize("text", ["pick up the vase from the shelf", "move the vase from the shelf to the table"])
def test_what_an_unknown_thing_is_on_is_not_taken_in_its_place(text):
    plan = ask("home", text)
    assert plan.tree is None and plan.status == "refusal"
