import dataclasses
import math

import numpy as np
import pytest

from skill_stack.controllers.policies.observation_history import HistorySpec
from skill_stack.controllers.runners.residual_runner import ResidualRunner
from skill_stack.controllers.runners.skill_bank import SkillBank
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.skills.policy_part import PolicyPart, ResidualPart

GOALS = {"vx": 0.6}


def corrected(library, kit, folder, name="corrected", base="walk", contract=None, **residual):
    """The library with a skill that corrects another one."""
    contract = contract or dataclasses.replace(kit.contract_of(library), action_kind="delta")
    return kit.with_policy(library, folder, name, contract, seed=9, base=base, residual=ResidualPart(**residual))


def moving(robot, rng):
    return {name: 0.3 * rng.standard_normal(robot.size) for name in ("position", "velocity")}


@pytest.mark.parametrize("rate", [50.0, 500.0])
def test_the_output_is_added_to_the_targets_of_the_base(robot, library, kit, tmp_path, rate):
    """Exactly: the base runs as if nobody corrected it, its last action stays the uncorrected one."""
    robot = robot.at_rate(rate)
    bank = SkillBank(robot, corrected(library, kit, tmp_path, scale=0.5, clip=0.01))
    alone, both = SkillBank(robot, library)["walk"], bank["corrected"]
    base, correction = both.inner
    rig, rng, clipped = kit.Rig(robot, library), np.random.default_rng(1), 0
    rig.tick()
    reading = rig.core._estimator.last
    for runner in (alone, both):
        runner.start(reading, None)
    for _ in range(40):
        rig.tick(**moving(robot, rng))
        reading = rig.core._estimator.last
        expected, got = alone.run(reading, GOALS, 1 / rate), both.run(reading, GOALS, 1 / rate)
        plain, policy, other = (runner.inner[0] if rate > 50 else runner for runner in (alone, base, correction))
        np.testing.assert_array_equal(policy._observation.last_action, plain._observation.last_action)
        np.testing.assert_array_equal(policy._observation.array, plain._observation.array)
        action = np.array(other._observation.last_action, float)
        change = np.clip(0.5 * 0.25 * action, -0.01, 0.01)
        np.testing.assert_allclose(got.q, np.array(expected.q) + change, rtol=0, atol=1e-12)
        assert (got.kp, got.kd) == (expected.kp, expected.kd)
        clipped += int((np.abs(change) == 0.01).any())
    assert clipped  # the test reaches the clip, or it would say nothing of it


def test_scale_and_clip_by_joint_and_group(robot, library, kit, tmp_path):
    robot = robot.model_copy(update={"groups": {"first": ("joint_00", "joint_01")}})
    scale, clip = {"first": 0.0, "joint_01": 2.0}, {"joint_02": 0.001}
    runner = SkillBank(robot, corrected(library, kit, tmp_path, scale=scale, clip=clip))["corrected"]
    assert isinstance(runner, ResidualRunner)
    assert runner._scale == [0.0, 2.0, 1.0, 1.0] and runner._clip == [math.inf, math.inf, 0.001, math.inf]


def test_going_into_a_correction_the_base_goes_on_and_the_change_fades_in(robot, library, kit, tmp_path):
    rig = kit.Rig(robot, corrected(library, kit, tmp_path, scale=3.0))
    rig.walk()
    rig.ask("walk", goals=GOALS, life=100.0)
    for _ in range(30):
        before = rig.tick().command.q
    walk = rig.core.bank["walk"]
    action, phase = walk._observation.last_action, walk._clock.phase
    rig.ask("corrected", goals=GOALS, life=100.0)
    first = rig.tick()
    base = rig.core.bank["corrected"].inner[0]
    assert first.status.mode is ControlMode.ACTIVE and first.status.skill == "corrected"
    assert base is not walk and base._clock.phase == pytest.approx(phase + 0.02 * 1.5) and action.any()
    asked = base.run(rig.core._estimator.last, GOALS, 0.02).q
    assert np.abs(first.command.q - before).max() < np.abs(np.array(asked) - before).max() + 0.1


def test_a_correction_that_is_no_number_is_not_clipped_into_one(robot, library, kit, tmp_path):
    rig = kit.Rig(robot, corrected(library, kit, tmp_path, clip=0.1))
    rig.walk("corrected")
    for _ in range(20):
        rig.tick()
    rig.core.bank["corrected"]._scale[1] = math.nan
    status = rig.tick().status
    assert status.mode is ControlMode.DAMPED and "not finite for joint_01" in status.reason


@pytest.mark.parametrize(
    "base, kind, reason",
    [
        ("walk", "default_plus_scaled", "needs an action of kind 'delta'"),
        (None, "delta", "needs a base"),
        ("fly", "delta", "no base of skill 'corrected' 'fly'"),
        ("corrected", "delta", "its own base: corrected → corrected"),
    ],
)
def test_what_does_not_fit_together_is_refused_by_name(robot, library, kit, tmp_path, base, kind, reason):
    contract = dataclasses.replace(kit.contract_of(library), action_kind=kind)
    bank = SkillBank(robot, kit.with_policy(library, tmp_path, "corrected", contract, base=base))
    assert reason in bank.problems["corrected"] and "walk" in bank.runners


def test_joints_that_the_base_does_not_drive_cannot_be_corrected(robot, library, kit, tmp_path):
    whole = kit.contract_of(library)
    library = kit.with_policy(library, tmp_path, "legs", of_joints(whole, ("joint_00", "joint_01")))
    bank = SkillBank(robot, corrected(library, kit, tmp_path, base="legs"))
    assert "corrects ['joint_02', 'joint_03'], which its base 'legs' does not drive" in bank.problems["corrected"]
    few = of_joints(dataclasses.replace(whole, action_kind="delta"), ("joint_03",))
    runner = SkillBank(robot, corrected(library, kit, tmp_path, contract=few))["corrected"]
    assert runner._scale == [0.0, 0.0, 0.0, 1.0]


def of_joints(contract, names):
    """The same policy for some of the joints."""
    size = len(names)
    fields = ("default_joint_pos", "action_scale", "joint_stiffness", "joint_damping")
    sizes = dict(zip(contract.observation_names, contract.observation_sizes))
    sizes |= dict.fromkeys(("joint_pos_rel", "joint_vel_rel", "last_action"), size)
    values = {field: getattr(contract, field)[:size] for field in fields}
    return dataclasses.replace(contract, joint_names=names, observation_sizes=tuple(sizes.values()), **values)


def test_a_residual_without_a_base_is_an_error_of_the_file():
    with pytest.raises(ValueError, match="residual needs base"):
        PolicyPart(model="p.onnx", sha256="0" * 64, residual=ResidualPart())


def test_a_correction_with_a_warm_history_knows_no_last_actions(robot, library, kit, tmp_path):
    """What the drives were told came from the base as well, so it says nothing of the correction."""
    plain = kit.contract_of(library)
    history = HistorySpec((3,) * len(plain.observation_names), "by_frame", "oldest_first", "warm")
    contract = dataclasses.replace(plain, action_kind="delta", history=history)
    rig = kit.Rig(robot, corrected(library, kit, tmp_path, contract=contract))
    rig.walk()
    for _ in range(30):
        rig.tick()
    rig.ask("corrected", life=100.0)
    rig.tick()
    frames = rig.core.bank["corrected"].inner[1]._observation.array.reshape(3, -1)
    start = sum(plain.observation_sizes[: plain.observation_names.index("last_action")])
    assert not frames[:, start : start + 4].any()
    assert frames[0].any()
