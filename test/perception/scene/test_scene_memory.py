"""The scene is known after a restart, less sure by the time between."""

import json
import math

import pytest
from computed_looks import seen, thing

from skill_stack.core.errors import DataError
from skill_stack.core.world.fact import Fact
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.perception.scene.scene_memory import EVERY, SceneMemory

BALL = thing("ball", "red", 0.0, 0.1, (0.12, 0.12, 0.12))
BOX = thing("box", "blue", 0.1, -0.2, (0.12, 0.12, 0.12))


def _shown(scene, eye, *things, looks=3, begin=1.0):
    observer, events = LookObserver(), []
    for number in range(looks):
        stamp = begin + 0.5 * number
        events += scene.update(observer.look(seen(things, eye, noise=0.002, stamp=stamp, seed=number)))
    return events


@pytest.fixture
def kept(eye, tmp_path):
    """A file of a scene with a ball and a box, written at task time 2 s and wall time 1000 s."""
    scene = ObjectMap()
    _shown(scene, eye, BALL, BOX)
    assert SceneMemory(tmp_path / "scene.json").keep(scene, 2.0, 1000.0, 0.0)
    return tmp_path / "scene.json", scene


def test_what_was_there_is_there_after_a_restart_and_less_sure(kept):
    file, before = kept
    scene = ObjectMap()
    assert SceneMemory(file).recall(scene, 0.0, 1000.0 + 600.0) == 2
    old, new = before.graph(2.0), scene.graph(0.0)
    assert set(new.objects) == set(old.objects)
    assert math.dist(new["red_ball"].position, old["red_ball"].position) < 1e-9
    assert new["red_ball"].colour == "red" and new["blue_box"].kind == "box"
    assert new["red_ball"].confidence < 0.6 * old["red_ball"].confidence
    assert new["red_ball"].last_seen < -599.0


def test_a_thing_seen_again_keeps_its_name_and_no_name_is_given_twice(kept, eye):
    scene = ObjectMap()
    SceneMemory(kept[0]).recall(scene, 0.0, 1001.0)
    other = thing("ball", "red", 0.25, -0.05, (0.12, 0.12, 0.12))
    events = _shown(scene, eye, BALL, BOX, other)
    assert [(event.change, event.name) for event in events] == [("appeared", "red_ball_2")]
    assert set(scene.graph(3.0).objects) == {"red_ball", "blue_box", "red_ball_2"}


def test_what_was_taken_away_meanwhile_goes_once_its_place_is_seen_empty(kept, eye):
    scene = ObjectMap()
    SceneMemory(kept[0]).recall(scene, 0.0, 1001.0)
    events = _shown(scene, eye, BOX, looks=4)
    assert ("removed", "red_ball") in [(event.change, event.name) for event in events]


def test_what_carries_what_is_kept(eye, tmp_path):
    scene, again = ObjectMap(), ObjectMap()
    low, upon = thing("box", "blue", 0.1, 0.0, (0.2, 0.2, 0.1)), thing("box", "red", 0.1, 0.0, (0.1, 0.1, 0.1), z=0.1)
    _shown(scene, eye, low, upon)
    SceneMemory(tmp_path / "s.json").keep(scene, 2.0, 0.0, 0.0)
    SceneMemory(tmp_path / "s.json").recall(again, 0.0, 0.0)
    assert Fact("on", ("red_box", "blue_box")) in again.graph(0.0).facts


def test_it_is_written_now_and_then(kept):
    memory = SceneMemory(kept[0])
    assert memory.keep(kept[1], 2.0, 1000.0, 100.0)
    assert not memory.keep(kept[1], 2.0, 1000.0, 100.0 + EVERY / 2)
    assert memory.keep(kept[1], 2.0, 1000.0, 100.0 + EVERY / 2, at_once=True)


def test_nothing_kept_is_nothing_known(tmp_path):
    assert SceneMemory(tmp_path / "none.json").recall(ObjectMap(), 0.0, 0.0) == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: "{",
        lambda data: "[]",
        lambda data: json.dumps({**data, "version": 99}),
        lambda data: json.dumps({**data, "things": [{"id": "a"}]}),
        lambda data: json.dumps({**data, "things": [{**data["things"][0], "position": [1, 2, float("nan")]}]}),
        lambda data: json.dumps({**data, "things": [{**data["things"][0], "kinds": {}}]}),
    ],
)
def test_a_file_that_says_something_else_is_refused_and_changes_nothing(kept, spoil):
    file, _ = kept
    file.write_text(spoil(json.loads(file.read_text())))
    scene = ObjectMap()
    with pytest.raises(DataError, match=r"scene\.json"):
        SceneMemory(file).recall(scene, 0.0, 0.0)
    assert not scene.tracks and not scene.walls
