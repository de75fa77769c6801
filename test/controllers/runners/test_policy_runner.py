import dataclasses
import hashlib
import math

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.benchmarks.control.synthetic_robot import network
from skill_stack.controllers.control_core import ControlCore
from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.controllers.policies.network import Network
from skill_stack.controllers.policies.observation import ObservationBuilder, PolicyInputs
from skill_stack.controllers.runners.gait_clock import GaitClock
from skill_stack.controllers.runners.policy_runner import PolicyRunner
from skill_stack.controllers.runners.skill_bank import SkillBank
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.skills.policy_part import GoalLimits
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary

RNG = np.random.default_rng(3)


@pytest.fixture
def contract(library):
    entry = library.entries["walk"]
    return Network(entry.folder / "policy.onnx", "x").contract


def save(path, contract, change=None):
    model = network(contract, (8,))
    if change:
        change(model)
    path.write_bytes(model.SerializeToString())
    return Network(path, hashlib.sha256(path.read_bytes()).hexdigest())


def any_sample(robot, kit):
    n, orientation = robot.size, RNG.normal(size=4)
    return kit.upright(
        robot,
        1,
        0.0,
        position=RNG.normal(size=n),
        velocity=RNG.normal(size=n),
        angular_velocity=RNG.normal(size=3),
        orientation=orientation / np.linalg.norm(orientation),
    )


@pytest.fixture
def reading(robot, kit):
    return Estimator(robot).read(any_sample(robot, kit), 0.0, 0.0)


def spec_of(library, name="walk"):
    return library.entries[name].spec


@given(
    st.lists(st.one_of(st.just((0.0, 0.0, 0.0)), st.tuples(*[st.floats(-2, 2)] * 3)), min_size=1, max_size=8),
    st.sampled_from([0.0, 0.03, 0.1]),
)
@settings(max_examples=30, deadline=None)
def test_runs_the_network_as_training_does(robot, library, kit, commands, stop_delay):
    """The quick way gives what batch observation, clock and clipping of the training code give."""
    loaded = Network(library.entries["walk"].folder / "policy.onnx", "x")
    gait = dataclasses.replace(loaded.contract.gait, stop_delay=stop_delay)
    contract = loaded.contract = dataclasses.replace(loaded.contract, gait=gait)
    runner = PolicyRunner(spec_of(library), robot, loaded)
    builder, inputs = ObservationBuilder(contract, robot), PolicyInputs.zeros(contract)
    clock = GaitClock(gait.offsets, gait.frequency, stop_delay=stop_delay)
    estimator = Estimator(robot)
    runner.start(estimator.last, None)
    for command in commands:
        reading = estimator.read(any_sample(robot, kit), 0.0, 0.0)
        state = estimator.complete(reading)
        targets = runner.run(reading, dict(zip(contract.command_names, command)), 0.02)
        inputs.command[0] = contract.clip_command(np.array(command))
        clock.write(inputs.gait_phase, contract.is_moving(inputs.command))
        clock.advance(0.02)
        np.testing.assert_allclose(runner._observation.array, builder.build(state, inputs), rtol=1e-6, atol=1e-6)
        action = loaded.session.run(None, {"obs": runner._observation.array})[0]
        inputs.last_action[:] = action
        expected = np.array(contract.default_joint_pos) + np.array(contract.action_scale) * action[0]
        np.testing.assert_allclose(targets.q, expected, rtol=1e-6)
        assert targets.kp == contract.joint_stiffness and targets.kd == contract.joint_damping


@given(st.lists(st.tuples(st.floats(-1, 2), st.floats(0, 1), st.floats(0, 4)), min_size=1, max_size=6))
@settings(max_examples=20, deadline=None)
def test_many_gaits_run_as_in_training(robot, library, kit, commands):
    """Goal values that choose phases and frequency of the clock do the same for one robot and for a batch."""
    loaded = Network(library.entries["walk"].folder / "policy.onnx", "x")
    shipped = loaded.contract
    feet = len(shipped.gait.feet)
    gait = dataclasses.replace(
        shipped.gait, offset_commands=(("side", tuple(range(feet))),), frequency_command="hz", moved_by=("vx",)
    )
    contract = loaded.contract = dataclasses.replace(
        shipped, command_names=("vx", "side", "hz"), command_ranges=((-0.5, 1.0), (0.0, 0.5), (1.0, 3.0)), gait=gait
    )
    runner, estimator = PolicyRunner(spec_of(library), robot, loaded), Estimator(robot)
    clock, phases = GaitClock(gait.offsets, gait.frequency, stop_delay=gait.stop_delay), np.zeros((1, 2 * feet))
    runner.start(estimator.last, None)
    for command in commands:
        runner.run(estimator.read(any_sample(robot, kit), 0.0, 0.0), dict(zip(contract.command_names, command)), 0.02)
        clipped = contract.clip_command(np.array([command]))
        clock.set_gait(*contract.gait_at(clipped))
        clock.write(phases, contract.is_moving(clipped))
        clock.advance(0.02)
        assert runner._observation.command == pytest.approx(clipped[0])
        assert runner._observation.gait_phase == pytest.approx(phases[0], abs=1e-9)


def test_goals_that_are_fixed_cannot_be_changed(robot, library, reading):
    loaded = Network(library.entries["stand"].folder / "policy.onnx", "x")
    runner = PolicyRunner(spec_of(library, "stand"), robot, loaded)
    runner.run(reading, {"vx": 1.0}, 0.02)
    assert runner._observation.command == [0.0, 0.0, 0.0]


def limited(library, joints, goals):
    """The walk with limits of goal values."""
    spec = spec_of(library)
    part = spec.policy.model_copy(update={"goal_limits": (GoalLimits(joints=joints, goals=goals),)})
    return spec.model_copy(update={"policy": part})


def test_goals_are_narrower_while_joints_are_where_a_limit_says(robot, library, kit):
    loaded, estimator = Network(library.entries["walk"].folder / "policy.onnx", "x"), Estimator(robot)
    joints = dict.fromkeys(robot.joint_names[:2], (0.4, 0.6))
    runner = PolicyRunner(limited(library, joints, {"vx": (0.0, 0.2)}), robot, loaded)

    def told(first, second, vx):
        position = np.zeros(robot.size)
        position[:2] = first, second
        runner.run(estimator.read(kit.upright(robot, 1, 0.0, position=position), 0.0, 0.0), {"vx": vx}, 0.02)
        return runner._observation.command[0]

    runner.start(estimator.last, None)
    assert told(0.0, 0.0, -0.3) == -0.3
    assert told(0.5, 0.0, -0.3) == -0.3, "one joint alone is not the posture"
    assert told(0.5, 0.5, -0.3) == 0.0 and told(0.5, 0.5, 0.5) == 0.2
    assert told(0.7, 0.5, -0.3) == -0.3, "when the posture is over the goal that lasts is followed again"


@pytest.mark.parametrize("joints, goals", [({"tail": (0.0, 1.0)}, {"vx": (0.0, 0.1)}), ({}, {"speed": (0.0, 0.1)})])
def test_limits_name_joints_and_goal_values_that_there_are(robot, library, joints, goals):
    loaded = Network(library.entries["walk"].folder / "policy.onnx", "x")
    with pytest.raises(UnknownName):
        PolicyRunner(limited(library, joints or {robot.joint_names[0]: (0.0, 1.0)}, goals), robot, loaded)


def test_a_range_that_falls_is_refused():
    with pytest.raises(ValueError, match="write the lower one first"):
        GoalLimits(joints={"knee": (1.0, 0.0)}, goals={"vx": (0.0, 0.1)})


def test_skills_of_one_network_hand_over(robot, library, reading):
    loaded = Network(library.entries["walk"].folder / "policy.onnx", "x")
    walk, stand = (PolicyRunner(spec_of(library, name), robot, loaded) for name in ("walk", "stand"))
    walk.start(reading, None)
    for _ in range(7):
        walk.run(reading, {"vx": 1.0}, 0.02)
    stand.start(reading, walk)
    action = walk._observation.last_action.tolist()
    assert stand._observation.last_action.tolist() == action != [0.0] * 4
    assert stand._clock.phase == walk._clock.phase != 0.0
    stand.start(reading, None)
    assert stand._observation.last_action.tolist() == [0.0] * 4 and stand._clock.phase == 0.0


def test_a_policy_takes_over_from_its_predecessor_and_steps_to_a_halt(robot, library, reading, contract, tmp_path):
    walking = save(tmp_path / "walk.onnx", contract)
    gait = dataclasses.replace(contract.gait, stand_below=9.0, stop_delay=0.1)
    planted = dataclasses.replace(contract, gait=gait, predecessor=walking.sha256)
    runs = {name: PolicyRunner(spec_of(library), robot, one) for name, one in {
        "walk": walking, "stand": save(tmp_path / "stand.onnx", planted),
        "stranger": save(tmp_path / "stranger.onnx", dataclasses.replace(planted, predecessor="")),
    }.items()}  # fmt: skip
    runs["walk"].start(reading, None)
    for _ in range(7):
        runs["walk"].run(reading, {"vx": 1.0}, 0.02)
    action, phase = runs["walk"]._answer.copy(), runs["walk"]._clock.phase
    runs["stranger"].start(reading, runs["walk"])
    assert not runs["stranger"]._answer.any() and not runs["stranger"].continues(runs["walk"])
    assert runs["stranger"]._clock.phase == 0.0
    stand = runs["stand"]
    stand.start(reading, runs["walk"])
    assert stand.continues(runs["walk"]) and runs["walk"].continues(stand)
    assert stand._answer.tolist() == action.tolist() and stand._clock.phase == phase
    stepped = []
    for _ in range(8):
        stand.run(reading, {}, 0.02)
        stepped.append(any(stand._observation.gait_phase))
    assert stepped == [True] * 5 + [False] * 3
    runs["walk"].start(reading, stand)
    assert runs["walk"]._clock.phase == stand._clock.phase


def test_who_stands_on_planted_feet_ends_the_walk_of_a_stranger_in_step(robot, library, reading, contract, tmp_path):
    gait = dataclasses.replace(contract.gait, stand_below=9.0, stop_delay=0.1, wake_above=0.15)
    walk = PolicyRunner(spec_of(library), robot, save(tmp_path / "walk.onnx", contract))
    planted = save(tmp_path / "stand.onnx", dataclasses.replace(contract, gait=gait))
    stand = PolicyRunner(spec_of(library), robot, planted)
    walk.start(reading, None)
    for _ in range(7):
        walk.run(reading, {"vx": 1.0}, 0.02)
    stand.start(reading, walk)
    assert not stand.continues(walk) and not stand._answer.any()
    assert stand._clock.phase == walk._clock.phase and stand._clock.runs


def upright(reading):
    numbers = reading.numbers.copy()
    numbers[-7:-4] = 0.0, 0.0, -1.0  # gravity
    return reading._replace(numbers=numbers)


def test_who_is_pushed_while_it_stands_steps(robot, library, reading, contract, tmp_path):
    pushed = upright(reading)._replace(base_velocity=lambda: (0.24, -0.18, 0.5))
    for wake, steps in ((0.0, False), (0.31, False), (0.29, True)):
        gait = dataclasses.replace(contract.gait, stand_below=9.0, stop_delay=0.1, wake_above=wake)
        alert = dataclasses.replace(contract, gait=gait)
        runner = PolicyRunner(spec_of(library), robot, save(tmp_path / "p.onnx", alert))
        runner.start(reading, None)
        runner.prepare()
        runner.run(pushed, {}, 0.02)
        assert any(runner._observation.gait_phase) == steps


def test_who_has_just_stepped_is_not_woken_by_its_own_sway(robot, library, reading, contract, tmp_path):
    gait = dataclasses.replace(contract.gait, stand_below=9.0, stop_delay=0.1, wake_above=0.2)
    runner = PolicyRunner(spec_of(library), robot, save(tmp_path / "p.onnx", dataclasses.replace(contract, gait=gait)))
    sways, falls, rests = (upright(reading)._replace(base_velocity=lambda v=v: (v, 0.0, 0.0)) for v in (0.3, 0.5, 0.0))
    runner.start(reading, None)
    runner.run(sways, {}, 0.02)
    stepped = []
    for tick in range(18):  # it steps on while it is fast; then a tenth of a second of steps, and it is left to settle
        runner.run(falls if tick < 6 or tick > 9 else sways, {}, 0.02)
        stepped.append(any(runner._observation.gait_phase))
        if tick == 9:
            runner._clock.left = 0.0
    assert stepped == [True] * 10 + [False] * 8
    for _ in range(5):
        runner.run(rests, {}, 0.02)
    runner.run(sways, {}, 0.02)
    assert not any(runner._observation.gait_phase)
    runner.run(falls, {}, 0.02)
    assert any(runner._observation.gait_phase)
    for _ in range(80):  # longer by what puts the next halt at another phase
        runner.run(rests, {}, 0.02)
    runner.run(sways, {}, 0.02)
    assert any(runner._observation.gait_phase)


def test_a_policy_for_some_of_the_joints_in_its_own_order(robot, library, reading, contract, tmp_path):
    picked = ("joint_02", "joint_00")
    changes = {name: getattr(contract, name)[:2] for name in ("default_joint_pos", "action_scale")}
    sizes = dict(zip(contract.observation_names, contract.observation_sizes))
    sizes |= dict.fromkeys(("joint_pos_rel", "joint_vel_rel", "last_action"), 2)
    partial = dataclasses.replace(
        contract, joint_names=picked, joint_stiffness=(11.0, 12.0), joint_damping=(0.1, 0.2),
        observation_sizes=tuple(sizes.values()), **changes,
    )  # fmt: skip
    runner = PolicyRunner(spec_of(library), robot, save(tmp_path / "p.onnx", partial))
    targets = runner.run(reading, {}, 0.02)
    assert runner.drives == (True, False, True, False)
    assert targets.kp == (12.0, 40.0, 11.0, 40.0)
    action = runner._observation.last_action
    np.testing.assert_allclose([targets.q[2], targets.q[0]], 0.25 * np.array(action), rtol=1e-6)
    place = list(sizes).index("joint_vel_rel")
    start = sum(list(sizes.values())[:place])
    np.testing.assert_allclose(
        runner._observation.array[0, start : start + 2], [reading.velocity[2], reading.velocity[0]], rtol=1e-6
    )


def drop_metadata(model):
    del model.metadata_props[:]


def poison(model):
    weight = model.graph.initializer[-1]
    weight.CopyFrom(onnx.numpy_helper.from_array(np.full(4, math.nan, np.float32), weight.name))


@pytest.mark.parametrize(
    "change, reason",
    [
        (drop_metadata, "metadata lacks"),
        (poison, "not finite"),
    ],
)
def test_a_network_that_cannot_be_used_says_why(robot, library, contract, tmp_path, change, reason):
    with pytest.raises(DataError, match=reason):
        PolicyRunner(spec_of(library), robot, save(tmp_path / "p.onnx", contract, change))


def test_a_network_of_another_size_than_its_contract(contract, tmp_path):
    wrong = dataclasses.replace(contract, observation_sizes=(4, *contract.observation_sizes[1:]))
    model = network(contract, (8,))
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, wrong.to_metadata())
    (tmp_path / "p.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(DataError, match=r"p.onnx: input 'obs' is tensor\(float\) \[1, 25\].*\[1, 26\]"):
        Network(tmp_path / "p.onnx", "x")


@pytest.mark.parametrize("content", [b"", b"not an onnx file", None])
def test_a_broken_file_is_named_and_the_other_skills_run(robot, library, tmp_path, kit, content):
    (tmp_path / "walk").mkdir()
    if content is not None:
        (tmp_path / "walk" / "policy.onnx").write_bytes(content)
    spec = spec_of(library)
    spec = spec.model_copy(update={"policy": spec.policy.model_copy(update={"sha256": "0" * 64})})
    entries = {**library.entries, "walk": SkillEntry("walk", tmp_path / "walk", spec)}
    broken = SkillLibrary("tiny", entries)
    bank = SkillBank(robot, broken)
    assert str(tmp_path / "walk" / "policy.onnx") in bank.problems["walk"]
    assert set(bank.runners) == {"rise", "stand"}
    rig = kit.Rig(robot, broken)
    rig.walk("stand")
    rig.ask("walk")
    status = rig.tick().status
    assert status.mode is ControlMode.STANCE and "skill 'walk' cannot run" in status.reason


def test_without_its_stance_nothing_runs_and_the_robot_stays_damped(robot, library, kit):
    entries = {name: entry for name, entry in library.entries.items() if name != "stand"}
    entries["stand"] = SkillEntry("stand", None, None, "stand/skill.yaml: kind is missing")
    rig = kit.Rig(robot, SkillLibrary("tiny", entries))
    assert not rig.core.bank.runners
    assert "its stance 'stand' cannot run: stand/skill.yaml" in rig.core.bank.problems["walk"]
    rig.ask("walk")
    status = rig.tick().status
    assert status.mode is ControlMode.DISARMED and "cannot run" in status.reason


def test_skills_of_one_file_share_one_session(robot, library):
    hashes = {entry.spec.policy.sha256 for entry in library.entries.values() if entry.spec.policy}
    core = ControlCore(robot, library)
    sessions = {id(runner._evaluate.func.__self__) for runner in core.bank.runners.values() if runner.network}
    assert len(sessions) == len(hashes) == 1
