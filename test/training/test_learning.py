"""From environment to exported policy, small enough to run in seconds."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack import cli  # noqa: E402
from skill_stack.core.errors import DataError, ResourceNotFound, UnknownName  # noqa: E402
from skill_stack.core.robots.robot import RobotSpec  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.training import train as training  # noqa: E402
from skill_stack.training.export import deployed_policy, export  # noqa: E402
from skill_stack.training.exporting.policy import LoadedPolicy  # noqa: E402
from skill_stack.training.learners.learner import read_checkpoint  # noqa: E402
from skill_stack.training.physics.environment import WalkEnvironment  # noqa: E402
from skill_stack.training.physics.training_environment import REWARD_GROUPS  # noqa: E402
from skill_stack.training.tasks.mirror import MirrorMap, mirrored_name  # noqa: E402
from skill_stack.training.tasks.task import RewardTask, TrainingTask, load_task  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def robot() -> RobotSpec:
    return load_robot(ROOT / "urdf" / "go2")


@pytest.fixture(scope="module")
def task() -> TrainingTask:
    shipped = load_task(ROOT / "models" / "go2" / "walk")
    ppo = shipped.ppo.model_copy(update={"robots": 16, "steps": 8, "hidden": (16, 16), "mini_batches": 2})
    return shipped.model_copy(update={"ppo": ppo})


@pytest.fixture(scope="module")
def environment(robot: RobotSpec, task: TrainingTask) -> WalkEnvironment:
    return WalkEnvironment(robot, task, seed=1)


@pytest.fixture(scope="module")
def checkpoint(robot: RobotSpec, task: TrainingTask, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    return training.train(robot, task, folder, minutes=0.02, seed=1, report=lambda _: None)


def test_what_failed_is_known_to_a_run_that_goes_on_and_to_that_of_another_body(
    robot: RobotSpec, task: TrainingTask, tmp_path: Path
) -> None:
    judged = task.contexts.model_copy(update={"axes": ("vx", "added_mass")})
    task = task.model_copy(update={"contexts": judged})
    needs = read_checkpoint(training.train(robot, task, tmp_path, 0.01, 1, report=lambda _: None))["progress"]["needs"]
    assert set(needs) == {"vx", "added_mass"}
    needs["added_mass"]["success"] = [0.9, 0.8, 0.7, 0.6, 0.1]
    heavy = task.variation.model_copy(update={"added_mass": (0.0, 2.0)})
    other = WalkEnvironment(robot, task.model_copy(update={"variation": heavy}), seed=1)
    training.begin_with_needs(other, needs, tmp_path / "last.pt")
    known = dict(zip(other.robots.needs.names, other.robots.needs.success))["added_mass"]
    assert known[0] > known[-1] and (other.commands.needs.success < 1.0).all()
    with pytest.raises(DataError, match="vx, added_mass"):
        training.begin_with_needs(other, {"slope": needs["added_mass"]}, tmp_path / "last.pt")


def test_robots_stand_at_action_zero(robot: RobotSpec, task: TrainingTask) -> None:
    environment = WalkEnvironment(robot, task, seed=2)
    environment.commands.level = 0.0  # no pushes
    falls = 0
    for _ in range(50):
        observations, reward, done, extras = environment.step(torch.zeros(16, robot.size))
        falls += int((done & (extras["time_outs"] == 0)).sum())
        assert torch.isfinite(reward).all() and all(torch.isfinite(group).all() for group in observations.values())
    assert falls == 0


def test_wild_actions_make_robots_fall_and_start_again(robot: RobotSpec, task: TrainingTask) -> None:
    environment = WalkEnvironment(robot, task, seed=2)
    torch.manual_seed(0)
    done = [environment.step(6 * torch.randn(16, robot.size))[2] for _ in range(100)]
    assert torch.stack(done).any()
    assert (environment.state.base_position[:, 2] > task.fall.height - 0.05).all()


def test_same_seed_gives_the_same_experience(robot: RobotSpec, task: TrainingTask) -> None:
    def run(seed: int) -> torch.Tensor:
        environment = WalkEnvironment(robot, task, seed)
        return torch.stack([environment.step(torch.full((16, 12), 0.1))[0]["actor"] for _ in range(5)])

    assert torch.equal(run(5), run(5))
    assert not torch.equal(run(5), run(6))


def test_actor_sees_noise_and_no_velocity_critic_the_truth(environment: WalkEnvironment) -> None:
    observations = environment.get_observations()
    size = environment.contract.observation_size
    assert observations["actor"].shape == (16, size)
    assert observations["critic"].shape == (16, size + sum(environment.privileged.values()))
    assert not torch.allclose(observations["actor"], observations["critic"][:, :size])


def test_unknown_reward_is_refused(robot: RobotSpec, task: TrainingTask) -> None:
    wrong = task.model_copy(update={"rewards": (RewardTask(name="track_linaer", weight=1.0),)})
    with pytest.raises(UnknownName, match="did you mean 'track_linear'"):
        WalkEnvironment(robot, wrong, seed=0)
    wrong = task.model_copy(update={"rewards": (RewardTask(name="alive", weight=1.0, by="lowly"),)})
    with pytest.raises(UnknownName, match="no goal value 'lowly'"):
        WalkEnvironment(robot, wrong, seed=0)


def test_a_goal_value_scales_a_reward(robot: RobotSpec, task: TrainingTask) -> None:
    fast = task.events.model_copy(update={"stand_share": 0.0})
    environment = WalkEnvironment(
        robot, task.model_copy(update={"rewards": (RewardTask(name="alive", weight=1.0, by="vx"),), "events": fast}), 3
    )
    told = environment.commands.command[:, 0].copy()
    reward = environment.step(torch.zeros(16, robot.size))[3][REWARD_GROUPS].numpy()[:, 0]
    assert reward == pytest.approx(told.clip(0.0) / robot.control_rate, abs=1e-6) and reward.max() > 0.0


def test_feet_land_as_fast_as_they_came_down(robot: RobotSpec, task: TrainingTask) -> None:
    environment = WalkEnvironment(robot, task, seed=2)
    environment._physics.qpos[:, 2] += 0.1  # 0.1 m above the floor: by v² = 2 g h, 1.4 m/s when they land
    environment._read()
    landed = np.zeros_like(environment.landing)
    for _ in range(20):
        environment.step(torch.zeros(16, robot.size))
        first = landed == 0.0
        landed[first] = environment.landing[first]
    assert 0.9 < np.median(landed[landed > 0.0]) < 1.7 and (landed > 0.0).mean() > 0.8


@pytest.mark.parametrize(
    ("name", "image"),
    [("FL_hip_joint", "FR_hip_joint"), ("RR", "RL"), ("left_knee", "right_knee"), ("waist_yaw", "waist_yaw")],
)
def test_mirrored_names(name: str, image: str) -> None:
    assert mirrored_name(name) == image
    assert mirrored_name(image) == name


def test_mirroring_twice_changes_nothing(environment: WalkEnvironment) -> None:
    mirror = MirrorMap(environment.robot, environment.nominal, environment.contract, environment.privileged)
    for name, values in environment.get_observations().items():
        reflect = mirror.groups[name]
        assert not torch.allclose(reflect(values), values)
        assert torch.allclose(reflect(reflect(values)), values)


def test_mirrored_robot_moves_as_the_mirror_image(environment: WalkEnvironment) -> None:
    """Physics decides whether signs and order are right: a mirrored action has the mirrored outcome."""
    mirror = MirrorMap(environment.robot, environment.nominal, environment.contract, environment.privileged)
    from skill_stack.training.physics.physics import BatchPhysics

    model, index = environment.nominal, environment._index
    physics = BatchPhysics([model, model], index, 4)
    qpos = model.qpos0.copy()
    qpos[2], qpos[7:] = 0.31, environment.robot.pose("default")
    physics.reset(np.arange(2), qpos, np.zeros(model.nv))
    action = torch.tensor(np.random.default_rng(0).uniform(-1, 1, (1, 12)))
    both = torch.cat([action, mirror.action(action)]).numpy()
    target = environment.robot.pose("default") + 0.25 * both
    for _ in range(10):
        physics.step(target, target, np.zeros(2, dtype=int))
    joints = torch.tensor(physics.qpos[:, index.joint_qpos] - environment.robot.pose("default"))
    assert torch.allclose(mirror.action(joints[:1]), joints[1:], atol=0.01)
    spin = physics.qvel[:, 3:6]
    assert spin[1] == pytest.approx(spin[0] * [-1, 1, -1], abs=0.05)
    assert np.abs(spin[0]).max() > 0.05, "the action was not symmetric itself"


def test_training_goes_on_from_its_checkpoint(
    robot: RobotSpec, task: TrainingTask, checkpoint: Path, tmp_path: Path
) -> None:
    before = read_checkpoint(checkpoint)["progress"]
    after = read_checkpoint(training.train(robot, task, tmp_path, 0.01, 1, checkpoint, lambda _: None))["progress"]
    assert before["iteration"] > 0
    assert after["iteration"] > before["iteration"]
    assert after["steps"] == after["iteration"] * 16 * 8
    assert after["seed"] == before["seed"]


def learnt_on(device: str, robot: RobotSpec, task: TrainingTask, folder: Path, last: Path | None = None) -> Path:
    return training.train(robot, task, folder, 0.02, 1, last, report=lambda _: None, device=device)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a graphics processor")
def test_a_graphics_processor_that_is_not_there_is_said(robot: RobotSpec, task: TrainingTask, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--device cpu"):
        learnt_on("cuda", robot, task, tmp_path)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a graphics processor that torch sees")
@pytest.mark.parametrize("critics", [{}, {"motion": 0.5, "gait": 0.5}])
def test_networks_that_learn_on_a_graphics_processor_go_on_without_one(
    robot: RobotSpec, task: TrainingTask, tmp_path: Path, critics: dict[str, float]
) -> None:
    if critics:
        named = [one.model_copy(update={"critic": "gait"} if one.name == "foot_slip" else {}) for one in task.rewards]
        update = {"rewards": tuple(named), "ppo": task.ppo.model_copy(update={"critics": critics})}
        task = task.model_copy(update=update)
    last = learnt_on("cuda", robot, task, tmp_path / "there")
    state = read_checkpoint(last)
    assert state["progress"]["iteration"] > 0
    assert all(value.device.type == "cpu" for value in state["actor_state_dict"].values())
    again = read_checkpoint(learnt_on("cpu", robot, task, tmp_path / "here", last))
    assert again["progress"]["iteration"] > state["progress"]["iteration"]


def test_exported_policy_is_the_trained_one(
    robot: RobotSpec, task: TrainingTask, checkpoint: Path, tmp_path: Path
) -> None:
    pytest.importorskip("onnx", reason="needs the extra 'train'")
    digest = export(robot, task, checkpoint, tmp_path / "policy.onnx")
    assert len(digest) == 64
    loaded = LoadedPolicy(tmp_path / "policy.onnx", robot)
    assert loaded.contract == task.contract(robot)
    raw = np.random.default_rng(0).standard_normal((4, loaded.contract.observation_size)).astype(np.float32)
    with torch.inference_mode():
        expected = deployed_policy(robot, task, checkpoint)(torch.from_numpy(raw)).numpy()
    assert loaded.session.run(None, {"obs": raw})[0] == pytest.approx(expected, abs=1e-4)
    wild = loaded.session.run(None, {"obs": raw * 1e6})[0]
    assert np.abs(wild).max() <= task.action_clip


def test_an_exported_policy_gets_another_prior(robot: RobotSpec, tmp_path: Path) -> None:
    """What is shipped as multi_gait are the layers of gaits: they differ where more is commanded than 9 cm alone."""
    models = ROOT / "models" / "go2"
    task, source = load_task(models / "multi_gait"), models / "gaits" / "policy.onnx"
    export(robot, task, source, tmp_path / "policy.onnx")
    again, old = LoadedPolicy(tmp_path / "policy.onnx", robot), LoadedPolicy(source, robot)
    assert (tmp_path / "policy.onnx").read_bytes() == (models / "multi_gait" / "policy.onnx").read_bytes()
    seen = np.zeros((2, again.contract.observation_size), np.float32)
    goals, clock = sum(again.contract.observation_sizes[:2]), again.contract.observation_size - 8
    names = again.contract.command_names
    seen[:, goals + names.index("frequency")] = 2.5
    seen[:, goals + names.index("swing_height")] = 0.09, 0.12
    seen[:, clock : clock + 4] = -1.0  # every foot in the middle of its swing
    change = again.session.run(None, {"obs": seen})[0] - old.session.run(None, {"obs": seen})[0]
    assert change[0] == pytest.approx(0.0, abs=1e-5)
    assert change[1].reshape(4, 3) == pytest.approx(np.tile([0.0, 0.4, -0.8], (4, 1)), abs=1e-5)
    with pytest.raises(DataError, match="no policy"):
        export(robot, task, tmp_path / "none.onnx", tmp_path / "policy.onnx")


def test_bad_checkpoints_are_refused(robot: RobotSpec, task: TrainingTask, checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(DataError, match="broken.pt: is not a checkpoint"):
        read_checkpoint(tmp_path / "broken.pt")
    with pytest.raises(DataError, match="is not a checkpoint"):
        read_checkpoint(tmp_path / "missing.pt")
    torch.save({"actor_state_dict": {}}, tmp_path / "half.pt")
    with pytest.raises(DataError, match="lacks"):
        read_checkpoint(tmp_path / "half.pt")
    other = task.model_copy(update={"ppo": task.ppo.model_copy(update={"hidden": (8,)})})
    with pytest.raises(DataError, match="does not fit"):
        training.train(robot, other, tmp_path, 0.01, 1, checkpoint, lambda _: None)
    fewer = task.model_copy(update={"observations": task.observations[:-1]})
    with pytest.raises(DataError, match="the task has"):
        export(robot, fewer, checkpoint, tmp_path / "policy.onnx")


def test_curve_is_written(
    robot: RobotSpec, task: TrainingTask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "LOG_EVERY", 1)
    lines: list[str] = []
    training.train(robot, task, tmp_path, 0.01, 1, report=lines.append)
    rows = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert len(rows) == len(lines) > 0
    assert {"steps", "falls_per_minute", "linear_error_mps", *(term.name for term in task.rewards)} <= set(rows[-1])


def test_unknown_robot_and_skill_end_with_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["train", "go9", "walk"]) == 1
    assert re.search(r"Available: .*\bgo2\b", capsys.readouterr().err)
    assert cli.main(["train", "go2", "fly"]) == 1
    assert "there is no skill 'fly'" in capsys.readouterr().err


def test_policy_that_is_not_there(robot: RobotSpec, tmp_path: Path) -> None:
    with pytest.raises(ResourceNotFound, match="train and export one first"):
        LoadedPolicy(tmp_path / "policy.onnx", robot)


def test_training_that_the_system_ends_is_kept(tmp_path: Path) -> None:
    command = ["train", "go2", "walk", "--robots", "16", "--out", str(tmp_path)]
    with subprocess.Popen(
        [sys.executable, "-m", "skill_stack.cli", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None and run.stderr is not None
        assert any(line.startswith("iteration    10") for line in run.stdout)
        run.send_signal(signal.SIGTERM)
        assert run.wait(timeout=60) == 130
        assert f"--resume {tmp_path / 'last.pt'}" in run.stderr.read()
    assert read_checkpoint(tmp_path / "last.pt")["progress"]["iteration"] >= 10
