"""A gait latent: its axes stay apart, the file walks as the network does, and what is wrong is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.controllers.policies.policy_contract import PolicyContract  # noqa: E402
from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.skills.skill import load_skill  # noqa: E402
from skill_stack.training.export import export  # noqa: E402
from skill_stack.training.gait_latent.autoencoder import flat_paths, learn_autoencoder  # noqa: E402
from skill_stack.training.gait_latent.commands import command_map  # noqa: E402
from skill_stack.training.gait_latent.export import export_latent, latent_contract, told_by  # noqa: E402
from skill_stack.training.gait_latent.settings import GaitLatentSettings, load_settings  # noqa: E402
from skill_stack.training.gait_latent.strides import SAMPLES, Strides, StrideWorlds, joined  # noqa: E402
from skill_stack.training.learners.divergence import TrainingDiverged  # noqa: E402
from skill_stack.training.tasks.task import load_task  # noqa: E402

MODELS = Path(__file__).resolve().parents[2] / "models" / "go2"
FOLDER = MODELS / "gait_latent"
ROBOT = load_robot(MODELS.parents[1] / "urdf" / "go2")
RANGES = np.array([[0.05, 0.17], [-0.2, 0.75]])
torch.set_num_threads(1)


def made(count: int, seed: int) -> Strides:
    """Half ellipses as high and long as commanded, and a little longer the higher they are."""
    rng = np.random.default_rng(seed)
    told = rng.uniform(*RANGES.T, (count, 2))
    height, length = told[:, 0] + 0.003 * rng.standard_normal(count), told[:, 1] / 2.4 + 0.5 * (told[:, 0] - 0.11)
    phase = 2 * np.pi * (np.arange(SAMPLES) / SAMPLES + np.array([0.0, 0.5, 0.5, 0.0])[:, None])
    x = length[:, None, None] / 4 * np.cos(phase)
    z = height[:, None, None] * np.clip(np.sin(phase), 0.0, None) - 0.3
    paths = np.stack([x, np.zeros_like(x), z], axis=-1) + 0.002 * rng.standard_normal((*x.shape, 3))
    none = np.zeros(count, bool)
    return Strides(paths, height, length, told, np.arange(count), none)


@pytest.fixture(scope="module")
def learnt():
    strides = made(600, 1)
    plane = learn_autoencoder(strides, 16, 200, 5e-3, 1)
    return plane, command_map(plane, strides, strides.told, RANGES, 1)


def test_one_axis_says_the_height_and_the_other_the_length(learnt):
    plane, fresh = learnt[0], made(300, 2)
    with torch.no_grad():
        points = plane.encode(torch.tensor(flat_paths(fresh), dtype=torch.float32))
        said, back = plane.says(points).numpy(), plane.decode(points).numpy()
    np.testing.assert_allclose(said, np.stack([fresh.height, fresh.length], axis=1), atol=0.025)
    assert np.sqrt(np.square(back - flat_paths(fresh)).mean()) < 0.006


def test_what_one_axis_decodes_the_other_does_not_move(learnt):
    plane = learnt[0]
    a, b, c, d = (torch.tensor([point]) for point in ([-0.5, 0.3], [0.8, 0.3], [-0.5, -0.9], [0.8, -0.9]))
    with torch.no_grad():
        torch.testing.assert_close(plane.decode(b) - plane.decode(a), plane.decode(d) - plane.decode(c))
        assert plane.says(a)[0, 1] == plane.says(b)[0, 1]


def test_commands_lead_where_points_say_although_one_moves_both(learnt):
    plane, commands = learnt
    grid = np.stack(np.meshgrid(*[np.linspace(-0.9, 0.9, 5)] * 2), axis=-1).reshape(-1, 2)
    told = told_by(commands, grid, load_settings(FOLDER))
    with torch.no_grad():
        wanted = plane.says(torch.tensor(grid, dtype=torch.float32)).numpy()
    inside = np.abs(wanted[:, 1]) < 0.25  # of lengths that commands lead to at every height
    np.testing.assert_allclose(told["swing_height"], wanted[:, 0].clip(*RANGES[0]), atol=0.015)
    reached = told["vx"] / 2.4 + 0.5 * (told["swing_height"] - 0.11)
    np.testing.assert_allclose(reached[inside], wanted[inside, 1], atol=0.03)


def test_the_file_answers_what_the_network_answers_to_those_commands(learnt, tmp_path):
    settings, task = load_settings(FOLDER), load_task(FOLDER)
    export(ROBOT, task, FOLDER / "policy.onnx", tmp_path / "network.onnx")
    contract = task.contract(ROBOT)
    export_latent(tmp_path / "network.onnx", contract, settings, learnt[1], tmp_path / "policy.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "policy.onnx"), providers=["CPUExecutionProvider"])
    inner = onnxruntime.InferenceSession(str(tmp_path / "network.onnx"), providers=["CPUExecutionProvider"])
    outer = PolicyContract.from_metadata(session.get_modelmeta().custom_metadata_map)
    assert outer == latent_contract(contract, settings) and outer.command_names == ("lift", "reach", "vy", "wz")
    rng = np.random.default_rng(3)
    points = rng.uniform(-3.0, 3.0, (20, 2))  # beyond the region too
    told = told_by(learnt[1], points, settings)
    before, after = rng.standard_normal((20, 6)), rng.standard_normal((20, contract.observation_size - 14))
    steer = np.tile([0.1, -0.2], (20, 1))
    velocity = [told["vx"], steer[:, 0], steer[:, 1], *[told[name] for name in contract.command_names[3:]]]
    seen = np.concatenate([before, points, steer, after], axis=1).astype(np.float32)
    same = np.concatenate([before, np.stack(velocity, axis=1), after], axis=1).astype(np.float32)
    np.testing.assert_allclose(session.run(None, {"obs": seen})[0], inner.run(None, {"obs": same})[0], atol=1e-4)


def test_the_installed_skill_says_of_its_axes_what_was_measured():
    figures = json.loads((FOLDER / "figures.json").read_text(encoding="utf-8"))["axes"]
    numbers = load_skill(MODELS / "stride").guided.settings
    for axis, name in (("lift", "height"), ("reach", "length")):
        low, high = figures[name]["at -1"], figures[name]["at 1"]
        assert numbers[f"{axis}_middle"] == pytest.approx((low + high) / 2, abs=1e-3)
        assert numbers[f"{axis}_extent"] == pytest.approx((high - low) / 2, abs=1e-3)
    assert numbers["frequency"] == load_settings(FOLDER).fixed["frequency"]


def test_strides_are_cut_by_the_clock_and_know_who_fell():
    task = load_task(FOLDER)
    small = task.model_copy(update={"ppo": task.ppo.model_copy(update={"robots": 2}), "ground": None, "bare": True})
    worlds = StrideWorlds(ROBOT, small, 3, 2.5)
    told = {"height": 0.31, "frequency": 2.4, "swing_height": 0.1, "vx": 0.3, "side_phase": 0.5, "rear_phase": 0.5}
    still = worlds.walk(lambda seen: torch.zeros(len(seen), 12), told, 2.5)
    kept = (~still.fallen).sum()
    assert len(still.height) == len(still.length) == len(still.robot) and len(np.unique(still.robot)) == kept
    assert still.paths.shape[1:] == (4, SAMPLES, 3)
    both = joined([still, still])
    assert len(both.fallen) == 4 and len(both.robot) == 2 * len(still.robot)


@pytest.mark.parametrize("count, what", [(20, "20 periods"), (300, "differ by")])
def test_too_little_to_learn_from_is_said(count, what):
    strides = made(count, 1)
    if count == 300:
        strides = Strides(strides.paths, np.full(count, 0.1), *[getattr(strides, n) for n in
                          ("length", "told", "robot", "fallen")])  # fmt: skip
    with pytest.raises(DataError, match=what):
        learn_autoencoder(strides, 8, 1, 1e-3, 1)


def test_a_run_that_diverges_and_periods_that_are_no_numbers_are_said():
    strides = made(300, 1)
    with pytest.raises(TrainingDiverged, match=r"plane of the gait, epoch \d of 5: diverged"):
        learn_autoencoder(strides, 8, 5, 1e25, 1)
    strides.paths[7, 2, 3, 0] = np.nan
    with pytest.raises(DataError, match="not finite"):
        learn_autoencoder(strides, 8, 5, 1e-3, 1)


def test_settings_that_do_not_fit_the_network_are_refused():
    settings = load_settings(FOLDER).model_copy(update={"steering": ("vy", "yaw")})
    with pytest.raises(DataError, match="yaw"):
        latent_contract(load_task(FOLDER).contract(ROBOT), settings)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(DataError):
        load_settings(tmp_path)
    assert GaitLatentSettings.model_validate(load_settings(FOLDER).model_dump())
