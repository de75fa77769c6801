"""A student that learns from a teacher who sees more than it does."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from tensordict import TensorDict  # noqa: E402

from skill_stack.training.learners.cloning import CloneSettings  # noqa: E402
from skill_stack.training.learners.distillation import DistilSettings, distil  # noqa: E402


class Cart:
    """Points on a line that are to be brought to zero; what moves them beside the action only the teacher sees."""

    num_actions = 1

    def __init__(self) -> None:
        generator = torch.Generator().manual_seed(0)
        self.place = torch.rand(64, 1, generator=generator) * 4 - 2
        self.wind = torch.rand(64, 1, generator=generator) * 0.02
        self.largest = 0.0

    def get_observations(self) -> TensorDict:
        groups = {"actor": self.place.clone(), "critic": torch.cat([self.place, self.wind], dim=1)}
        return TensorDict(groups, batch_size=[64])

    def step(self, actions: torch.Tensor) -> tuple[TensorDict, None, None, dict[str, object]]:
        self.place = self.place + 0.1 * actions + self.wind
        self.largest = float(self.place.abs().max())
        return self.get_observations(), None, None, {}


def teacher(observations: TensorDict) -> torch.Tensor:
    place, wind = observations["critic"].split(1, dim=1)
    return -2.0 * place - 10.0 * wind


def test_the_student_brings_the_points_home_by_itself() -> None:
    cart, lines = Cart(), []
    fit = CloneSettings(hidden=(16,), epochs=4, batch=64, learning_rate=1e-2)
    result = distil(cart, teacher, DistilSettings(rounds=3, ticks=20, fit=fit), seed=1, report=lines.append)  # type: ignore[arg-type]
    assert len(lines) == 3 and "teacher acts 100%" in lines[0] and "teacher acts 0%" in lines[2]
    cart.place = torch.linspace(-2, 2, 64)[:, None]
    for _ in range(60):
        with torch.inference_mode():
            cart.step(result.network(cart.get_observations()["actor"]))
    assert cart.largest < 0.4, "the teacher's wind is unknown to it, which leaves a small error"
    assert float(result.error.max()) < 0.3
