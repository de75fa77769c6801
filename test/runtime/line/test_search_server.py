"""What words say of something unseen, and searches that begin when they are asked for."""

from types import SimpleNamespace

import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.occupancy_grid import FREE, OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.language.implied.knowledge import Knowledge
from skill_stack.language.search_words import GEOMETRY, sought
from skill_stack.language.words.lexicon import load_lexicon
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.runtime.line.search_server import SearchBody, SearchServer

RESOURCES = Resources.from_environment({})


@pytest.fixture(scope="module")
def describe():
    lexicon, knowledge = load_lexicon(), Knowledge.load(RESOURCES.list("config/knowledge"))
    return lambda words: sought(words, lexicon, knowledge)


@pytest.mark.parametrize(
    ("words", "kind", "colour"),
    [
        ("red ball", "ball", "red"),
        ("the dark blue crate", "box", "blue"),
        ("a light green cylinder", "cylinder", "green"),
        ("balls", "ball", ""),
        ("stapler", "stapler", ""),
    ],
)
def test_words_say_how_a_thing_looks(describe, words, kind, colour):
    found = describe(words)
    assert kind in found.kinds and found.colour == colour


def test_a_thing_without_a_kind_may_be_any(describe):
    assert describe("the red thing").kinds == frozenset() and describe("the red thing").colour == "red"


def test_it_is_known_where_things_usually_are(describe):
    assert "fridge" in describe("the milk").rooms


def test_what_nobody_would_know_on_sight_is_said(describe):
    assert "what a stapler looks like" in describe("stapler").unknown(GEOMETRY)
    assert not describe("red ball").unknown(GEOMETRY)
    assert not describe("the thing").unknown(GEOMETRY)


def _seeing(pose):
    cells = np.full((200, 200), FREE, np.int8)
    grid = OccupancyGrid("map", 0.05, Pose2(-5.0, -5.0, 0.0), cells, 0.0)
    floor = SimpleNamespace(grid=lambda: grid)
    return SimpleNamespace(base=pose, eye=pose, scene=ObjectMap(), floor=floor)


def _request(name, **arguments):
    return SkillRequest(name, "look_for", arguments)


@pytest.fixture
def desk(describe):
    skill = load_skill(RESOURCES.robot("go2").parents[1] / "models" / "go2" / "look_for")
    return SearchServer(SkillLibrary.from_specs("go2", [skill]), SearchBody(0.35, 1.2), describe)


def test_a_search_says_where_to_look_from_and_ends_when_all_is_seen(desk):
    seeing = _seeing(Pose2(0.0, 0.0, 0.0))
    assert desk.look(seeing, (), 0.0) is None, "nobody asked"
    desk.take([_request("p/1", what="red ball", path=100.0, duration=500.0)])
    said, now = desk.look(seeing, (), 0.0), 0.0
    for _ in range(400):
        if said is not None and said.outcome != "looking":
            break
        view = desk.lookout.view
        seeing.base = seeing.eye = view if view is not None else seeing.base
        now += 0.2
        said = desk.look(seeing, (), now)
    assert said is not None and said.request == "p/1" and said.outcome == "absent"
    assert "There is no red ball here" in said.sentence and "m² of floor" in said.sentence


def test_what_is_said_once_is_not_said_again(desk):
    seeing = _seeing(Pose2(0.0, 0.0, 0.0))
    desk.take([_request("p/1", what="red ball")])
    assert desk.look(seeing, (), 0.0) is not None
    assert desk.look(seeing, (), 0.1) is None


def test_what_nobody_knows_by_sight_is_not_looked_for(desk):
    desk.take([_request("p/1", what="stapler")])
    said = desk.look(_seeing(Pose2(0.0, 0.0, 0.0)), (), 0.0)
    assert said.outcome == "unsure" and "stapler looks like" in said.sentence


def test_stated_rooms_are_what_is_searched(desk):
    room = SceneObject("kitchen", "place", (1.0, 0.0, 0.0), 0.0, "point", (4.0, 3.0, 0.0))
    desk.take([_request("p/1", what="red ball", path=0.0)])
    seeing, now = _seeing(Pose2(0.0, 0.0, 0.0)), 0.0
    said = desk.look(seeing, (room,), now)
    for _ in range(300):
        if said is not None and said.outcome != "looking":
            break
        view = desk.lookout.view
        if view is not None:
            seeing.base = seeing.eye = Pose2(seeing.base.x, seeing.base.y, view.yaw)
        now += 0.2
        said = desk.look(seeing, (room,), now)
    assert "% of the kitchen" in said.sentence


def test_a_search_that_was_replaced_is_forgotten(desk):
    seeing = _seeing(Pose2(0.0, 0.0, 0.0))
    desk.take([_request("p/1", what="red ball")])
    desk.look(seeing, (), 0.0)
    desk.take([])
    assert desk.look(seeing, (), 0.1) is None and desk.lookout is None
