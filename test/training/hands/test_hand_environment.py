"""Hands with an object in the palm: what they know, what limits them, and a policy from training to the runner."""

from __future__ import annotations

from pathlib import Path

import mujoco
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, no_motion, no_place, numbers_of  # noqa: E402
from skill_stack.controllers.policies.network import Network  # noqa: E402
from skill_stack.controllers.runners.policy_runner import PolicyRunner  # noqa: E402
from skill_stack.core.errors import DataError, UnknownName  # noqa: E402
from skill_stack.core.robots.camera_spec import matrix_of  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.skills.skill import SkillSpec  # noqa: E402
from skill_stack.training import train as training  # noqa: E402
from skill_stack.training.export import deployed_policy, export  # noqa: E402
from skill_stack.training.hands.finger_teacher import FingerTeacher  # noqa: E402
from skill_stack.training.hands.hand_environment import HandEnvironment  # noqa: E402
from skill_stack.training.hands.hand_task import (  # noqa: E402
    PLACE_GOALS,
    HandledShape,
    HandObservationTask,
    HandTrainingTask,
    HelpTask,
    ObjectLean,
    PalmPlace,
    load_any_task,
)
from skill_stack.training.hands.hand_worlds import HandWorlds  # noqa: E402
from skill_stack.training.learners.learner import read_checkpoint  # noqa: E402
from skill_stack.training.tasks.task import RewardTask  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
ROBOT = load_robot(ROOT / "urdf" / "allegro_right")
HANDS = 8


def small() -> HandTrainingTask:
    shipped = load_any_task(ROOT / "models" / "allegro_right" / "turn_cube_left")
    assert isinstance(shipped, HandTrainingTask)
    ppo = shipped.ppo.model_copy(update={"robots": HANDS, "steps": 8, "hidden": (16, 16), "mini_batches": 2})
    return shipped.model_copy(update={"ppo": ppo, "worlds": 4, "coarse": True, "teacher": None})


def exact(task: HandTrainingTask) -> HandTrainingTask:
    """Sensors without errors, and nothing that pushes."""
    terms = tuple(term.model_copy(update={"noise": 0.0}) for term in task.observations)
    events = task.events.model_copy(update={"encoder_bias": 0.0, "push_speed": 0.0, "blend": 0.0})
    return task.model_copy(update={"observations": terms, "events": events})


TASK = small()


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    return training.train(ROBOT, TASK, folder, minutes=0.01, seed=1, report=lambda _: None)


def test_at_action_zero_the_object_stays_where_it_is() -> None:
    environment = HandEnvironment(ROBOT, exact(TASK), seed=2)
    for _ in range(20):
        observations, reward, done, extras = environment.step(torch.zeros(HANDS, ROBOT.size))
        assert not (done & (extras["time_outs"] == 0)).any()
        assert all(torch.isfinite(group).all() for group in observations.values()) and (reward > 0).all()
    assert environment.statistics.summary()["strayed_m"] < 0.01


HELP = HelpTask(iterations=10, stiffness=50.0, most=1.0)


def helped(task: HandTrainingTask) -> HandTrainingTask:
    """The object shall lie 2 cm from where it does, and a spring helps it there."""
    aim = PalmPlace(middle=(0.0, 0.02), relative=True, within=0.005)
    return exact(task).model_copy(update={"aim": aim, "turns": 0, "help": HELP})


def far(environment: HandEnvironment, ticks: int = 10) -> float:
    """How far from their goals the objects lie after some time in which the policy does nothing, m."""
    for _ in range(ticks):
        environment.step(torch.zeros(HANDS, ROBOT.size))
    return environment.statistics.summary()["off_m"]


def test_a_spring_helps_an_object_to_its_goal_the_less_the_more_was_learnt() -> None:
    found = []
    for iteration in (0, 8, 10):
        environment = HandEnvironment(ROBOT, helped(TASK), seed=2)
        environment.begin_iteration(iteration)
        found.append(far(environment))
    assert found[0] < found[1] < found[2], found
    assert environment.helped == 0.0


def test_nothing_is_left_of_the_help_in_the_end_and_nothing_where_nobody_trains() -> None:
    task = helped(TASK)
    after, never, judged = (HandEnvironment(ROBOT, one, seed=2) for one in (
        task, task.model_copy(update={"help": None}), task
    ))  # fmt: skip
    after.begin_iteration(0)
    after.begin_iteration(HELP.iterations)
    rng = np.random.default_rng(1)
    for _ in range(12):
        actions = torch.from_numpy(rng.normal(0.0, 0.5, (HANDS, ROBOT.size)).astype(np.float32))
        seen = [one.step(actions)[0]["critic"] for one in (after, never, judged)]
        assert torch.equal(seen[0], seen[1]) and torch.equal(seen[2], seen[1])


def test_what_was_learnt_with_help_is_not_exported(checkpoint: Path, tmp_path: Path) -> None:
    done = read_checkpoint(checkpoint)["progress"]["iteration"]
    with pytest.raises(DataError, match="forces that help"):
        task = TASK.model_copy(update={"help": HELP.model_copy(update={"iterations": done + 1})})
        export(ROBOT, task, checkpoint, tmp_path / "policy.onnx")
    task = TASK.model_copy(update={"help": HELP.model_copy(update={"iterations": done})})
    assert export(ROBOT, task, checkpoint, tmp_path / "policy.onnx")


def test_a_cylinder_lies_in_the_hand_as_in_the_episodes_that_judge() -> None:
    shape = HandledShape(shape="cylinder", across=(0.06, 0.06), height=(0.06, 0.06))
    task = TASK.model_copy(update={"objects": TASK.objects.model_copy(update={"shapes": (shape,)})})
    worlds = HandWorlds(ROBOT, task, np.random.default_rng(1))
    at = worlds.thing[0]
    axes = np.array([matrix_of(state[at + 3 : at + 7])[:, 2] for world in worlds.worlds for state in world.states])
    assert np.all(np.abs(axes @ worlds.rotation[:, 0]) < 0.5), "along the palm, not out of it: it can roll"


def test_thrown_objects_are_lost_and_others_come() -> None:
    environment = HandEnvironment(ROBOT, TASK, seed=2)
    at, speed = environment.worlds.thing
    environment._physics.qpos[0, at : at + 3] += (0.0, 0.0, 0.1)
    environment._physics.qvel[0, speed : speed + 3] = (0.0, 0.0, 1.0)
    _, reward, done, extras = environment.step(torch.zeros(HANDS, ROBOT.size))
    assert done[0] and not extras["time_outs"][0] and reward[0] < 0.5 * TASK.lost.penalty
    assert np.linalg.norm(environment._away[0]) < 0.01, "a new object lies in the hand"
    assert not done[1:].any() or bool(extras["time_outs"][1:][done[1:]].all())


def test_the_actor_knows_nothing_of_the_object_and_the_critic_all() -> None:
    environment = HandEnvironment(ROBOT, exact(TASK), seed=2)
    environment._builder.forget()
    environment._observe()
    before = environment.get_observations().clone()
    at, speed = environment.worlds.thing
    environment._physics.qpos[:, at] += 0.02
    environment._physics.qvel[:, speed : speed + 6] += 0.5
    environment._read()
    environment._builder.forget()
    environment._observe()
    after = environment.get_observations()
    assert torch.equal(before["actor"], after["actor"])
    assert (before["critic"] != after["critic"]).any(dim=1).all()
    assert after["critic"].shape[1] == after["actor"].shape[1] + sum(environment.privileged.values())


def test_a_hand_with_touch_sensors_sees_what_presses_on_them_and_its_torques() -> None:
    pad = {"name": "palm", "link": "palm_link", "radius": 0.2, "range": (0.0, 2.0), "source": "made up"}
    robot = ROBOT.model_copy(update={"sensors": ROBOT.sensors.model_validate({"touch": [pad]})})
    task = exact(TASK)
    terms = (*task.observations, *(HandObservationTask(name=name) for name in ("touch", "joint_effort")))
    environment = HandEnvironment(robot, task.model_copy(update={"observations": terms}), seed=3)
    for _ in range(20):
        environment.step(torch.zeros(HANDS, robot.size))
    seen = environment.get_observations()["actor"].numpy()[:, -1 - robot.size :]
    assert (0.0 <= seen[:, 0]).all() and (seen[:, 0] <= 2.0).all() and seen[:, 0].max() > 0.1
    asked = robot.column("kp") * (environment._target - environment.state.position)
    torque = asked - robot.column("kd") * environment.state.velocity
    limit = robot.column("effort")
    assert seen[:, 1:] == pytest.approx(np.clip(torque, -limit, limit), abs=1e-5)


def test_targets_change_no_faster_than_the_safety_layer_lets_them_and_stay_in_range() -> None:
    environment = HandEnvironment(ROBOT, exact(TASK), seed=2)
    environment.restart()
    before, most = environment._target.copy(), ROBOT.safety.slew / TASK.rate
    for _ in range(3):
        environment.step(torch.full((HANDS, ROBOT.size), 100.0))
        assert (environment._target - before <= most + 1e-9).all()
        assert (environment._target <= ROBOT.column("upper") + 1e-9).all()
        before = environment._target.copy()
    assert (environment._target - ROBOT.pose(TASK.pose) > 0.1).any()


@pytest.mark.parametrize("side", [1, -1])
def test_turning_to_the_side_asked_for_is_what_counts(side: int) -> None:
    far = TASK.lost.model_copy(update={"strayed": 1.0})
    environment = HandEnvironment(ROBOT, exact(TASK).model_copy(update={"turns": side, "lost": far}), seed=2)
    environment.restart()
    up, (at, speed) = environment.worlds.rotation[:, 0], environment.worlds.thing
    environment._physics.qpos[:, at : at + 3] += 0.2 * up  # above the fingers, which would stop it
    spin = np.einsum("nji,j->ni", environment._now, 2.0 * up)  # about the palm's direction, in the object's frame
    environment._physics.qvel[:, speed + 3 : speed + 6] = spin
    environment.step(torch.zeros(HANDS, ROBOT.size))
    assert environment.statistics.summary()["turn_radps"] == pytest.approx(2.0 * side, rel=0.05)


def test_a_ball_is_turned_about_the_axis_asked_for() -> None:
    far = TASK.lost.model_copy(update={"strayed": 1.0})
    task = exact(TASK).model_copy(update={"turns": 1, "about": (0.0, 1.0, 0.0), "lost": far})
    environment = HandEnvironment(ROBOT, task, seed=2)
    environment.restart()
    up, (at, speed) = environment.worlds.rotation[:, 0], environment.worlds.thing
    environment._physics.qpos[:, at : at + 3] += 0.2 * up
    spin = np.einsum("nji,j->ni", environment._now, 2.0 * environment.worlds.rotation[:, 1])
    environment._physics.qvel[:, speed + 3 : speed + 6] = spin
    environment.step(torch.zeros(HANDS, ROBOT.size))
    assert environment.statistics.summary()["turn_radps"] == pytest.approx(2.0, rel=0.05)


def test_pushes_of_a_force_move_what_lies_in_the_hand_and_end() -> None:
    events = {"push_force": (4.0, 4.0), "push_seconds": (0.05, 0.05), "push_interval": (100.0, 100.0)}
    task = exact(TASK)
    quiet = HandEnvironment(ROBOT, task, seed=2)
    pushed = HandEnvironment(ROBOT, task.model_copy(update={"events": task.events.model_copy(update=events)}), seed=2)
    pushed._next_push[:] = 0.0
    moved = []
    for environment in (quiet, pushed):
        for _ in range(3):
            environment.step(torch.zeros(HANDS, ROBOT.size))
        moved.append(np.linalg.norm(environment._velocity, axis=1))
    assert np.median(moved[1]) > 2.0 * np.median(moved[0])
    assert not pushed._force.any() and not pushed._physics._control[:, :, ROBOT.size :].any()


def test_a_place_asked_for_is_seen_by_the_actor_and_moves_what_is_rewarded() -> None:
    terms = [{"name": name, "range": (-0.02, 0.02), "train": (0.01, 0.02), "scale": 100.0} for name in PLACE_GOALS]
    aim = PalmPlace.model_validate({"middle": (0.0, -0.005), "goals": terms[:1], "within": 0.01})
    told = HandObservationTask(name="velocity_commands")
    task = exact(TASK).model_copy(update={"aim": aim, "observations": (*TASK.observations, told), "turns": 0})
    environment = HandEnvironment(ROBOT, task, seed=2)
    environment.restart()
    seen = environment.get_observations()["actor"][:, -1].numpy()
    assert seen == pytest.approx(100.0 * environment._inputs.command[:, 0]) and (seen >= 1.0).all()
    assert environment._aim == pytest.approx(np.stack([seen / 100.0, np.full(HANDS, -0.005)], axis=1))
    environment._next_aim[:] = 0.0
    environment.step(torch.zeros(HANDS, ROBOT.size))
    assert (environment.get_observations()["actor"][:, -1].numpy() != seen).all(), "another place is asked for"
    assert environment.tracking({"off_m": 0.02}) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="no place 'up'; there are across, along"):
        PalmPlace.model_validate({"middle": (0.0, 0.0), "goals": [{**terms[0], "name": "up"}], "within": 0.01})


def test_a_place_may_be_counted_from_where_the_object_lay() -> None:
    aim = PalmPlace(middle=(0.0, -0.018), relative=True, within=0.01)
    environment = HandEnvironment(ROBOT, exact(TASK).model_copy(update={"aim": aim, "turns": 0}), seed=2)
    environment.restart()
    assert np.linalg.norm(environment._off, axis=1) == pytest.approx(np.full(HANDS, 0.018))
    assert environment._aim - environment._begin[:, 1:] == pytest.approx(np.tile((0.0, -0.018), (HANDS, 1)))


def test_a_lean_is_counted_from_how_the_object_lay_and_to_the_side_asked_for() -> None:
    lean = ObjectLean(towards=(0.0, -1.0), angle=0.3, within=0.1)
    environment = HandEnvironment(ROBOT, exact(TASK).model_copy(update={"lean": lean, "turns": 0}), seed=2)
    environment.restart()
    assert environment._askew == pytest.approx(np.full(HANDS, 0.3)), "none leans yet"
    assert environment.tracking({"askew_rad": 0.2}) == pytest.approx(0.5)
    at, rotation = environment.worlds.thing[0], environment.worlds.rotation
    about = rotation[:, 1]  # to the left about the palm's y axis is towards the wrist
    for angle, error in ((0.3, 0.0), (-0.3, 0.6)):
        turn, kept = np.zeros(4), environment._physics.qpos.copy()
        mujoco.mju_axisAngle2Quat(turn, about, angle)
        for row in environment._physics.qpos:
            mujoco.mju_mulQuat(row[at + 3 : at + 7], turn, row[at + 3 : at + 7].copy())
        environment._read()
        assert environment._askew == pytest.approx(np.full(HANDS, error), abs=1e-6)
        environment._physics.qpos[:] = kept


def test_same_seed_gives_the_same_experience() -> None:
    def run(seed: int) -> torch.Tensor:
        environment = HandEnvironment(ROBOT, TASK, seed)
        return torch.stack([environment.step(torch.full((HANDS, 16), 0.3))[0]["critic"] for _ in range(3)])

    assert torch.equal(run(5), run(5))
    assert not torch.equal(run(5), run(6))


def test_what_is_not_known_is_refused() -> None:
    wrong = TASK.model_copy(update={"rewards": (RewardTask(name="trun", weight=1.0),)})
    with pytest.raises(UnknownName, match="did you mean 'turn'"):
        HandEnvironment(ROBOT, wrong, seed=0)
    contexts = TASK.contexts.model_copy(update={"axes": ("colour",)})
    with pytest.raises(UnknownName, match="colour"):
        HandEnvironment(ROBOT, TASK.model_copy(update={"contexts": contexts}), seed=0)
    away = TASK.objects.model_copy(update={"place": (0.06, 0.3, 0.0)})
    with pytest.raises(DataError, match="no object stays in the hand"):
        HandEnvironment(ROBOT, TASK.model_copy(update={"objects": away}), seed=0)


def test_the_runner_asks_for_the_targets_that_training_asked_for(checkpoint: Path, tmp_path: Path) -> None:
    """The same network on the same states: history, filter and clock are those of the training."""
    digest = export(ROBOT, TASK, checkpoint, tmp_path / "policy.onnx")
    spec = SkillSpec.model_validate({
        "name": "turn", "robot": ROBOT.name, "kind": "policy", "description": "Turns.", "success": ["elapsed >= 10.0"],
        "phases": [{"name": "turning", "kind": "free", "stance": "hold"}], "timeout": 15.0,
        "envelope": {"tilt": 3.2, "angular_speed": 100.0}, "provenance": {"recipe": "a test"},
        "policy": {"model": "policy.onnx", "sha256": digest},
    })  # fmt: skip
    runner = PolicyRunner(spec, ROBOT, Network(tmp_path / "policy.onnx", digest))
    task = exact(TASK)
    environment = HandEnvironment(ROBOT, task, seed=4)
    environment.restart()
    actor = deployed_policy(ROBOT, TASK, checkpoint).network

    def reading() -> FastEstimate:
        state = environment.state
        numbers = numbers_of(state.position[0], state.velocity[0])
        return FastEstimate(0.0, numbers, None, 0.0, True, "", no_motion, no_place)

    runner.start(reading(), None)
    for _ in range(6):
        asked = np.array(runner.run(reading(), {}, 1.0 / task.rate).q)
        with torch.inference_mode():
            environment.step(actor(environment.get_observations()["actor"]))
        told = ROBOT.pose(task.pose) + task.action_scale * environment._actions[0, 0]
        assert asked == pytest.approx(told, abs=1e-4)


def test_a_teacher_moves_the_fingers_as_its_gait_says() -> None:
    shipped = load_any_task(ROOT / "models" / "allegro_right" / "turn_cube_left")
    assert isinstance(shipped, HandTrainingTask) and shipped.teacher is not None
    environment = HandEnvironment(ROBOT, exact(TASK), seed=2)
    environment.restart()
    teacher = FingerTeacher(environment, shipped.teacher)
    for _ in range(12):
        angle = 2.0 * np.pi * (environment.phase[0] + 0.5 * TASK.clock / TASK.rate)
        environment.step(teacher())
        offset, sine, cosine, twice_sine, twice_cosine = shipped.teacher.joints["joint_5.0"]
        wave = sine * np.sin(angle) + cosine * np.cos(angle)
        wave += twice_sine * np.sin(2.0 * angle) + twice_cosine * np.cos(2.0 * angle)
        asked = TASK.action_scale * environment._actions[0, 0, 5]
        assert asked == pytest.approx(offset + wave, abs=1e-6)
    few = shipped.teacher.model_copy(update={"joints": {"joint_0.0": (0.0,) * 5}})
    with pytest.raises(DataError, match="the hand has"):
        FingerTeacher(environment, few)


def test_rotations_are_those_of_their_quaternions() -> None:
    quarter = np.array([[np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)]])
    assert matrix_of(quarter)[0] @ (1.0, 0.0, 0.0) == pytest.approx([0.0, 1.0, 0.0])
