"""Scenes with a trap: what is stated, what is hidden, and how the figures are made."""

import json
import math
import os

import pytest

from skill_stack.benchmarks.planning.rehearsal import LIMIT, read_results, rows_of
from skill_stack.benchmarks.planning.rehearsal_scenes import load_traps, trap_scene
from skill_stack.core.resources import Resources
from skill_stack.core.world.fact import Fact

STANDING = Fact("posture", ("robot", "standing"))
TRAPS = load_traps(Resources.from_environment(os.environ).find("config/rehearsal_scenes.yaml", "scenes"))
SCENES = [trap_scene(TRAPS, family, seed, STANDING) for family in TRAPS.families for seed in TRAPS.seeds]


def test_there_are_forty_and_no_two_are_alike():
    assert len(SCENES) == 40
    layouts = {tuple(thing.position for thing in scene.situation.scene.objects.values()) for scene in SCENES}
    assert len(layouts) == len({scene.name for scene in SCENES}) == 40


@pytest.mark.parametrize("scene", SCENES[::5], ids=lambda scene: scene.family.name)
def test_a_scene_is_the_same_each_time_and_its_true_worlds_differ(scene):
    again = trap_scene(TRAPS, scene.family, scene.seed, STANDING)
    assert again.situation == scene.situation
    assert again.truth(1) == scene.truth(1)
    assert scene.truth(1) != scene.truth(2)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_truth_is_as_far_from_what_is_stated_as_the_file_allows(scene):
    wander = {thing.id: thing.wander for thing in scene.family.objects}
    for number in range(5):
        for thing in scene.truth(number).objects:
            stated = scene.situation.scene.objects[thing.id]
            reach = max(TRAPS.hidden * (1.0 - stated.confidence), wander.get(thing.id, 0.0))
            assert math.dist(thing.position, stated.position) <= reach + 1e-9
        assert math.dist((scene.truth(number).start.x, scene.truth(number).start.y), (
            scene.situation.scene.robot.x, scene.situation.scene.robot.y)) <= TRAPS.robot_shift + 1e-9  # fmt: skip


def test_every_scene_asks_for_something_that_truth_can_judge():
    for family in TRAPS.families:
        names = {thing.id for thing in family.objects}
        assert {*family.visits, *family.visits_any} <= names
        assert family.visits or family.visits_any or family.displacement


def result(scene, first, chosen, seconds=1.0):
    return {"scene": scene, "family": scene.split("-")[0], "first": first, "chosen": chosen, "seconds": seconds}


def test_figures_count_true_worlds():
    results = [result("a-1", ["fell", ""], ["", ""]), result("b-1", ["", ""], ["fell", ""])]
    rows = {row.name: row for row in rows_of(results)}
    assert rows["success with rehearsal"].value == 0.75
    assert rows["success with rehearsal"].limit == LIMIT
    assert rows["success with rehearsal"].holds is False
    assert rows["success of the first candidate"].value == 0.75
    assert rows["b with rehearsal"].value == 0.5


def test_a_run_that_was_cut_short_is_read_as_far_as_it_is_whole(tmp_path):
    path = tmp_path / "results.jsonl"
    assert read_results(path) == {}
    path.write_text(json.dumps(result("a-1", [""], [""])) + "\n" + '{"scene": "a-2", "fam')
    assert list(read_results(path)) == ["a-1"]
