"""What is kept of a learner's own successes, and what it learns from them."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from tensordict import TensorDict  # noqa: E402

from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.training.learners.learner import collect, make_learner  # noqa: E402
from skill_stack.training.learners.self_imitation import SelfImitation  # noqa: E402
from skill_stack.training.physics.environment import WalkEnvironment  # noqa: E402
from skill_stack.training.tasks.ppo_task import SelfImitationTask  # noqa: E402
from skill_stack.training.tasks.task import load_task  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]


def seen(tick: int, robots: int = 2) -> TensorDict:
    """Observations that tell their tick."""
    return TensorDict({"actor": torch.full((robots, 1), float(tick))}, batch_size=[robots])


def watched(rewards: list[list[float]], ends: list[list[int]], **settings: object) -> SelfImitation:
    """What is kept of two robots, by tick and robot."""
    kept = SelfImitation(SelfImitationTask(iterations=10, **settings), gamma=0.5, seed=0)
    for tick, (given, over) in enumerate(zip(rewards, ends, strict=True)):
        kept.see(seen(tick), torch.zeros(2, 1), torch.tensor(given), torch.tensor(over))
    return kept


def test_an_episode_is_kept_up_to_its_last_reward_with_what_came_after_each_tick() -> None:
    kept = watched([[0, 0], [1, 0], [0, 0], [0, 0]], [[0, 0], [0, 0], [1, 0], [0, 1]])
    assert kept.found == 1
    (episode,) = kept._episodes
    assert episode.returns.tolist() == [0.5, 1.0]
    assert episode.observations["actor"].flatten().tolist() == [0.0, 1.0]


def test_robots_that_go_on_are_followed_from_their_own_start() -> None:
    kept = watched([[1, 0], [0, 0], [0, 1], [0, 0]], [[1, 0], [0, 0], [1, 0], [0, 1]])
    assert [one.returns.tolist() for one in kept._episodes] == [[1.0], [0.25, 0.5, 1.0]]


def test_the_newest_successes_stay() -> None:
    kept = watched([[1, 0], [1, 0], [1, 0]], [[1, 0], [1, 0], [1, 0]], capacity=2)
    assert kept.found == 3
    assert [one.observations["actor"].item() for one in kept._episodes] == [1.0, 2.0]


def test_replay_and_entropy_fall_to_nothing() -> None:
    kept = watched([[0, 0]], [[0, 0]])
    assert [kept.share(iteration) for iteration in (0, 5, 10, 20)] == [1.0, 0.5, 0.0, 0.0]


def test_what_led_to_a_success_becomes_likelier() -> None:
    torch.manual_seed(0)
    task = load_task(ROOT / "models" / "go2" / "walk")
    ppo = task.ppo.model_copy(update={"robots": 4, "steps": 4})
    environment = WalkEnvironment(load_robot(ROOT / "urdf" / "go2"), task.model_copy(update={"ppo": ppo}), 0)
    learner = make_learner(environment)
    kept = SelfImitation(SelfImitationTask(iterations=10, batch=8, entropy=0.02), gamma=0.99, seed=0)
    collect(environment, learner, 4, kept)
    learner.storage.clear()
    observations, done = environment.get_observations(), torch.ones(4, dtype=torch.long)
    actions = torch.full((4, environment.num_actions), 0.5)
    kept.see(observations, actions, torch.full((4,), 5.0), done)

    def likely() -> float:
        with torch.no_grad():
            learner.actor(observations, stochastic_output=True)
            return float(learner.actor.get_output_log_prob(actions).mean())

    before = likely()
    for _ in range(5):
        kept.learn(learner, 0)
    assert likely() > before
    assert learner.entropy_coef == 0.02
    kept.learn(learner, 10)
    assert learner.entropy_coef == 0.0
