"""What is added to actions before anything is learnt."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from skill_stack.controllers.policies.observation import ObservationBuilder, PolicyInputs
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.training.hands.hand_task import HandTrainingTask, load_any_task
from skill_stack.training.tasks.prior import FeedbackPrior, GoalPrior, PriorTask, SwingPrior, make_prior
from skill_stack.training.tasks.task import TrainingTask, load_task

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def robot() -> RobotSpec:
    return load_robot(ROOT / "urdf" / "g1")


@pytest.fixture(scope="module")
def task() -> TrainingTask:
    return load_task(ROOT / "models" / "g1" / "walk")


def seen(task: TrainingTask, robot: RobotSpec, **values: dict[int, float]) -> np.ndarray:
    """One observation, all zero but for the given values by term."""
    contract = task.contract(robot)
    out = np.zeros((1, contract.observation_size))
    for term, entries in values.items():
        start = sum(contract.observation_sizes[: contract.observation_names.index(term)])
        for index, value in entries.items():
            out[0, start + index] = value
    return out


def test_nothing_is_added_where_nothing_is_said(robot: RobotSpec, task: TrainingTask) -> None:
    contract = task.contract(robot)
    prior = make_prior(contract, PriorTask())
    rng = np.random.default_rng(0)
    assert not prior(rng.standard_normal((3, contract.observation_size))).any()


def test_a_swinging_leg_is_lifted_and_the_other_one_is_not(robot: RobotSpec, task: TrainingTask) -> None:
    contract = task.contract(robot)
    prior = make_prior(contract, PriorTask(step={"knee": 2.0}))
    added = dict(zip(contract.joint_names, prior(seen(task, robot, gait_phase={0: -1.0, 1: 1.0}))[0]))
    assert added.pop("left_knee_joint") == pytest.approx(2.0)
    assert not any(added.values())


def test_a_lower_goal_bends_both_legs_from_its_threshold_on(robot: RobotSpec, task: TrainingTask) -> None:
    contract = task.contract(robot)
    prior = make_prior(contract, PriorTask(goals=(GoalPrior(goal="height", below=0.7, add={"knee": 10.0}),)))
    place = contract.command_names.index("height")
    knee = contract.joint_names.index("right_knee_joint")
    for height, bent in ((0.8, 0.0), (0.7, 0.0), (0.6, 1.0)):
        assert prior(seen(task, robot, velocity_commands={place: height}))[0, knee] == pytest.approx(bent)


def test_feedback_is_linear_both_ways_and_the_offset_is_always_there(robot: RobotSpec, task: TrainingTask) -> None:
    contract = task.contract(robot)
    feedback = FeedbackPrior(term="projected_gravity", index=0, add={"ankle_pitch": 4.0})
    prior = make_prior(contract, PriorTask(feedback=(feedback,), offset={"ankle_pitch": 1.0}))
    ankle = contract.joint_names.index("left_ankle_pitch_joint")
    for lean in (-0.2, 0.0, 0.3):
        assert prior(seen(task, robot, projected_gravity={0: lean}))[0, ankle] == pytest.approx(1.0 + 4.0 * lean)


@pytest.mark.parametrize("frames", [1, 3])
def test_a_share_of_the_last_action_is_added_to_the_present_one(frames: int) -> None:
    """With a history, of its newest frame."""
    hand = load_robot(ROOT / "urdf" / "allegro_right")
    shipped = load_any_task(ROOT / "models" / "allegro_right" / "turn_cube_left")
    assert isinstance(shipped, HandTrainingTask)
    terms = tuple(
        term.model_copy(update={"frames": frames}) if term.name == "last_action" else term
        for term in shipped.observations
    )
    contract = shipped.model_copy(update={"observations": terms}).contract(hand)
    inputs, state = PolicyInputs.zeros(contract), np.zeros(hand.size)
    builder = ObservationBuilder(contract, hand)
    known = SimpleNamespace(position=state, velocity=state)
    for action in (np.linspace(5.0, 6.0, hand.size), np.linspace(-1.0, 2.0, hand.size)):
        inputs.last_action[:] = action
        observation = builder.build(known, inputs)  # type: ignore[arg-type]
    assert make_prior(contract, PriorTask(smooth=0.5))(observation)[0] == pytest.approx(0.5 * action, abs=1e-6)


SWING = SwingPrior(add={"thigh": 1.0, "calf": -2.0}, height=0.05, above=0.02)


def lifted(phase: float, frequency: float, height: float, running: float = 1.0) -> dict[str, float]:
    """What a swing of 0.2 s adds to the front left leg of the Go2, the other feet at phase 0."""
    dog, gaits = load_robot(ROOT / "urdf" / "go2"), load_task(ROOT / "models" / "go2" / "gaits")
    contract = gaits.contract(dog)
    goals = {contract.command_names.index("frequency"): frequency, contract.command_names.index("swing_height"): height}
    angles = 2.0 * np.pi * np.array([phase, 0.0, 0.0, 0.0])
    clock = dict(enumerate(running * np.concatenate([np.sin(angles), np.cos(angles)])))
    prior = gaits.model_copy(update={"prior": PriorTask(swing=SWING)}).action_prior(dog)
    added = prior(seen(gaits, dog, velocity_commands=goals, gait_phase=clock))[0]
    return dict(zip(contract.joint_names, added))


@pytest.mark.parametrize("frequency, stands", [(1.5, 0.7), (2.5, 0.5), (5.0, 0.4)])
def test_a_foot_is_lifted_by_the_goal_in_its_swing_alone(frequency: float, stands: float) -> None:
    """It swings for 0.2 s at the end of the cycle, at most for 0.6 of it."""
    middle = lifted((1.0 + stands) / 2.0, frequency, 0.12)
    assert middle.pop("FL_thigh_joint") == pytest.approx(2.0)
    assert middle.pop("FL_calf_joint") == pytest.approx(-4.0)
    assert not any(abs(value) > 1e-9 for value in middle.values()), "other legs stand"
    assert abs(lifted(stands - 0.02, frequency, 0.12)["FL_calf_joint"]) < 1e-9
    assert lifted(stands + 0.02, frequency, 0.12)["FL_calf_joint"] < 0.0
    assert not any(lifted(0.8, frequency, 0.12, running=0.0).values()), "a silent clock lifts nothing"
    assert lifted((1.0 + stands) / 2.0, frequency, 0.02)["FL_calf_joint"] == pytest.approx(0.0)


def test_lifting_by_a_goal_needs_the_time_of_a_swing(robot: RobotSpec, task: TrainingTask) -> None:
    with pytest.raises(DataError, match="swing_time"):
        make_prior(task.contract(robot), PriorTask(swing=SWING))
