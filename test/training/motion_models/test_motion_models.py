"""Models of motion from recordings: what is read, what is learnt, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")

from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.recording.made_run import START, MadeRun, tick, write_ticks  # noqa: E402
from skill_stack.training.learners.cloning import CloneSettings  # noqa: E402
from skill_stack.training.motion_models.__main__ import main, rows_of  # noqa: E402
from skill_stack.training.motion_models.examples import read_examples  # noqa: E402
from skill_stack.training.motion_models.gaussian_model import export, fit  # noqa: E402
from skill_stack.training.motion_models.judging import rollout_error, unlikely  # noqa: E402

RATE, SECONDS, DELAY = 50.0, 8.0, 0.1
QUICK = CloneSettings(hidden=(48,), epochs=25, batch=64, learning_rate=5e-3)


def record(folder: Path, seed: int, joints: int = 2, outcome: str = "succeeded") -> None:
    """A run in which joints follow a target that swings, with a delay of first order."""
    rng = np.random.default_rng(seed)
    run = MadeRun(folder, f"2026010{seed}-100000_toy")
    phase, rows = rng.uniform(0, 6, joints), []
    position = 0.5 * np.sin(phase)
    run.event(START, "instruction", "t", "swing")
    run.event(START, "step_started", "t", "", request_id="r", skill="swing", arguments={})
    for number in range(round(SECONDS * RATE)):
        target = 0.5 * np.sin(2 * np.pi * 0.4 * number / RATE + phase) + rng.normal(0, 0.002, joints)
        velocity = (target - position) / DELAY
        rows.append(tick(START + number / RATE, number, position, target, velocity=velocity.tolist()))
        position = position + velocity / RATE
    write_ticks(run, START, rows, [f"j{n}" for n in range(joints)], RATE)
    run.event(START + SECONDS, "step_ended", "t", "", request_id="r", skill="swing", outcome="succeeded")
    run.event(START + SECONDS, "outcome", "t", "", outcome=outcome)
    run.end()


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("runs with spaces")
    for seed in range(1, 6):
        record(folder, seed)
    record(folder, 6, outcome="failed")  # contradicts its steps
    return folder


@pytest.fixture(scope="module")
def examples(runs):
    return list(read_examples(runs, RATE, lambda text: None).values())


def test_spoilt_episodes_are_left_out_and_the_heading_too(examples) -> None:
    assert len(examples) == 5
    assert not any(".q" in name for name in examples[0].names) and examples[0].names[-3:] == tuple(
        f"gravity.{axis}" for axis in "xyz"
    )
    assert examples[0].joints == ("j0.pos", "j1.pos")


def test_dynamics_foresee_other_episodes_better_than_no_change_and_the_file_agrees(examples, tmp_path) -> None:
    learnt = fit(rows_of(examples[:4], "dynamics"), rows_of(examples[4:], "dynamics"), QUICK, 1, lambda text: None)
    assert learnt.loss < learnt.chance - 0.5
    error, still = rollout_error(learnt.model, examples[4:])
    assert error < 0.5 * still
    assert len(export(learnt.model, tmp_path / "a" / "model.onnx")) == 64
    seen = examples[4].rows("dynamics")[0][:7].astype(np.float32)
    mean, log_spread = onnxruntime.InferenceSession(str(tmp_path / "a" / "model.onnx")).run(None, {"seen": seen})
    assert mean.shape == log_spread.shape == (7, len(examples[4].names))


def test_to_a_prior_what_was_never_done_is_unlikely(examples) -> None:
    learnt = fit(rows_of(examples[:4], "prior"), rows_of(examples[4:], "prior"), QUICK, 1, lambda text: None)
    seen, done = examples[4].rows("prior")
    strange = done + np.random.default_rng(0).normal(0, 0.6, done.shape)
    assert (unlikely(learnt.model, seen, strange) > unlikely(learnt.model, seen, done)).mean() > 0.9


def test_what_cannot_be_learnt_from_is_refused_by_name(runs, tmp_path, examples) -> None:
    with pytest.raises(DataError, match="no episode that is fit to learn from"):
        read_examples(tmp_path, RATE, lambda text: None)
    with pytest.raises(DataError, match="ask for at most that many frames"):
        read_examples(runs, 4 * RATE, lambda text: None)
    record(tmp_path, 1)
    record(tmp_path, 2, joints=3)
    with pytest.raises(DataError, match="2 kinds of robots"):
        read_examples(tmp_path, RATE, lambda text: None)
    seen, done = rows_of(examples[:1], "prior")
    with pytest.raises(DataError, match="all of them finite"):
        fit((seen, np.full_like(done, np.nan)), (seen, done), QUICK, 1, lambda text: None)


def test_the_command_writes_a_model_and_what_it_is_worth(runs, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("skill_stack.training.motion_models.__main__.SETTINGS", QUICK)
    assert main(["dynamics", str(runs), "--out", str(tmp_path / "out")]) == 0
    about = json.loads((tmp_path / "out" / "dynamics.json").read_text())
    assert about["episodes"] == 5 and len(about["held_out"]) == 1 and about["error_ahead"] > 0
    assert main(["prior", str(tmp_path / "nothing")]) == 1
    assert "skill-stack record start" in capsys.readouterr().err
