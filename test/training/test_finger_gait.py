"""Finger gaits: the network says what was tried, a search goes on where it was, and what is wrong is told."""

import numpy as np
import onnxruntime
import pytest
import yaml

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.training.finger_gait import GaitSearch, main, search
from skill_stack.training.finger_gait_export import write_gait
from skill_stack.training.tasks.finger_gait_task import load_gait_task

FOUND = Resources.from_environment({})
ROBOT = load_robot(FOUND.robot("allegro_right"), FOUND)
FOLDER = FOUND.find("models/allegro_right/turn_cube_right", "skill")
SMALL = {"candidates": 6, "worlds": 2, "seconds": 1.0, "timestep": 0.01}


@pytest.fixture(scope="module")
def finder():
    return GaitSearch(ROBOT, load_gait_task(FOLDER).model_copy(update=SMALL), 1)


@pytest.mark.parametrize("harmonics", [1, 2])
def test_the_network_says_what_was_tried(tmp_path, harmonics) -> None:
    gait = np.random.default_rng(3).normal(size=(16, 1 + 2 * harmonics))
    digest = write_gait(gait, harmonics, ROBOT.pose("cradle"), tmp_path / "policy.onnx")
    assert len(digest) == 64
    network = onnxruntime.InferenceSession(tmp_path / "policy.onnx")
    for angle in np.linspace(0.0, 6.0, 7):
        waves = [wave(number * angle) for number in range(1, harmonics + 1) for wave in (np.sin, np.cos)]
        (said,) = network.run(None, {"obs": np.array([[np.sin(angle), np.cos(angle)]], np.float32)})
        assert said[0] == pytest.approx(gait @ np.array([1.0, *waves]), abs=1e-5)


def test_fingers_that_rest_turn_nothing_and_lose_nothing(finder) -> None:
    score, rate, stayed = finder.judge(np.zeros((1, *finder.mean.shape)), np.array([0, 1]))
    assert rate == pytest.approx(np.zeros((1, 2)), abs=0.1)
    assert (stayed == 1.0).all() and score.shape == (1,)
    assert finder.targets(finder.mean * 0.0)[0] == pytest.approx(ROBOT.pose("cradle"))


def test_a_cube_that_is_thrown_out_is_scored_below_one_that_stays(finder) -> None:
    thrown = np.zeros(finder.mean.shape)
    thrown[:, 3:] = 1.5
    score, _, stayed = finder.judge(np.stack([np.zeros(finder.mean.shape), thrown]), np.array([0, 1]))
    assert score[0] > score[1] and stayed[0].min() > stayed[1].min()


def test_the_hand_rests_before_it_moves_and_the_gait_grows() -> None:
    task = load_gait_task(FOLDER).model_copy(update={**SMALL, "settle": 0.5, "blend": 0.4})
    patient = GaitSearch(ROBOT, task, 1)
    gait = np.zeros(patient.mean.shape)
    gait[:, 0] = 0.05
    moved = patient.targets(gait)[:, 1] - ROBOT.pose("cradle")[1]
    assert len(moved) == 150 and moved[:51] == pytest.approx(np.zeros(51))
    assert 0.0 < moved[60] < moved[80] < moved[-1] and moved[-1] == pytest.approx(0.05)
    _, _, stayed = patient.judge(gait[None], np.array([0]))
    assert stayed.shape == (1, 1)


def test_the_best_of_what_was_tried_in_all_worlds_is_kept(finder) -> None:
    alone = GaitSearch(ROBOT, load_gait_task(FOLDER).model_copy(update=SMALL), 3)
    rate, stayed = alone.try_in_all_worlds()
    assert len(rate) == len(stayed) == 24 and np.isfinite(alone.best_score)
    before = alone.best_score
    alone.mean = np.zeros(alone.mean.shape)
    alone.mean[:, 3:] = 1.5
    alone.try_in_all_worlds()
    assert alone.best_score == before and (alone.best == 0.0).all()


def test_a_search_goes_on_where_it_was(tmp_path, finder) -> None:
    told: list[str] = []
    search(finder, 1e-4, tmp_path / "gait.npz", told.append)
    assert len(told) == 1 and "generation 1" in told[0] and "rad/s" in told[0]
    other = GaitSearch(ROBOT, load_gait_task(FOLDER).model_copy(update=SMALL), 2)
    search(other, 1e-4, tmp_path / "gait.npz", told.append)
    assert other.generation == 2 and (other.spread >= 0.02).all()
    assert other.best_score >= finder.best_score > -np.inf


def test_a_wrong_file_is_named(tmp_path) -> None:
    data = yaml.safe_load((FOLDER / "gait.yaml").read_text(encoding="utf-8"))
    (tmp_path / "gait.yaml").write_text(yaml.safe_dump({**data, "candidates": 2}), encoding="utf-8")
    with pytest.raises(DataError, match="candidates"):
        load_gait_task(tmp_path)


def test_a_skill_without_a_gait_is_told(capsys) -> None:
    assert main(["allegro_right", "open_hand"]) == 1
    assert "gait.yaml" in capsys.readouterr().err
