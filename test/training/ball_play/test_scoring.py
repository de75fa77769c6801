"""Robots of the training play for goals; groups begin alike; numbers become the settings of a skill."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.connector.balls.ball_play import TOLD  # noqa: E402
from skill_stack.connector.balls.goal_play import NUMBERS, numbers_of  # noqa: E402
from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.skills.skill import load_skill  # noqa: E402
from skill_stack.training.ball_play.goal_worlds import GoalWorlds, installed_player  # noqa: E402
from skill_stack.training.ball_play.learn import playing  # noqa: E402
from skill_stack.training.ball_play.scoring import KICKS, GoalTrial, install, measured  # noqa: E402
from skill_stack.training.ball_play.settings import load_play, load_score  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "models" / "go2" / "score_goal"
RESOURCES = Resources.from_environment({})
ROBOT = load_robot(ROOT / "urdf" / "go2", RESOURCES)
SETTINGS = load_score(FOLDER)
torch.set_num_threads(1)


def worlds(robots: int, starts: int, seed: int, settings=SETTINGS) -> GoalWorlds:
    return GoalWorlds(ROBOT, settings, RESOURCES, robots, starts, seed)


def test_groups_begin_alike_within_the_ranges() -> None:
    some = worlds(6, 3, 5)
    some.begin()
    off, far = some.ball() - some.base(), some.mouths().middle - some.ball()
    np.testing.assert_allclose(off[:3], off[3:], atol=1e-6)
    np.testing.assert_allclose(far[:3], far[3:], atol=1e-6)
    assert np.all(np.abs(np.linalg.norm(off, axis=1) - 2.0) <= 1.0)
    assert np.all(np.abs(np.linalg.norm(far, axis=1) - 4.5) <= 1.5)


def test_a_ball_that_is_before_the_mouth_is_shot_in_and_counts_by_its_time() -> None:
    near = SETTINGS.model_copy(update={"away": (1.0, 1.0), "goal": (1.0, 1.0), "turned": 0.0, "rolling": 0.0})
    some = worlds(8, 8, 5, near)
    after, upright = some.tried(np.repeat(numbers_of(SETTINGS.begin)[None], 8, axis=0), 15.0)
    assert np.isfinite(after).sum() >= 3 and upright.all()
    assert np.all(after[np.isfinite(after)] > 1.0), "nothing is in at once"
    trial = GoalTrial(worlds(4, 4, 5), SETTINGS)
    score, _ = trial.tried(np.repeat(trial.mean[None], 4, axis=0), 5)
    assert score.tolist() == [0.0] * 4, "half a second is not enough for any"


def test_the_installed_network_plays_as_its_file_does() -> None:
    path = RESOURCES.find("models/go2/play_ball", "skill") / "policy.onnx"
    settings = load_play(path.parent)
    network = playing(installed_player(path, settings.clone.hidden, settings.frames))
    model = onnx.load(str(path))
    output = next(node.output[0] for node in model.graph.node if "play_w2" in node.input)
    model.graph.output.append(onnx.helper.make_tensor_value_info(output, onnx.TensorProto.FLOAT, [None, 3]))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    graph = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    told = np.random.default_rng(1).normal(0.0, 1.0, (5, len(TOLD)))
    seen = np.zeros((5, session.get_inputs()[0].shape[1]), np.float32)
    begin = int(graph["play_from"][0])
    seen[:, begin : begin + len(TOLD)] = told
    found = np.concatenate([session.run([output], {"obs": row[None]})[0] for row in seen])
    np.testing.assert_allclose(network(told), found, atol=1e-5)


def test_figures_say_how_many_scored() -> None:
    short = SETTINGS.model_copy(update={"seconds": 0.5})
    got = measured(lambda *what: worlds(*what, short), short, {"kicks": numbers_of(KICKS)}, 2, 3, lambda line: None)
    assert got["players"]["kicks"]["scored"] == 0 and got["players"]["kicks"]["median_seconds"] is None


def test_numbers_end_a_skill_s_file_and_nothing_else_changes(tmp_path) -> None:
    (tmp_path / "skill.yaml").write_text((FOLDER / "skill.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    install(np.arange(len(NUMBERS)) / 3, tmp_path)
    before, after = load_skill(FOLDER), load_skill(tmp_path)
    assert after.guided.settings["beyond"] == pytest.approx((len(NUMBERS) - 1) / 3, rel=1e-3)
    assert set(after.guided.settings) == set(before.guided.settings) == set(NUMBERS)
    assert after.model_copy(update={"guided": before.guided}) == before
    (tmp_path / "skill.yaml").write_text("name: other\n", encoding="utf-8")
    with pytest.raises(DataError, match="no 'settings'"):
        install(np.zeros(len(NUMBERS)), tmp_path)
