"""Libraries and scenes in notations of others: each plans at once, or says what would have worked."""

import json

import pytest
import yaml

from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

PLANNING = """
domain: tidy
actions:
  - name: navigate
    parameters: "?r - robot ?to - location"
    precondition: "(and (not (at ?r ?to)))"
    effect: "(and (at ?r ?to))"
  - name: pick-up
    parameters: "?o - item ?l - location"
    precondition: "(and (at robot ?l) (on ?o ?l) (hand-empty robot))"
    effect: "(and (holding robot ?o) (not (hand-empty robot)) (not (on ?o ?l)))"
  - name: put-down
    parameters: "?o - item ?l - location"
    precondition: "(and (at robot ?l) (holding robot ?o))"
    effect: "(and (on ?o ?l) (not (holding robot ?o)) (hand-empty robot))"
"""
NESTED = {
    "rooms": [
        {"name": "kitchen", "objects": [{"name": "counter", "objects": [{"name": "cup", "color": "blue"}]}, "fridge"]},
        {"name": "bedroom", "objects": ["bed", {"name": "pillow", "on": "bed"}]},
    ]
}
BARE = {"skills": [
    {"name": "goto", "args": ["target"], "effects": ["near(robot, target)"]},
    {"name": "pick", "args": ["object"], "pre": ["near(robot, object)"], "effects": ["holding(robot, object)"]},
    {"name": "drop", "args": ["object", "place"], "pre": ["holding(robot, object)", "near(robot, place)"],
     "effects": ["on(object, place)", "not holding(robot, object)"]},
]}  # fmt: skip
TOOLS = [
    {"type": "function", "function": {"name": "setLight", "description": "Turns a light on or off", "parameters": {
        "type": "object", "properties": {"lamp": {"type": "string"},
                                         "state": {"type": "string", "enum": ["on", "off"]}}}}},
]  # fmt: skip
PARTS = {"skills": [
    {"name": "switch", "parameters": [{"name": "device", "type": "device"}, {"name": "value", "type": "bool"}]},
    {"name": "fetch", "parameters": [{"name": "item", "type": "item"}],
     "preconditions": [{"predicate": "near", "args": ["robot", "$item"]}],
     "effects": {"add": ["holding(robot,$item)"], "del": ["on($item,*)"]}},
    {"name": "approach", "parameters": [{"name": "item"}],
     "effects": [{"fact": "near", "arguments": ["robot", "$item"]}]},
]}  # fmt: skip
CASES = {
    "planning notation": (PLANNING, {"objects": {"kitchen_table": "location", "desk": "location", "mug": "item"},
                                     "init": ["(on mug kitchen_table)", "(hand-empty robot)"]},
                          {"go to the desk": [("navigate", "desk")],
                           "pick up the mug from the kitchen table": [
                               ("navigate", "kitchen_table"), ("pick_up", "mug", "kitchen_table")]}),
    "nested rooms, bare variables": (BARE, NESTED, {"go to the bedroom": [("goto", "bedroom")],
                                                    "pick the cup": [("goto", "cup"), ("pick", "cup")]}),
    "functions by name, names alone": (
        {"functions": {"moveTo": ["place"], "grabObject": ["object"], "placeObject": ["object", "surface"]}},
        {"objects": ["apple", "shelf"], "rooms": ["kitchen"]},
        {"go to the kitchen": [("moveTo", "kitchen")],
         "put the apple on the shelf": [("placeObject", "apple", "shelf")]}),
    "tools of a model, a list of things": (
        TOOLS, [{"name": "ceiling lamp", "type": "lamp", "room": "kitchen"}, {"name": "kitchen", "type": "room"}],
        {"set the light of the ceiling lamp on": [("setLight", "ceiling_lamp", "on")]}),
    "signatures, rooms by name": (
        ["go_to(location)", "pick(object)", "open_door(door)"],
        {"kitchen": {"type": "room", "contains": ["table", {"name": "red ball", "color": "red"}]},
         "hall": {"type": "room", "contains": ["front door"]}},
        {"go to the hall": [("go_to", "hall")], "pick the ball": [("pick", "red_ball")],
         "open the front door": [("open_door", "front_door")]}),
    "triples": (
        {"skills": {"navigate": {"params": {"goal": "location"}},
                    "hand_to": {"params": {"thing": "object", "who": "person"}}}},
        {"entities": [{"id": "cup1", "class": "cup", "position": {"x": 1, "y": 2}},
                      {"id": "tom", "class": "person", "pose": [0, 1, 0]}],
         "relations": [["cup1", "on", "table1"], ["tom", "in", "lab"]]},
        {"navigate to the lab": [("navigate", "lab")], "hand the cup to tom": [("hand_to", "cup1", "tom")]}),
    "nodes and edges": (
        {"skills": {"pick": {"params": {"thing": "object"}}, "navigate": {"params": {"goal": "location"}}}},
        {"nodes": [{"id": "cup1", "label": "blue cup"}, {"id": "table1", "label": "kitchen table"}],
         "edges": [{"from": "cup1", "to": "table1", "relation": "on"}]},
        {"pick the blue cup": [("pick", "cup1")], "navigate to the kitchen table": [("navigate", "table1")]}),
    "names to coordinates": (
        {"skills": [{"name": "DriveTo", "inputs": {"place": {"type": "str"}}}, {"name": "Beep"}]},
        {"objects": {"charger": [0, 0], "front desk": {"x": 3, "y": 1}}},
        {"drive to the front desk": [("DriveTo", "front_desk")], "beep twice": [("Beep",), ("Beep",)]}),
    "conditions in parts": (
        PARTS, {"things": {"fan": {"type": "device", "state": "off"}, "ball": {"type": "toy", "location": [1, 1]}}},
        {"switch the fan on": [("switch", "fan", "on")], "fetch the ball": [("approach", "ball"), ("fetch", "ball")]}),
    "one phrase as an example": (
        {"skills": [{"skill": "pour", "example": "pour <drink> into <vessel>", "arguments": "drink, vessel"}]},
        {"objects": [{"name": "orange juice", "category": "drink"}, {"name": "glass", "category": "vessel"}]},
        {"pour the orange juice into the glass": [("pour", "orange_juice", "glass")]}),
}  # fmt: skip


def written(path, content):
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return path


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_notation_of_others_plans_at_once(name, tmp_path):
    library_text, scene_content, sentences = CASES[name]
    library, stated = read_library(written(tmp_path / "library.yaml", library_text))
    scene, _ = read_scene(written(tmp_path / "scene.yaml", scene_content))
    for text, steps in sentences.items():
        plan = Planner(library).plan(Instruction(text), scene, place_facts(scene) | stated)
        assert plan.tree is not None, f"{text}: {plan.reason}"
        done = [(node.skill, *map(str, node.arguments.values())) for node in plan.tree.skills()]
        assert done == steps


@pytest.mark.parametrize("content", ["skills: go_to, pick", "{}", "skills: []", "- 3", "skills: {}"])
def test_a_library_without_skills_is_refused_and_told_how_one_is_written(content, tmp_path):
    path = tmp_path / "library.yaml"
    path.write_text(content)
    with pytest.raises(DataError, match=r"skill"):
        read_library(path)


@pytest.mark.parametrize("content", ["objects: 3", "5", "just words"])
def test_a_scene_without_things_is_refused_and_told_how_one_is_written(content, tmp_path):
    path = tmp_path / "scene.yaml"
    path.write_text(content)
    with pytest.raises(DataError, match="objects"):
        read_scene(path)


def test_json_is_read_as_yaml_is(tmp_path):
    path = tmp_path / "library.json"
    path.write_text(json.dumps(BARE))
    assert sorted(spec.name for spec in read_library(path)[0]) == ["drop", "goto", "pick"]


def test_sizes_in_words_are_names_and_not_metres(tmp_path):
    file = tmp_path / "den.scene.yaml"
    balls = "ball: {type: gym ball, size: large, in: den}, other: {type: gym ball, size: Small, in: den}"
    file.write_text(f"rooms: [den]\nobjects: {{{balls}}}\n")
    scene, _ = read_scene(file)
    assert {"big ball", "large gym ball"} <= set(scene.objects["ball"].names)
    assert scene.objects["ball"].size == (0, 0, 0)
    assert "little ball" in scene.objects["other"].names


def test_names_in_camel_case_are_spoken_as_words(tmp_path):
    (tmp_path / "den.library.yaml").write_text("""
- {name: GoTo, args: [place], effects: ["not At(bot, *)", "At(bot, $place)"]}
- {name: Wipe, args: [surface], pre: ["At(bot, $surface)"], effects: ["Wiped($surface)"]}
- {name: Vacuum, args: [room], pre: ["At(bot, $room)"], effects: ["Vacuumed($room)"]}
- {name: SetVolume, args: {device: object, percent: {type: number, unit: percent, min: 0, max: 100}},
   pre: ["At(bot, $device)"], effects: ["VolumeSet($device)"]}
- {name: TurnOff, args: [device], pre: ["At(bot, $device)"], effects: ["not On($device)"]}
""")
    (tmp_path / "den.scene.yaml").write_text("""
rooms: [{id: LivingRoom}, {id: AnnasRoom, names: [Anna's room, my room]}, {id: Hall}]
people: [{id: Anna, in: Hall, names: [me]}]
objects: {BreakfastBar: {type: counter, in: LivingRoom}, Radio1: {type: radio, in: Hall, state: "on"},
          FloorLamp: {type: lamp, in: Hall, state: "on"}, DeskLamp: {type: lamp, in: LivingRoom, state: "off"}}
""")
    library, stated = read_library(tmp_path / "den.library.yaml")
    scene, facts = read_scene(tmp_path / "den.scene.yaml")

    def asked(words):
        plan = Planner(library).plan(Instruction(words), scene, place_facts(scene) | stated | facts)
        return [(one.skill, *one.arguments.values()) for one in plan.steps if one.skill != "GoTo"] or plan.reason

    assert asked("wipe the breakfast bar") == [("Wipe", "BreakfastBar")]
    assert asked("vacuum my room") == [("Vacuum", "AnnasRoom")]
    assert sorted(asked("vacuum every room")) == [("Vacuum", one) for one in ("AnnasRoom", "Hall", "LivingRoom")]
    assert asked("switch off all the lamps that are on") == [("TurnOff", "FloorLamp")]
