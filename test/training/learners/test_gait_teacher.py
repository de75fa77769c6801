"""A walk by rules: it stays up where nothing does, follows what it is told, and treats both sides alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.training.learners.gait_teacher import GaitTeacher  # noqa: E402
from skill_stack.training.physics.environment import WalkEnvironment  # noqa: E402
from skill_stack.training.tasks.task import TrainingTask, load_task  # noqa: E402
from skill_stack.training.tasks.teacher_task import GAINS, TeacherGains  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
ROBOT = load_robot(ROOT / "urdf" / "g1")
COUNT = 12


def calm(vx: float = 0.0) -> TrainingTask:
    """The task of the G1's legs on a stiff trunk, unpushed, at one velocity."""
    task = load_task(ROOT / "models" / "g1" / "walk")
    goals = {"vx": (vx, vx), "vy": (0.0, 0.0), "wz": (0.0, 0.0), "height": (0.74, 0.75)}
    changes = {
        "rigid": ("arms",),
        "coarse": True,
        "estimated": False,
        "fall": task.fall.model_copy(update={"guarded": False, "tilt": 0.8}),
        "variation": task.variation.model_copy(update={"motor_strength": (0.9, 1.1)}),
        "others": None,
        "styles": (),
        "commands": tuple(one.model_copy(update={"train": goals[one.name]}) for one in task.commands),
        "events": task.events.model_copy(
            update={
                "push_speed": 0.0,
                "push_turn": 0.0,
                "latency": (0.0, 0.015),
                "curriculum_start": 1.0,
                "stand_share": 0.0,
                "single_axis_share": 0.0,
            }
        ),
        "ppo": task.ppo.model_copy(update={"robots": COUNT}),
    }
    return task.model_copy(update=changes)


def walk(task: TrainingTask, ticks: int, teach: bool = True) -> tuple[np.ndarray, float]:
    """Which robots stayed up, and their mean velocity ahead in the second half, m/s."""
    assert task.teacher is not None
    environment = WalkEnvironment(ROBOT, task, 0)
    teacher = GaitTeacher(environment, task.teacher)
    nothing = torch.zeros((COUNT, environment.num_actions))
    environment.restart()
    upright, speeds = np.ones(COUNT, dtype=bool), []
    for tick in range(ticks):
        upright &= ~environment.step(teacher() if teach else nothing)[2].numpy()
        if tick > ticks / 2:
            speeds.append(environment.state.base_velocity[:, 0])
    return upright, float(np.mean(speeds))


def test_it_stays_up_where_a_robot_that_does_nothing_falls() -> None:
    assert walk(calm(), 150)[0].mean() >= 0.75
    assert not walk(calm(), 150, teach=False)[0].any()


def test_it_goes_ahead_when_it_is_told_to() -> None:
    assert walk(calm(0.4), 150)[1] > walk(calm(), 150)[1] + 0.2


def test_every_robot_may_have_numbers_of_its_own() -> None:
    task = calm()
    assert task.teacher is not None
    environment = WalkEnvironment(ROBOT, task, 0)
    rows = np.tile(list(TeacherGains().model_dump().values()), (COUNT, 1))
    same = GaitTeacher(environment, task.teacher, rows)()
    rows[0, GAINS.index("hips")] += 0.1
    other = GaitTeacher(environment, task.teacher, rows)()
    differs = (same != other).any(axis=1)
    assert differs[0] and not differs[1:].any()
    hips = [place for place, name in enumerate(environment.contract.joint_names) if "hip_pitch" in name]
    assert np.allclose((other - same)[0, hips], 0.1 / task.action_scale, atol=1e-5)


def test_both_sides_are_treated_alike() -> None:
    """Half a cycle later, mirrored, a robot does mirrored what it did."""
    from skill_stack.training.tasks.mirror import joint_reflection

    task = calm(0.3)
    assert task.teacher is not None
    environment = WalkEnvironment(ROBOT, task, 0)
    order, sign = joint_reflection(environment.robot, environment.nominal, environment.contract.joint_names)
    state = environment.state
    for flat in (state.projected_gravity, state.angular_velocity, state.base_velocity):
        flat[:, :] = 0.0
    environment._clock.reset(np.arange(COUNT), np.full(COUNT, 0.2))
    one = GaitTeacher(environment, task.teacher)()
    environment._clock.reset(np.arange(COUNT), np.full(COUNT, 0.7))
    other = GaitTeacher(environment, task.teacher)()
    assert torch.allclose(one, other[:, order] * torch.tensor(sign, dtype=torch.float32), atol=1e-5)
