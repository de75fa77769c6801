"""Scores of what was seen: matching, figures with their limits, and a file that goes on where it was ended."""

import json

import pytest

from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.scenes.perception_scenes import random_scene
from skill_stack.evaluation.scores.harder_score import HarderScore, harder_figures
from skill_stack.evaluation.scores.perception_score import SceneScore, matched, misses, summary
from skill_stack.evaluation.scores.score_file import ScoreFile


def score(seed=1, **changes):
    values = {
        "seed": seed, "kind": "table", "things": 4, "found": 4, "false": 0, "errors": ((0.01, 1.0, "box"),) * 4,
        "colours": 4, "shapes": 3, "relations": (12, 12), "hidden": True, "kept": True, "look_seconds": (0.03,),
    }  # fmt: skip
    return SceneScore(**{**values, **changes})


def ball(name, x):
    return SceneObject(name, "ball", (x, 0.0, 0.05), shape="sphere", size=(0.1, 0.1, 0.1))


def test_each_thing_is_matched_once_and_only_when_it_is_near() -> None:
    assert matched([ball("a", 0.0), ball("b", 0.3)], [ball("x", 0.29), ball("y", 0.02)]) == {"a": "y", "b": "x"}
    assert matched([ball("a", 0.0)], [ball("x", 0.2)]) == {}
    assert len(matched([ball("a", 0.0)], [ball("x", 0.0), ball("y", 0.01)])) == 1


def test_good_scores_miss_nothing_and_bad_ones_say_what() -> None:
    assert misses(summary([score(1), score(2)])) == []
    bad = score(found=2, false=3, colours=2, shapes=2, relations=(1, 12), kept=False, errors=((0.05, 1.0, "box"),) * 2)
    assert [line.split()[0] for line in misses(summary([bad]))] == [
        "recall", "precision", "relation_accuracy", "identity_through_5_s", "position",
    ]  # fmt: skip


def test_nothing_measured_is_no_figure() -> None:
    figures = summary([])
    assert figures["recall"]["share"] is None and misses(figures) == []


def test_the_file_goes_on_and_forgets_other_versions(tmp_path) -> None:
    def read(version, fresh=False):
        return ScoreFile(tmp_path, "perception", version, SceneScore.from_json, fresh)

    read("a").add(score(3))
    assert read("a").scores == {3: score(3)}
    assert read("b").scores == {} == read("a", fresh=True).scores
    (tmp_path / "perception-a.json").write_text(json.dumps([{"seed": 1}]))
    assert read("a").scores == {}


@pytest.mark.parametrize("seed", range(12))
def test_scenes_are_sound_and_repeat(seed) -> None:
    scene = random_scene(seed)
    assert scene == random_scene(seed)
    assert len({thing.id for thing in scene.things}) == len(scene.things) >= 3
    assert scene.hidden in {thing.id for thing in scene.things}
    for eye in scene.eyes:
        assert abs(eye.rotation @ eye.rotation.T - [[1, 0, 0], [0, 1, 0], [0, 0, 1]]).max() < 1e-9


def test_harder_pictures_are_told_beside_the_clean_ones_and_kept_as_data() -> None:
    one = HarderScore(1, {"clean": score(1), "blur": score(1, found=2, false=1, colours=1, shapes=1)})
    assert HarderScore.from_json(json.loads(json.dumps(one.to_json()))) == one
    rows = harder_figures([one])
    assert list(rows) == ["clean", "blur"]
    assert "recall 1.000 (4 of 4)" in rows["clean"] and "recall 0.500 (2 of 4), precision 0.667" in rows["blur"]
    assert harder_figures([]) == {}
