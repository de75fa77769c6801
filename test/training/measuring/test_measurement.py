"""The shipped policy, and whether its published figures belong to it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import load_skill
from skill_stack.hardware.mujoco.model_variation import ModelVariation, VariationRanges
from skill_stack.training import measure
from skill_stack.training.exporting.policy import LoadedPolicy
from skill_stack.training.measuring.measure_settings import AXES, TRACKING_COMMANDS, MeasureSettings
from skill_stack.training.measuring.measurement import PolicyMeasurement
from skill_stack.training.physics.episode import TrainingEpisode, TrainingSensorNoise
from skill_stack.training.tasks.task import load_task

ROOT = Path(__file__).resolve().parents[3]
WALK = ROOT / "models" / "go2" / "walk"


@pytest.fixture(scope="module")
def robot() -> RobotSpec:
    return load_robot(ROOT / "urdf" / "go2")


@pytest.fixture(scope="module")
def policy(robot: RobotSpec) -> LoadedPolicy:
    return LoadedPolicy(WALK / "policy.onnx", robot)


@pytest.fixture(scope="module")
def results() -> dict:
    return json.loads((WALK / "results.json").read_text())


def test_results_belong_to_the_shipped_policy(results: dict) -> None:
    digest = hashlib.sha256((WALK / "policy.onnx").read_bytes()).hexdigest()
    assert results["policy_sha256"] == digest
    assert load_skill(WALK).policy.sha256 == digest
    assert load_skill(WALK.parent / "stand").policy.sha256 == digest


def test_summary_follows_from_the_rows(results: dict) -> None:
    summary = results["summary"]
    assert summary["episodes"] == len(results["long_runs"]) >= 20
    assert summary["successes"] == sum(row["survived"] for row in results["long_runs"])
    for rows in ("tracking", "tracking_varied"):
        for axis in AXES:
            largest = max(row["error"][axis] for row in results[rows])
            assert summary[rows.replace("tracking", "largest_tracking_error")][axis] == largest
    for row in (*results["tracking"], *results["tracking_varied"]):
        for axis in AXES:
            assert row["error"][axis] == pytest.approx(abs(row["mean"][axis] - row["command"][axis]), abs=0.0015)


def test_measured_commands_reach_the_limits_of_the_promise(policy: LoadedPolicy) -> None:
    commands = np.array(TRACKING_COMMANDS)
    low, high = np.array(policy.contract.command_ranges).T
    assert commands.min(axis=0) == pytest.approx(low)
    assert commands.max(axis=0) == pytest.approx(high)


def test_policy_is_what_the_task_makes(robot: RobotSpec, policy: LoadedPolicy) -> None:
    assert policy.contract == load_task(WALK).contract(robot)


@pytest.mark.parametrize("command", [(0.6, 0.0, 0.0), (0.0, 0.3, 0.0), (0.0, 0.0, 0.8), (-0.3, 0.0, 0.4)])
def test_policy_goes_where_it_is_told(robot: RobotSpec, policy: LoadedPolicy, command: tuple[float, ...]) -> None:
    episode = TrainingEpisode(robot, policy, np.random.default_rng(5), noise=MeasureSettings().noise, latency=0.005)
    truths = [episode.step(np.array(command)) for _ in range(250)]
    mean = np.mean([truth.velocity for truth in truths[100:]], axis=0)
    assert mean == pytest.approx(command, abs=0.1)


def test_policy_stands_when_told_nothing_and_when_pushed(robot: RobotSpec, policy: LoadedPolicy) -> None:
    episode = TrainingEpisode(robot, policy, np.random.default_rng(5), ModelVariation(foot_friction=0.6))
    start = [episode.step(np.zeros(3)) for _ in range(100)][-1].position
    calm = [episode.step(np.zeros(3)) for _ in range(100)]
    assert np.linalg.norm(calm[-1].position[:2] - start[:2]) < 0.05
    episode.push(0.5)
    pushed = [episode.step(np.zeros(3)) for _ in range(150)]
    assert max(truth.tilt for truth in pushed) < 0.6
    assert abs(pushed[-1].velocity).max() < 0.2


def test_noise_latency_and_seed_matter_and_repeat(robot: RobotSpec, policy: LoadedPolicy) -> None:
    def run(seed: int, noise: float = 0.0, latency: float = 0.0) -> np.ndarray:
        sensors = TrainingSensorNoise(position=noise, velocity=noise)
        episode = TrainingEpisode(robot, policy, np.random.default_rng(seed), None, sensors, latency)
        return np.array([episode.step(np.array([0.5, 0.0, 0.0])).position for _ in range(30)])

    base = run(1, 0.01)
    assert np.array_equal(base, run(1, 0.01))
    assert not np.array_equal(base, run(2, 0.01))
    assert not np.array_equal(base, run(1, 0.02))
    assert not np.array_equal(base, run(1, 0.01, 0.01))


def test_a_fall_is_seen(robot: RobotSpec, policy: LoadedPolicy) -> None:
    """Pushes that no robot stands must show in the figures."""
    harsh = MeasureSettings(
        seeds=1,
        seconds=4.0,
        push_speed=6.0,
        push_interval=(0.5, 0.6),
        variation=VariationRanges(foot_friction=(1.0, 1.0)),
    )
    row = PolicyMeasurement(robot, policy, harsh).survival(0)
    assert not row["survived"]
    assert row["seconds"] < 4.0 and row["pushes"] >= 1


@pytest.mark.slow
def test_command_line_reports_json_and_failure(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = MeasureSettings(seeds=1, seconds=1.0, tracking_seconds=1.0, settle=0.5, linear_limit=1e-6)
    monkeypatch.setattr(measure, "MeasureSettings", lambda seeds: short)
    monkeypatch.setattr(measure, "CHANGES", ())
    out = tmp_path / "results.json"
    page = tmp_path / "page.md"
    arguments = ["go2", "walk", "--json", "--seeds", "1", "--out", str(out), "--markdown", str(page)]
    assert measure.main(arguments) == 2, "a limit does not hold"
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads(out.read_text())
    assert printed["summary"]["tracking_holds"] is False
    assert "do not hold everywhere" in page.read_text()
    assert page.read_text().count("\n| ") > len(TRACKING_COMMANDS)
    assert measure.main(["go2", "walk", "--policy", str(tmp_path / "none.onnx")]) == 1
    assert "train and export one first" in capsys.readouterr().err
