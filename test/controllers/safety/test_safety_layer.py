import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.controllers.control_core import ControlCore
from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.controllers.estimation.fast_estimate import numbers_of
from skill_stack.controllers.runners.runner import Targets
from skill_stack.controllers.safety.guard_violation import GuardViolation, Reaction
from skill_stack.controllers.safety.safety_layer import SafetyLayer
from skill_stack.core.joint_command import CommandMode
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_words import Flags

ANGLE = st.floats(-30, 30)
SPEED = st.floats(-40, 40)
FOUR = {"min_size": 4, "max_size": 4}


def state_of(robot, position, velocity):
    return Estimator(robot).last._replace(numbers=numbers_of(position, velocity), valid=True)  # upright


def torque_of(command, state):
    position, velocity = np.array(state.position), np.array(state.velocity)
    return command.tau + command.kp * (command.q - position) + command.kd * (command.dq - velocity)


@given(
    st.lists(ANGLE, **FOUR), st.lists(st.floats(-2.4, 2.4), **FOUR), st.lists(SPEED, **FOUR), st.lists(ANGLE, **FOUR),
    st.floats(0.01, 300), st.floats(0, 20), st.booleans(),
)  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_no_command_asks_for_more_torque_than_allowed(robot, q, position, velocity, before, kp, kd, damped):
    safety, state = SafetyLayer(robot), state_of(robot, position, velocity)
    gains = (kp,) * 4, (kd,) * 4
    limited = safety.limit(Targets(q, *gains), state, None if damped else Targets(before, *gains))
    command = safety.command(limited, 1, 1, 1)
    torque, slack = torque_of(command, state), 1e-6 * (1 + np.abs(q).max() * kp)
    assert np.all(np.abs(torque) <= robot.column("effort") + slack)
    beyond = np.array(state.position) >= robot.column("upper")
    assert np.all(torque[beyond] <= slack), "pushes on beyond the upper end of the range"
    beyond = np.array(state.position) <= robot.column("lower")
    assert np.all(torque[beyond] >= -slack), "pushes on beyond the lower end of the range"


def test_a_harmless_target_passes_unchanged(robot):
    q = [0.1, -0.2, 0.3, 0.0]
    gains = (40.0,) * 4, (1.0,) * 4
    safety = SafetyLayer(robot)
    assert safety.limit(Targets(q, *gains), state_of(robot, [0.0] * 4, [0.1] * 4), None).tolist() == q
    assert not safety.limited


def test_a_target_beyond_the_range_is_no_fault_while_the_joint_is_inside(robot):
    gains = (10.0,) * 4, (1.0,) * 4
    state = state_of(robot, [1.8] * 4, [0.0] * 4)
    q = [2.5] * 4  # the range ends at 2.0
    assert SafetyLayer(robot).limit(Targets(q, *gains), state, Targets([2.4] * 4, *gains)).tolist() == q


def test_torque_fades_on_the_last_stretch(robot):
    gains = (500.0,) * 4, (0.0,) * 4
    state = state_of(robot, [2.0 - robot.safety.end_margin / 2] * 4, [0.0] * 4)
    safety = SafetyLayer(robot)
    limited = safety.limit(Targets([2.5] * 4, *gains), state, None)
    np.testing.assert_allclose(torque_of(safety.command(limited, 1, 1, 1), state), 40.0)
    assert safety.limited["torque joint_00"] == 1


def test_targets_move_no_faster_than_the_slew_limit(robot):
    gains = (1.0,) * 4, (0.1,) * 4
    safety = SafetyLayer(robot)
    limited = safety.limit(Targets([1.5, -1.5, 0.1, 0.0], *gains), state_of(robot, [0.0] * 4, [0.0] * 4), None)
    np.testing.assert_allclose(limited, [0.8, -0.8, 0.1, 0.0])
    assert dict(safety.limited) == {"slew joint_00": 1, "slew joint_01": 1}


@pytest.mark.parametrize(
    "targets, reason",
    [
        (Targets([0.0, math.nan, 0, 0], (40.0,) * 4, (1.0,) * 4), "not finite for joint_01"),
        (Targets([0.0, 0, 0, math.inf], (40.0,) * 4, (1.0,) * 4), "not finite for joint_03"),
        (Targets([0.0] * 3, (40.0,) * 4, (1.0,) * 4), "3 joints"),
        (Targets([0.0] * 4, (40.0,) * 3, (1.0,) * 4), "joints"),
        (Targets([0.0] * 4, (-1.0,) * 4, (1.0,) * 4), "gains"),
        (Targets([0.0] * 4, (math.nan,) * 4, (1.0,) * 4), "gains"),
        (Targets([0.0] * 4, (1e6,) * 4, (1.0,) * 4), "gains"),
        (Targets([0.0] * 4, (40.0,) * 4, (1.0, 1.0, -0.1, 1.0)), "gains"),
        (Targets([0.0] * 4, (40.0,) * 4, (1.0, 1.0, math.nan, 1.0)), "gains"),
        (Targets([0.0] * 4, (40.0,) * 4, (1e6,) * 4), "gains"),
    ],
)
def test_malformed_targets_damp(robot, targets, reason):
    finding = SafetyLayer(robot).limit(targets, state_of(robot, [0.0] * 4, [0.0] * 4), None)
    assert isinstance(finding, GuardViolation) and finding.reaction is Reaction.DAMP and reason in finding.reason


class Scripted:
    """Stands for a network and answers whatever it is told to."""

    def __init__(self, action):
        self.action, self.answer = action, 0.0

    def __call__(self):
        self.action[:] = self.answer


VALUE = st.one_of(st.floats(-50, 50), st.sampled_from([math.nan, math.inf, -math.inf, 1e30]))
EVENT = st.one_of(
    st.tuples(st.just("sample"), st.sampled_from(["position", "velocity", "angular_velocity", "orientation"]), VALUE),
    st.tuples(st.just("gap"), st.just(""), st.just(0.0)),
    st.tuples(st.just("answer"), st.just(""), VALUE),
    st.tuples(st.just("ask"), st.sampled_from(["walk", "stand", "rise", "fly"]), VALUE),
    st.tuples(st.sampled_from(["stop", "estop", "reset"]), st.just(""), st.just(0.0)),
    st.tuples(st.just("silence"), st.just(""), st.just(0.0)),
)


@given(st.lists(EVENT, max_size=60))
@settings(max_examples=150, deadline=None)
def test_nothing_that_comes_in_gets_an_unsafe_command_out(robot, library, kit, events):
    core = _scripted_core(robot, library)
    setpoint, latched, flags = None, False, {"stop": 0, "estop": 0, "reset": 0}
    effort = robot.column("effort")
    for number, (what, name, value) in enumerate([("sample", "position", 0.1), *events], 1):
        time, sample = 0.02 * number, None
        changes = {}
        if what == "sample":
            changes[name] = np.full(*{"orientation": (4, 0.5), "angular_velocity": (3, 0.0)}.get(name, (4, 0.0)))
            changes[name][0] = value
        if what != "gap":
            sample = kit.upright(robot, number, time, **changes)
        if what == "answer":
            core.script.answer = value
        if what == "ask":
            counts = flags["stop"] + flags["estop"]
            weights = (SkillWeight(name),)
            setpoint = SkillSetpoint("r", number, time + 0.2, "body", "plan", weights, {"vx": value}, counts)
        if what in flags:
            flags[what] += 1
            latched = what == "estop" or (latched and what != "reset")
        tick = core.tick(sample, setpoint, Flags(**flags), time, time)
        command = tick.command
        for row in (command.q, command.dq, command.tau, command.kp, command.kd):
            assert row.shape == (4,) and (np.isfinite(row).all() or command.mode is CommandMode.DAMP)
        assert np.isfinite(command.kp).all() and np.isfinite(command.kd).all()
        if latched:
            assert tick.status.mode is ControlMode.ESTOP
        if tick.status.mode not in (ControlMode.ACTIVE, ControlMode.STANCE):
            assert command.mode is CommandMode.DAMP and not command.kp.any() and (command.kd > 0).all()
        else:
            assert sample is not None
            assert np.all(
                np.abs(torque_of(command, tick.state)) <= effort + 1e-6 * (1 + np.abs(command.q) * command.kp)
            )
    assert not core.error


def _scripted_core(robot, library):
    core = ControlCore(robot, library)
    for runner in core.bank.runners.values():
        if runner.network:
            core.script = runner._evaluate = Scripted(runner._action)
    return core


def test_slew_goes_on_from_what_was_commanded_not_from_what_was_asked(robot, library, kit):
    rig = kit.Rig(robot, library)
    rig.core = _scripted_core(robot, library)
    rig.walk()
    before, step = rig.tick(50).command.q, robot.safety.slew / robot.control_rate
    rig.core.script.answer = 50.0
    for _ in range(2):
        after = rig.tick().command.q
        assert np.abs(after - before).max() == pytest.approx(step)
        before = after


@pytest.mark.parametrize("angle", [2.6, -2.6, 1e12])
def test_a_joint_measured_far_outside_its_range_is_no_base_for_a_command(robot, angle):
    gains = (40.0,) * 4, (1.0,) * 4
    found = SafetyLayer(robot).limit(
        Targets([0.0] * 4, *gains), state_of(robot, [0.0, angle, 0.0, 0.0], [0.0] * 4), None
    )
    assert isinstance(found, GuardViolation) and found.reaction is Reaction.DAMP
    assert "joint_01 is measured at" in found.reason and "outside -2…2 rad by more than 0.5 rad" in found.reason


@pytest.mark.parametrize("towards", [1.0, -1.0])
def test_damping_counts_against_the_motion_in_the_quick_look_too(robot, towards):
    """A target within slew and range whose torque is harmless for a joint that follows, and not for one that flees."""
    safety, effort = SafetyLayer(robot), robot.column("effort")
    gains, q = (40.0,) * 4, np.full(4, 0.75 * towards)
    gains = gains, (1.0,) * 4
    last = Targets((q - 0.1 * towards).tolist(), *gains)
    follows = state_of(robot, [0.0] * 4, [60.0 * towards] * 4)  # 30 N·m - 60 N·m
    assert safety.limit(Targets(q, *gains), follows, last).tolist() == q.tolist() and not safety.limited
    flees = state_of(robot, [0.0] * 4, [-60.0 * towards] * 4)  # 30 N·m + 60 N·m, of 80 N·m
    command = safety.command(safety.limit(Targets(q, *gains), flees, last), 1, 1, 1)
    assert (np.abs(torque_of(command, flees)) <= effort + 1e-9).all() and safety.limited["torque joint_00"] == 1


@given(
    st.lists(st.floats(-1.9, 1.9), **FOUR), st.lists(st.floats(-1.0, 1.0), **FOUR), st.lists(SPEED, **FOUR),
    st.lists(st.floats(-0.7, 0.7), **FOUR), st.floats(10, 300), st.floats(0, 20),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_targets_that_move_slowly_are_limited_by_torque_alike(robot, position, away, velocity, step, kp, kd):
    """The quick look and what is worked out agree: what passes unchanged asks for no more than is allowed."""
    safety, state = SafetyLayer(robot), state_of(robot, position, velocity)
    gains = (kp,) * 4, (kd,) * 4
    before = np.add(position, away)
    limited = safety.limit(Targets(before + step, *gains), state, Targets(before.tolist(), *gains))
    torque = torque_of(safety.command(limited, 1, 1, 1), state)
    assert np.all(np.abs(torque) <= robot.column("effort") + 1e-6 * (1 + kp))
