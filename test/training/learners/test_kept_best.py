"""The best of a run is kept, and one that diverges ends with the reason and loses none of it."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.training import train as training  # noqa: E402
from skill_stack.training.learners.divergence import TrainingDiverged  # noqa: E402
from skill_stack.training.learners.kept_best import GAIN, WINDOW, KeptBest  # noqa: E402
from skill_stack.training.learners.learner import TrainingProgress, make_learner, read_checkpoint  # noqa: E402
from skill_stack.training.physics.environment import WalkEnvironment  # noqa: E402
from skill_stack.training.tasks.task import load_task  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def environment() -> WalkEnvironment:
    task = load_task(ROOT / "models" / "go2" / "walk")
    ppo = task.ppo.model_copy(update={"robots": 4, "steps": 4, "hidden": (8, 8), "mini_batches": 1})
    return WalkEnvironment(load_robot(ROOT / "urdf" / "go2"), task.model_copy(update={"ppo": ppo}), seed=1)


@pytest.fixture
def learner(environment):  # type: ignore[no-untyped-def]
    return make_learner(environment)


def run(kept: KeptBest, learner, progress: TrainingProgress, scores: list[float]) -> None:  # type: ignore[no-untyped-def]
    for score in scores:
        progress.iteration += 1
        kept.update(score, learner, progress)


def test_what_does_well_with_help_is_not_kept(learner, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    kept, progress = KeptBest(tmp_path), TrainingProgress()
    for _ in range(2 * WINDOW):
        kept.update(2.0, learner, progress, alone=False)
    run(kept, learner, progress, [1.0] * (WINDOW - 1))
    assert not (tmp_path / "best.pt").exists()
    run(kept, learner, progress, [1.0])
    assert read_checkpoint(tmp_path / "best.pt")["progress"]["best"] == pytest.approx(1.0)


def test_what_gets_worse_later_is_kept_as_it_was(learner, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    kept, progress = KeptBest(tmp_path), TrainingProgress()
    run(kept, learner, progress, [2.0] * (WINDOW - 1))
    assert not (tmp_path / "best.pt").exists(), "a few lucky iterations are nothing"
    run(kept, learner, progress, [2.0] + [2.0 + GAIN / 2] * WINDOW + [1.0] * 60)
    found = read_checkpoint(tmp_path / "best.pt")["progress"]
    assert (found["iteration"], found["best"]) == (WINDOW, pytest.approx(2.0))
    run(KeptBest(tmp_path), learner, progress, [1.9] * 60)
    assert read_checkpoint(tmp_path / "best.pt")["progress"]["iteration"] == WINDOW, "it goes on, and is not so good"


@pytest.mark.parametrize("score", [math.nan, math.inf])
def test_scores_that_are_no_numbers_end_it(learner, score: float, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TrainingDiverged, match="after iteration 1; begin anew, with a smaller learning_rate"):
        run(KeptBest(tmp_path), learner, TrainingProgress(), [score])


def test_a_run_that_diverges_keeps_what_was_good(environment, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    learner, count = make_learner(environment), 0
    update = learner.update

    def poisoned() -> object:
        nonlocal count
        count, losses = count + 1, update()
        if count == WINDOW + 3:
            next(learner.critic.parameters()).data[0] = math.nan
        return losses

    monkeypatch.setattr(learner, "update", poisoned)
    advice = rf"after iteration {WINDOW + 3}; --resume {re.escape(str(tmp_path / 'best.pt'))}"
    with pytest.raises(TrainingDiverged, match=advice):
        training.go_on(environment, learner, TrainingProgress(), tmp_path, 5.0, lambda text: None)
    kept = read_checkpoint(tmp_path / "best.pt")
    assert kept["progress"]["iteration"] >= WINDOW and not (tmp_path / "last.pt").exists()
    assert all(torch.isfinite(values).all() for values in kept["critic_state_dict"].values())
