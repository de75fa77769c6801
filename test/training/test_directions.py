"""Directions of a latent: they lead apart, steps in it are bounded, and the file takes them by number."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")

from skill_stack.core.data_file import load_model  # noqa: E402
from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.training.directions.__main__ import _learn, distinct  # noqa: E402
from skill_stack.training.directions.export import export_directions  # noqa: E402
from skill_stack.training.directions.latent import circle, learn_directions, roll_out  # noqa: E402
from skill_stack.training.directions.settings import DirectionSettings, load_directions  # noqa: E402
from skill_stack.training.learners.divergence import TrainingDiverged  # noqa: E402

FOLDER = Path(__file__).resolve().parents[2] / "models" / "go2" / "roam"
torch.set_num_threads(1)
LIMITS, SCALE = torch.tensor([[-0.5, -0.4, -1.0], [1.0, 0.4, 1.0]]), torch.tensor([1.0, 0.4, 1.0])


@pytest.fixture(scope="module")
def learnt():
    settings = DirectionSettings(directions=4, seconds=3.0, ways=32, iterations=40, hidden=(32, 32), rate=3e-3)
    return settings, learn_directions(settings, LIMITS, SCALE)


def test_directions_lead_apart_and_further_than_before(learnt):
    settings, found = learnt
    with torch.no_grad():
        poses, _ = roll_out(found.policy, circle(4), settings, LIMITS, SCALE)
    ends = poses[-1, :, :2].numpy()
    apart = np.linalg.norm(ends[:, None] - ends[None], axis=-1)[np.triu_indices(4, 1)]
    assert apart.min() > 0.3 and found.curve[-1] > 2 * max(found.curve[0], 1.0)


def test_what_is_one_step_apart_is_at_most_about_one_apart_in_the_latent(learnt):
    settings, found = learnt
    with torch.no_grad():
        poses, _ = roll_out(found.policy, circle(4).repeat(8, 1), settings, LIMITS, SCALE)
        steps = found.latent(poses).diff(dim=0).norm(dim=-1)
    assert steps.mean() < 1.2  # a soft bound: the mean is what the weight keeps


def test_the_file_answers_by_number_what_the_policy_answers_by_direction(learnt, tmp_path):
    _, found = learnt
    export_directions(found.policy, 4, 5, tmp_path / "p.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "p.onnx"), providers=["CPUExecutionProvider"])
    pose = np.array([[0.3, -0.2, 0.1, 0.99]], np.float32)
    for number in range(1, 5):
        actions, progress = session.run(None, {"obs": np.append(pose, [[np.float32(number)]], axis=1)})
        with torch.no_grad():
            told = torch.cat([torch.from_numpy(pose), circle(4)[number - 1 : number]], dim=1)
            expected = found.policy(told).numpy()[0]
        assert actions.shape == (1, 5, 3)
        np.testing.assert_allclose(actions[0], np.tile(expected[:3], (5, 1)), atol=1e-5)
        np.testing.assert_allclose(progress[0], expected[3], atol=1e-5)


def test_a_run_that_diverges_says_when():
    wild = DirectionSettings(directions=2, seconds=1.0, ways=16, iterations=20, hidden=(8, 8), rate=1e12)
    with pytest.raises(TrainingDiverged, match=r"directions, iteration \d+ of 20: diverged.*smaller learning rate"):
        learn_directions(wild, LIMITS, SCALE)


def test_headings_are_counted_once():
    assert distinct([0.0, 0.1, 1.0, -1.0, math.pi, -math.pi + 0.1]) == 4
    assert distinct([]) == 0


def test_words_of_the_directions_are_where_they_were_measured_to_lead():
    from skill_stack.core.skills.skill import load_skill

    angles = {"ahead to the right": -45, "slightly to the right": -20, "slightly to the left": 20, "back": 180}
    angles |= {"ahead to the left": 45, "to the left": 90, "back to the left": 135, "to the right": -90}
    said = load_skill(FOLDER).parameter("direction").said
    for known in json.loads((FOLDER / "figures.json").read_text())["directions"]:
        (words,) = (word for word in said[known["name"]] if word in angles)
        off = (math.degrees(known["heading"]) - angles[words] + 180.0) % 360.0 - 180.0
        assert abs(off) < 22.5, known["name"]


def test_a_skill_without_chunks_and_settings_without_directions_are_refused(tmp_path):
    from skill_stack.core.skills.skill import load_skill

    with pytest.raises(DataError, match="no chunks of goal values"):
        _learn(load_skill(FOLDER.parent / "walk"), None, load_directions(FOLDER), tmp_path / "p.onnx", print)  # type: ignore[arg-type]
    (tmp_path / "d.yaml").write_text("directions: 1\n")
    with pytest.raises(DataError, match="directions"):
        load_model(DirectionSettings, tmp_path / "d.yaml")
