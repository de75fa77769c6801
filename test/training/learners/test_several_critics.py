"""Groups of rewards with a critic each: what they learn, and how their advantages come together."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from rsl_rl.models import MLPModel  # noqa: E402
from rsl_rl.storage import RolloutStorage  # noqa: E402
from tensordict import TensorDict  # noqa: E402

from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.training import train as training  # noqa: E402
from skill_stack.training.hands.hand_environment import HandEnvironment  # noqa: E402
from skill_stack.training.hands.hand_task import load_any_task  # noqa: E402
from skill_stack.training.learners.learner import collect, make_learner  # noqa: E402
from skill_stack.training.learners.several_critics import Critics, SeveralCritics  # noqa: E402
from skill_stack.training.physics.environment import WalkEnvironment  # noqa: E402
from skill_stack.training.physics.training_environment import REWARD_GROUPS  # noqa: E402
from skill_stack.training.tasks.task import TrainingTask, load_task  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
ROBOTS, TICKS, GAMMA, LAM = 8, 6, 0.9, 0.8
GAIT = ("gait_contact", "swing_clearance", "foot_slip")


def seen(number: int) -> TensorDict:
    """What robots see in a tick."""
    values = torch.randn(ROBOTS, 3, generator=torch.Generator().manual_seed(number))
    return TensorDict({"actor": values, "critic": values}, batch_size=[ROBOTS])


def small_learner(shares: list[float]) -> SeveralCritics:
    """A learner with small networks, the same ones each time."""
    torch.manual_seed(1)
    groups = {"actor": ["actor"], "critic": ["critic"]}
    gaussian = {"class_name": "rsl_rl.modules.distribution.GaussianDistribution", "init_std": 0.5, "std_type": "log"}
    actor = MLPModel(seen(0), groups, "actor", 2, hidden_dims=(4,), activation="elu", distribution_cfg=gaussian)
    critic = Critics(seen(0), groups, "critic", 1, len(shares), hidden_dims=(4,), activation="elu")
    storage = RolloutStorage("rl", ROBOTS, TICKS, seen(0), [2])
    return SeveralCritics(actor, critic, storage, shares, gamma=GAMMA, lam=LAM, num_mini_batches=2)


def experienced(learner: SeveralCritics, scale: torch.Tensor) -> torch.Tensor:
    """Has a learner see some ticks, in which robot 3 falls and robot 4 runs out of time; its rewards."""
    drawn = torch.randn(TICKS, ROBOTS, len(scale), generator=torch.Generator().manual_seed(2)) * scale
    with torch.inference_mode():
        for tick in range(TICKS):
            learner.act(seen(tick))
            over, late = torch.zeros(ROBOTS), torch.zeros(ROBOTS)
            if tick == 2:
                over[3] = over[4] = late[4] = 1.0
            extras = {"time_outs": late, REWARD_GROUPS: drawn[tick]}
            learner.process_env_step(seen(tick + 1), drawn[tick].sum(dim=1), over, extras)
        learner.compute_returns(seen(TICKS))
    return drawn


def test_each_critic_gets_the_returns_of_its_own_rewards() -> None:
    learner = small_learner([1.0, 0.5])
    rewards = experienced(learner, torch.tensor([1.0, 3.0]))
    with torch.no_grad():
        values = torch.stack([learner.critic(seen(tick)) for tick in range(TICKS + 1)])
    advantage = torch.zeros(ROBOTS, 2)
    for tick in reversed(range(TICKS)):
        going_on = torch.ones(ROBOTS, 1)
        reward = rewards[tick].clone()
        if tick == 2:
            going_on[3] = going_on[4] = 0.0
            reward[4] += GAMMA * values[2, 4]  # time alone ended it
        delta = reward + GAMMA * going_on * values[tick + 1] - values[tick]
        advantage = delta + GAMMA * LAM * going_on * advantage
        torch.testing.assert_close(learner.storage.returns[tick], advantage + values[tick])


def test_a_group_counts_by_its_weight_and_not_by_the_size_of_its_rewards() -> None:
    found = []
    for scale, share in (([1.0, 1.0], 0.5), ([1.0, 100.0], 0.5), ([1.0, 1.0], 2.0)):
        learner = small_learner([1.0, share])
        with torch.no_grad():
            for parameter in learner.critic.parameters():
                parameter.zero_()
        experienced(learner, torch.tensor(scale))
        found.append(learner.storage.advantages.flatten())
    torch.testing.assert_close(found[0], found[1])
    assert torch.corrcoef(torch.stack([found[0], found[2]]))[0, 1] < 0.9
    assert found[2].mean().abs() < 1e-6 and found[2].std() == pytest.approx(1.0, abs=1e-4)


def test_critics_learn_apart() -> None:
    learner = small_learner([1.0, 1.0])
    before = [[one.clone() for one in network.parameters()] for network in learner.critic.mlp]
    experienced(learner, torch.tensor([1.0, 0.0]))
    learner.storage.returns[..., 1] = learner.storage.values[..., 1]  # nothing to learn for the second
    learner.update()
    moved = [
        max(float((new - old).detach().abs().max()) for new, old in zip(network.parameters(), olds))
        for network, olds in zip(learner.critic.mlp, before)
    ]
    assert moved[0] > 100 * moved[1]


@pytest.fixture(scope="module")
def task() -> TrainingTask:
    shipped = load_task(ROOT / "models" / "go2" / "walk").model_dump()
    shipped["ppo"] |= {"robots": 16, "steps": 8, "hidden": (16, 16), "mini_batches": 2}
    shipped["ppo"]["critics"] = {"motion": 1.0, "gait": 0.5}
    shipped["rewards"] = [one | {"critic": "gait" if one["name"] in GAIT else ""} for one in shipped["rewards"]]
    return TrainingTask.model_validate(shipped)


def test_a_task_with_critics_is_trained_and_gone_on_with(task: TrainingTask, tmp_path: Path) -> None:
    robot = load_robot(ROOT / "urdf" / "go2")
    environment = WalkEnvironment(robot, task, seed=1)
    learner = make_learner(environment)
    assert isinstance(learner, SeveralCritics) and len(learner.critic.mlp) == 2
    collect(environment, learner, task.ppo.steps)
    assert learner.storage.returns.shape == (8, 16, 2) and learner.storage.advantages.shape == (8, 16, 1)
    last = training.train(robot, task, tmp_path, minutes=0.01, seed=1, report=lambda _: None)
    again = training.train(robot, task, tmp_path, minutes=0.01, seed=1, checkpoint=last, report=lambda _: None)
    assert torch.load(again)["progress"]["iteration"] > 1
    alone = task.model_copy(update={"ppo": task.ppo.model_copy(update={"critics": {}})})
    alone = alone.model_copy(update={"rewards": tuple(one.model_copy(update={"critic": ""}) for one in task.rewards)})
    with pytest.raises(DataError, match="does not fit"):
        training.train(robot, alone, tmp_path, minutes=0.01, seed=1, checkpoint=last, report=lambda _: None)


@pytest.mark.parametrize(
    ("critics", "says"),
    [({"motion": 1.0}, "name the critics .*gait"), ({"a": 1.0, "b": 1.0, "gait": 1.0}, "no reward belongs to .*b")],
)
def test_a_critic_that_is_not_there_and_one_without_rewards_are_refused(task, critics, says) -> None:
    changed = task.model_dump()
    changed["ppo"]["critics"] = critics
    with pytest.raises(ValueError, match=says):
        TrainingTask.model_validate(changed)


def test_rewards_without_groups_are_refused() -> None:
    task = load_any_task(ROOT / "models" / "allegro_right" / "push_to_heel")
    ppo = task.ppo.model_copy(update={"robots": 2, "critics": {"all": 1.0}})
    environment = HandEnvironment(load_robot(ROOT / "urdf" / "allegro_right"), task.model_copy(update={"ppo": ppo}), 1)
    with pytest.raises(DataError, match="without groups"):
        make_learner(environment)
