from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, numbers_of
from skill_stack.controllers.policies.inplace_observation import InplaceObservation
from skill_stack.controllers.policies.observation import TERMS, ObservationBuilder, PolicyInputs, term_sizes
from skill_stack.controllers.policies.policy_contract import GaitPhase, PolicyContract
from skill_stack.controllers.runners.gait_clock import GaitClock
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot

ROOT = Path(__file__).resolve().parents[3]
GO2 = load_robot(ROOT / "urdf" / "go2")
PADS = [
    {"name": name, "link": "base", "radius": 0.01, "range": (0.0, 9.0), "source": "made up"} for name in ("a", "b")
]
ROBOT = GO2.model_copy(update={"sensors": GO2.sensors.model_validate({"touch": PADS})})


def make_contract(
    names: tuple[str, ...], joints: tuple[str, ...] = ROBOT.joint_names, robot: RobotSpec = ROBOT
) -> PolicyContract:
    count = (1.0,) * len(joints)
    default = tuple(ROBOT.poses["default"][name] for name in joints)
    contract = PolicyContract(
        joint_names=joints,
        default_joint_pos=default,
        joint_stiffness=count,
        joint_damping=count,
        action_scale=count,
        observation_names=names,
        observation_sizes=(0,) * len(names),
        command_names=("vx", "vy", "wz"),
        command_ranges=((-1.0, 1.0),) * 3,
        control_rate=50.0,
        gait=GaitPhase(("FL", "FR", "RL", "RR"), (0.0, 0.5, 0.5, 0.0), 2.0, 0.1),
    )
    sizes = term_sizes(contract, robot)
    return replace(contract, observation_sizes=tuple(sizes[name] for name in names))


def make_state(rng: np.random.Generator, batch: tuple[int, ...], robot: RobotSpec = ROBOT) -> RobotState:
    def draw(size: int) -> np.ndarray:
        return rng.standard_normal((*batch, size))

    return RobotState(0.0, draw(robot.size), draw(robot.size), draw(robot.size), draw(4), draw(3), draw(3), draw(3),
                      draw(3), draw(4) > 0, {}, touch=draw(2))  # fmt: skip


def make_inputs(rng: np.random.Generator, contract: PolicyContract, batch: int) -> PolicyInputs:
    inputs = PolicyInputs.zeros(contract, batch)
    for array in (inputs.command, inputs.last_action, inputs.gait_phase):
        array[:] = rng.standard_normal(array.shape)
    return inputs


@settings(max_examples=50, deadline=None)
@given(names=st.permutations(sorted(TERMS)), count=st.integers(1, len(TERMS)), seed=st.integers(0, 2**31))
def test_terms_lie_where_their_slices_say_in_any_order(names: list[str], count: int, seed: int) -> None:
    contract = make_contract(tuple(names[:count]))
    rng = np.random.default_rng(seed)
    state, inputs = make_state(rng, (1,)), make_inputs(rng, contract, 1)
    builder = ObservationBuilder(contract, ROBOT)
    built = builder.build(state, inputs)
    expected = {
        "base_lin_vel": state.base_velocity,
        "base_ang_vel": state.angular_velocity,
        "projected_gravity": state.projected_gravity,
        "velocity_commands": inputs.command,
        "joint_pos_rel": state.position - ROBOT.pose("default"),
        "joint_vel_rel": state.velocity,
        "joint_effort": state.torque,
        "touch": state.touch,
        "last_action": inputs.last_action,
        "gait_phase": inputs.gait_phase,
    }
    assert built.shape == (1, contract.observation_size) and built.dtype == np.float32
    assert sum(part.stop - part.start for part in builder.slices.values()) == contract.observation_size
    for name, part in builder.slices.items():
        assert built[:, part] == pytest.approx(expected[name], abs=1e-5)


def test_batch_of_many_equals_many_of_one() -> None:
    contract = make_contract(tuple(TERMS))
    rng = np.random.default_rng(0)
    state, inputs = make_state(rng, (5,)), make_inputs(rng, contract, 5)
    together = ObservationBuilder(contract, ROBOT, 5).build(state, inputs)
    one = ObservationBuilder(contract, ROBOT)
    fields = (
        "position", "velocity", "torque", "angular_velocity", "projected_gravity", "base_velocity", "touch",
    )  # fmt: skip
    for place in range(5):
        alone = replace(state, **{name: getattr(state, name)[place] for name in fields})
        part = slice(place, place + 1)
        mine = PolicyInputs(inputs.command[part], inputs.last_action[part], inputs.gait_phase[part])
        assert one.build(alone, mine)[0] == pytest.approx(together[place])


def test_policy_with_fewer_joints_in_another_order_sees_its_own() -> None:
    joints = ("RR_calf_joint", "FL_hip_joint", "FR_thigh_joint")
    contract = make_contract(("joint_pos_rel", "joint_vel_rel", "last_action"), joints)
    rng = np.random.default_rng(1)
    state = make_state(rng, ())
    built = ObservationBuilder(contract, ROBOT).build(state, PolicyInputs.zeros(contract))
    place = [ROBOT.joint_names.index(name) for name in joints]
    assert built[0, :3] == pytest.approx(state.position[place] - ROBOT.pose("default")[place], abs=1e-6)
    assert built[0, 3:6] == pytest.approx(state.velocity[place], abs=1e-6)


def test_a_touch_sensor_that_says_nothing_is_no_contact() -> None:
    contract = make_contract(("touch",))
    state = replace(make_state(np.random.default_rng(1), ()), touch=np.array([np.nan, 2.0]))
    assert ObservationBuilder(contract, ROBOT).build(state, PolicyInputs.zeros(contract)).tolist() == [[0.0, 2.0]]
    with pytest.raises(DataError, match="'touch' has 2 values in the contract but 0 on go2"):
        ObservationBuilder(contract, GO2)


def test_the_control_loop_sees_torques_and_touch_as_training_does() -> None:
    joints = ("RR_calf_joint", "FL_hip_joint")
    contract = make_contract(("touch", "joint_vel_rel", "joint_effort"), joints)
    state = replace(make_state(np.random.default_rng(2), ()), touch=np.array([np.nan, 2.0]))
    numbers = numbers_of(state.position, state.velocity)
    sample = SimpleNamespace(torque=state.torque, touch=state.touch)
    inplace = InplaceObservation(contract, ROBOT)
    inplace.write(FastEstimate(0.0, numbers, sample, 0.0, True, ""))
    built = ObservationBuilder(contract, ROBOT).build(state, PolicyInputs.zeros(contract))
    assert inplace.array == pytest.approx(built) and built[0, :2].tolist() == [0.0, 2.0]


def test_unknown_term_lists_the_known_ones() -> None:
    contract = replace(make_contract(("base_ang_vel",)), observation_names=("base_ang_val",))
    with pytest.raises(UnknownName, match="did you mean 'base_ang_vel'"):
        ObservationBuilder(contract, ROBOT)


def test_wrong_size_is_refused() -> None:
    contract = replace(make_contract(("joint_pos_rel",)), observation_sizes=(11,))
    with pytest.raises(DataError, match="'joint_pos_rel' has 11 values in the contract but 12 on go2"):
        ObservationBuilder(contract, ROBOT)


def test_unknown_joint_is_refused() -> None:
    contract = replace(make_contract(("base_ang_vel",)), joint_names=("tail", *ROBOT.joint_names[1:]))
    with pytest.raises(UnknownName, match="joint of go2 'tail'"):
        ObservationBuilder(contract, ROBOT)


@given(offsets=st.lists(st.floats(0, 1), min_size=1, max_size=4), seconds=st.floats(0, 10), frequency=st.floats(0.5, 4))
def test_clock_is_on_the_unit_circle_and_silent_when_standing(
    offsets: list[float], seconds: float, frequency: float
) -> None:
    clock = GaitClock(offsets, frequency, 2)
    clock.advance(seconds)
    out = np.ones((2, clock.size))
    clock.write(out, np.array([True, False]))
    feet = len(offsets)
    assert out[0, :feet] ** 2 + out[0, feet:] ** 2 == pytest.approx(np.ones(feet))
    assert (out[1] == 0).all()
    angle = 2 * np.pi * clock.foot_phases()[0]
    assert out[0] == pytest.approx(np.concatenate([np.sin(angle), np.cos(angle)]), abs=1e-9)


def test_clock_comes_round_after_one_period() -> None:
    clock = GaitClock((0.0, 0.5), 2.5)
    first = np.zeros((1, 4))
    clock.write(first, True)
    for _ in range(20):
        clock.advance(0.02)
    again = np.zeros((1, 4))
    clock.write(again, True)
    assert again == pytest.approx(first, abs=1e-9)
    assert first[0] == pytest.approx([0.0, 0.0, 1.0, -1.0])


def test_clock_runs_on_for_the_stop_delay_and_no_longer() -> None:
    clock = GaitClock((0.0, 0.5), 2.5, 2, stop_delay=0.1)
    out = np.zeros((2, 4))
    assert clock.write(out, np.array([True, False])).tolist() == [True, False]
    running = []
    for _ in range(8):
        clock.advance(0.02)
        running.append(clock.write(out, False).tolist())
    assert [one for one, _ in running] == [True] * 4 + [False] * 4
    assert not any(other for _, other in running), "a robot that never moved stands from the start"
    assert (out == 0).all()


def test_clock_goes_on_where_another_one_is() -> None:
    walking, standing = (GaitClock((0.0, 0.5), 2.5, stop_delay=0.1) for _ in range(2))
    ours, theirs = np.zeros((1, 4)), np.zeros((1, 4))
    walking.write(theirs, True)
    walking.advance(0.06)
    standing.follow(walking)
    standing.write(ours, False)
    walking.write(theirs, False)
    assert np.array_equal(ours, theirs) and ours.any()
    standing.reset()
    assert not standing.write(ours, False).any()
