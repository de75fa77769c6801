"""Households: small libraries and scenes made here, one thing for each kind that a rule names, and plans over them."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml

from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.planner.notations.library_file import read_library

ROOT = Path(__file__).resolve().parents[3]
OBJECT, PLACE = {"name": "thing", "type": "object"}, {"name": "place", "type": "object"}
PERSON, DEVICE = {"name": "recipient", "type": "object"}, {"name": "device", "type": "object"}
ONOFF = {"name": "state", "type": "choice", "choices": ["on", "off"]}
SKILLS = [
    {"name": "pick_up", "goal": [OBJECT], "preconditions": ["not holding(robot, *)"],
     "effects": ["holding(robot, $thing)", "not on($thing, *)", "not in($thing, *)"]},
    {"name": "place", "goal": [OBJECT, PLACE], "preconditions": ["holding(robot, $thing)"],
     "effects": ["not holding(robot, $thing)", "in($thing, $place)"]},
    {"name": "hand_over", "goal": [OBJECT, PERSON], "preconditions": ["holding(robot, $thing)"],
     "effects": ["not holding(robot, $thing)", "has($recipient, $thing)"]},
    {"name": "put_down_at", "goal": [PLACE], "preconditions": ["holding(robot, *)"],
     "effects": ["not holding(robot, *)"]},
    {"name": "go_to", "goal": [PLACE], "effects": ["near(robot, $place)"]},
    {"name": "pour", "goal": [{"name": "source", "type": "object"}, {"name": "target", "type": "object"}]},
    {"name": "throw", "goal": [OBJECT]},
    {"name": "cut", "goal": [OBJECT]},
    {"name": "switch", "goal": [DEVICE, ONOFF], "phrases": ["turn {device} {state}"]},
    {"name": "close", "goal": [OBJECT]},
    {"name": "cover", "goal": [OBJECT, PLACE], "phrases": ["cover {place} with {thing}"]},
    {"name": "drop", "goal": [OBJECT]},
    {"name": "drop_onto", "goal": [OBJECT, PLACE]},
    {"name": "drop_at", "goal": [OBJECT, PLACE]},
    {"name": "throw_at", "goal": [OBJECT, PLACE]},
    {"name": "ignite", "goal": [OBJECT]},
    {"name": "break", "goal": [OBJECT]},
    {"name": "hit", "goal": [OBJECT]},
    {"name": "warm_up", "goal": [OBJECT]},
    {"name": "push", "goal": [OBJECT]},
    {"name": "drink", "goal": [OBJECT]},
    {"name": "rinse", "goal": [OBJECT]},
    {"name": "cut_with", "goal": [OBJECT, {"name": "tool", "type": "object"}], "phrases": ["cut {thing} with {tool}"]},
]  # fmt: skip
BARE = ["grab(obj)", "drop_into(obj, dest)", "deliver(obj, person)", "navigate(dest)", "pour(source, target)",
        "hurl(obj)", "slice(obj)", "close(obj)", "reheat(obj)", "deactivate(obj)", "activate(obj)",
        "cover(obj, dest)", "let_fall(obj)", "drop_onto(obj, dest)", "smash(obj)", "kick(obj)",
        "hurl_at(obj, dest)", "kindle(obj)", "drop_at(obj, dest)", "shove(obj)",
        "swallow(obj)"]  # fmt: skip


def node(skill, **arguments):
    return PlanNode("skill", skill=skill, arguments=arguments)


def tree(*nodes):
    return PlanNode("sequence", tuple(nodes))


def thing(ident, kind="", **more):
    return SceneObject(ident, kind or ident.replace("_", " "), (1.0, 1.0, 0.0), **more)


@dataclass(frozen=True)
class Household:
    """A library, and how it says what is done."""

    library: SkillLibrary
    steps: dict

    def moves(self, what, to):
        """Plans that bring one thing to another: in one step, by what is held, by going there, within another thing."""
        take, put, give, go, here = (self.steps[one] for one in ("take", "put", "give", "go", "here"))
        yield "put", tree(take(what), put(what, to))
        yield "given", tree(take(what), give(what, to))
        yield "carried there", tree(take(what), go(to))
        yield "put down there", tree(take(what), go("table"), here(to))
        yield "in a basket", tree(take(what), put(what, "basket"), take("basket"), put("basket", to))
        yield "in a loop", PlanNode("repeat", (go(to), take(what)), arguments={"count": 2})
        maybe = PlanNode("condition", (tree(take(what)), tree(go("table"))), arguments={"fact": "open(door)"})
        yield "taken perhaps", tree(maybe, go(to))
        yield "side by side", PlanNode("parallel", (take(what), go(to)))

    def does(self, sense, what):
        """Plans that do something to a thing."""
        if sense in self.steps:
            yield sense, tree(self.steps[sense](what))


@pytest.fixture(scope="session")
def households(tmp_path_factory):
    folder = tmp_path_factory.mktemp("households")
    (folder / "told.yaml").write_text(yaml.safe_dump({"robot": "r", "skills": SKILLS}))
    (folder / "bare.yaml").write_text(yaml.safe_dump({"robot": "r", "skills": BARE}))
    told, bare = (read_library(folder / f"{name}.yaml")[0] for name in ("told", "bare"))
    of_told = {
        "take": lambda x: node("pick_up", thing=x), "put": lambda x, y: node("place", thing=x, place=y),
        "give": lambda x, y: node("hand_over", thing=x, recipient=y), "go": lambda y: node("go_to", place=y),
        "here": lambda y: node("put_down_at", place=y), "apply": lambda x, y: node("pour", source=x, target=y),
        "throw": lambda x: node("throw", thing=x), "hurl": lambda x: node("throw", thing=x),
        "cut": lambda x: node("cut", thing=x),
        "heat": lambda x: node("warm_up", thing=x), "close": lambda x: node("close", thing=x),
        "drop": lambda x: node("drop", thing=x), "drop onto": lambda x, y: node("drop_onto", thing=x, place=y),
        "drop at": lambda x, y: node("drop_at", thing=x, place=y),
        "throw at": lambda x, y: node("throw_at", thing=x, place=y), "ignite": lambda x: node("ignite", thing=x),
        "damage": lambda x: node("break", thing=x), "hurt": lambda x: node("hit", thing=x),
        "push": lambda x: node("push", thing=x), "ingest": lambda x: node("drink", thing=x),
        "cover": lambda x, y: node("cover", thing=x, place=y),
        "off": lambda x: node("switch", device=x, state="off"), "on": lambda x: node("switch", device=x, state="on"),
    }  # fmt: skip
    of_bare = {
        "take": lambda x: node("grab", obj=x), "put": lambda x, y: node("drop_into", obj=x, dest=y),
        "give": lambda x, y: node("deliver", obj=x, person=y), "go": lambda y: node("navigate", dest=y),
        "here": lambda y: node("navigate", dest=y), "apply": lambda x, y: node("pour", source=x, target=y),
        "throw": lambda x: node("hurl", obj=x), "hurl": lambda x: node("hurl", obj=x),
        "cut": lambda x: node("slice", obj=x),
        "heat": lambda x: node("reheat", obj=x), "close": lambda x: node("close", obj=x),
        "drop": lambda x: node("let_fall", obj=x), "drop onto": lambda x, y: node("drop_onto", obj=x, dest=y),
        "drop at": lambda x, y: node("drop_at", obj=x, dest=y),
        "throw at": lambda x, y: node("hurl_at", obj=x, dest=y), "ignite": lambda x: node("kindle", obj=x),
        "damage": lambda x: node("smash", obj=x), "hurt": lambda x: node("kick", obj=x),
        "push": lambda x: node("shove", obj=x), "ingest": lambda x: node("swallow", obj=x),
        "cover": lambda x, y: node("cover", obj=x, dest=y),
        "off": lambda x: node("deactivate", obj=x), "on": lambda x: node("activate", obj=x),
    }  # fmt: skip
    lift = {"lift": of_told["take"], "handle": of_told["close"], "release": of_told["throw"]}
    lift_bare = {"lift": of_bare["take"], "handle": of_bare["close"], "release": of_bare["throw"]}
    return {"told": Household(told, {**of_told, **lift}), "bare": Household(bare, {**of_bare, **lift_bare})}


@pytest.fixture(scope="session")
def hazards(planner):
    return planner.hazards


@pytest.fixture(scope="session")
def specimen(hazards):
    """A thing of a kind, by the kind's own words."""

    def make(kind, ident):
        rule = hazards.rules.kinds[kind]
        if rule.types:
            return thing(ident, "person")
        word = next(iter((*rule.of, *rule.by)), "")
        if word:
            return thing(ident, word)
        return make(rule.kinds[0], ident) if rule.kinds else None

    return make


@pytest.fixture(scope="session")
def home():
    """An ordinary scene."""
    things = [thing("cup"), thing("book"), thing("knife"), thing("shelf"), thing("kitchen_table", "table"),
              thing("table"), thing("basket"), thing("anna", "person"), thing("tim", "child"), thing("cat"),
              thing("oven"), thing("microwave"), thing("drain_cleaner"), thing("ventilator_3", "ventilator"),
              thing("washing_machine"), thing("door"), thing("blorp"), thing("kitchen", "place")]  # fmt: skip
    return SceneGraph({one.id: one for one in things})


def with_things(scene, *things, facts=()):
    return replace(
        scene, objects={**scene.objects, **{one.id: one for one in things}}, facts=scene.facts | frozenset(facts)
    )


def fact(predicate, *arguments):
    return Fact(predicate, arguments)


def composite(name, goal, steps):
    return SkillSpec.model_validate({
        "name": name, "robot": "r", "kind": "composite", "description": name, "goal": goal,
        "composite": {"steps": steps}, "provenance": {"recipe": "test"},
    })  # fmt: skip


def spec(name, goal, **more):
    goal = [{**one, "description": one["name"]} for one in goal]
    return SkillSpec.model_validate({
        "name": name, "robot": "r", "kind": "guided", "description": name, "goal": goal, "timeout": 9.0,
        "guided": {"base": name, "guide": "none"}, "phases": [{"name": "only", "stance": name}],
        "envelope": {"tilt": 1.0, "angular_speed": 6.0}, "provenance": {"recipe": "test"}, **more,
    })  # fmt: skip
