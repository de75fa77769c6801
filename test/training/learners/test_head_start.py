"""A learner that begins as a copy of a teacher."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.training.learners.cloning import CloneSettings  # noqa: E402
from skill_stack.training.learners.distillation import DistilSettings  # noqa: E402
from skill_stack.training.learners.gait_teacher import GaitTeacher  # noqa: E402
from skill_stack.training.learners.head_start import FIRST_RATE, take_after  # noqa: E402
from skill_stack.training.learners.learner import make_learner  # noqa: E402
from skill_stack.training.physics.environment import WalkEnvironment  # noqa: E402
from skill_stack.training.tasks.task import load_task  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
COARSE = {"rigid": ("arms",), "coarse": True, "estimated": False}


def test_actor_and_critic_learn_and_the_learner_goes_on_carefully() -> None:
    torch.manual_seed(0)
    task = load_task(ROOT / "models" / "g1" / "walk")
    task = task.model_copy(
        update={**COARSE, "others": None, "ppo": task.ppo.model_copy(update={"robots": 24, "steps": 4})}
    )
    assert task.teacher is not None
    environment = WalkEnvironment(load_robot(ROOT / "urdf" / "g1"), task, 0)
    learner = make_learner(environment)
    teacher = GaitTeacher(environment, task.teacher)

    def off() -> float:
        seen = environment.get_observations()
        with torch.inference_mode():
            return float((learner.actor(seen) - teacher()).square().mean())

    before = off()
    critic = [one.clone() for one in learner.critic.parameters()]
    lines: list[str] = []
    fit = CloneSettings(hidden=task.ppo.hidden, epochs=20, batch=64)
    take_after(
        learner, environment, teacher, 0, lines.append, DistilSettings(rounds=2, ticks=20, fit=fit), iterations=5
    )
    assert off() < before / 2
    assert any((old != new).any() for old, new in zip(critic, learner.critic.parameters()))
    assert learner.schedule == "adaptive" and learner.learning_rate == FIRST_RATE
    assert all(one.requires_grad for one in learner.actor.parameters())
    assert lines[0].startswith("round 1 of 2") and lines[-1].startswith("critic 5 of 5")
