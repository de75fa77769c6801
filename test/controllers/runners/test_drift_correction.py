"""What keeps a policy on its way."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, numbers_of
from skill_stack.controllers.policies.network import Network
from skill_stack.controllers.runners.drift_correction import DriftCorrection
from skill_stack.controllers.runners.policy_runner import PolicyRunner
from skill_stack.core.errors import DataError
from skill_stack.core.rotation import from_yaw
from skill_stack.core.skills.policy_part import KeepWay, PolicyPart

SPEC = KeepWay(gain=1.0, leash=0.3)
DT = 0.02


def reading_at(x: float, y: float, heading: float = 0.0) -> FastEstimate:
    orientation = tuple(float(value) for value in from_yaw(heading))
    joints = [0.0] * 4
    return FastEstimate(
        0.0, numbers_of(joints, joints), None, 0.0, True, "", base_place=lambda: ((x, y, 0.3), orientation)
    )


@given(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1), st.floats(-3.0, 3.0), st.floats(-0.5, 0.5), st.floats(-0.3, 0.3))
def test_who_is_slower_than_told_comes_as_far_as_asked(
    slow_x: float, slow_y: float, heading: float, vx: float, vy: float
) -> None:
    keeper, x, y, c, s = DriftCorrection(SPEC), 0.0, 0.0, math.cos(heading), math.sin(heading)
    for _ in range(600):
        ahead, left, _ = keeper.correct(reading_at(x, y, heading), vx, vy, 0.0, DT)
        ahead, left = ahead + slow_x, left + slow_y
        x, y = x + (c * ahead - s * left) * DT, y + (s * ahead + c * left) * DT
    assert (c * ahead - s * left, s * ahead + c * left) == pytest.approx((c * vx - s * vy, s * vx + c * vy), abs=1e-3)


def test_who_is_told_to_stand_goes_back_to_where_he_was_pushed_from() -> None:
    keeper = DriftCorrection(SPEC)
    assert keeper.correct(reading_at(1.0, 2.0, 1.5), 0.0, 0.0, 0.0, DT) == (0.0, 0.0, 0.0)
    quarter = math.pi / 2
    assert keeper.correct(reading_at(1.1, 2.0, quarter), 0.0, 0.0, 0.0, DT) == pytest.approx((0.0, 0.1, 1.5 - quarter))
    assert keeper.correct(reading_at(1.1, 2.1, 1.5), 0.0, 0.0, 0.0, DT)[2] == pytest.approx(0.0), "it turned back"


@given(st.floats(-0.15, 0.15), st.sampled_from([-0.6, 0.0, 0.6]))
def test_who_turns_too_fast_or_too_slowly_turns_as_asked(wrong: float, wz: float) -> None:
    keeper, heading = DriftCorrection(SPEC), 3.0
    for _ in range(600):
        told = keeper.correct(reading_at(0.0, 0.0, heading), 0.0, 0.0, wz, DT)[2] + wrong
        heading = math.remainder(heading + told * DT, math.tau)
    assert told == pytest.approx(wz, abs=1e-3)


@given(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1), st.sampled_from([-0.6, 0.6]))
def test_who_turns_and_errs_goes_as_fast_as_asked_all_the_same(ahead: float, left: float, wz: float) -> None:
    keeper, x, y = DriftCorrection(SPEC), 0.0, 0.0
    for tick in range(600):
        c, s = math.cos(tick * wz * DT), math.sin(tick * wz * DT)
        vx, vy, _ = keeper.correct(reading_at(x, y, tick * wz * DT), 0.3, 0.0, wz, DT)
        vx, vy = vx + ahead, vy + left
        x, y = x + (c * vx - s * vy) * DT, y + (s * vx + c * vy) * DT
    assert (vx, vy) == pytest.approx((0.3, 0.0), abs=0.01)


@given(st.floats(-50.0, 50.0), st.floats(-50.0, 50.0))
def test_a_correction_is_no_larger_than_the_leash_lets_it(x: float, y: float) -> None:
    keeper = DriftCorrection(SPEC)
    keeper.correct(reading_at(0.0, 0.0), 0.0, 0.0, 0.0, DT)
    assert math.hypot(*keeper.correct(reading_at(x, y), 0.0, 0.0, 0.0, DT)) <= SPEC.gain * SPEC.leash + 1e-9
    again = keeper.correct(reading_at(x, y), 0.0, 0.0, 0.0, DT)
    assert math.hypot(*again) <= SPEC.gain * SPEC.leash + 1e-9, "what was missed is not run after"


def test_what_cannot_be_told_is_not_run_after_when_the_command_falls() -> None:
    keeper, x = DriftCorrection(SPEC, [(-0.4, 0.7), (-0.3, 0.3), (-0.7, 0.7)]), 0.0
    for _ in range(200):  # it is told its full speed and goes slower
        told, _, _ = keeper.correct(reading_at(x, 0.0), 0.7, 0.0, 0.0, DT)
        x += 0.55 * DT
        assert told <= 0.7
    assert keeper.correct(reading_at(x, 0.0), 0.2, 0.0, 0.0, DT)[0] == pytest.approx(0.2, abs=0.02)
    assert keeper.away <= 0.02


def test_a_new_beginning_forgets_the_point() -> None:
    keeper = DriftCorrection(SPEC)
    keeper.correct(reading_at(0.0, 0.0), 0.0, 0.0, 0.0, DT)
    keeper.forget()
    assert keeper.correct(reading_at(5.0, 5.0, 1.0), 0.1, 0.0, 0.2, DT) == (0.1, 0.0, 0.2)


def keeping(library, name: str = "walk"):
    spec = library.entries[name].spec
    return spec.model_copy(update={"policy": spec.policy.model_copy(update={"keep_way": SPEC})})


def test_a_policy_is_told_the_correction_within_its_ranges(robot, library) -> None:
    network = Network(library.entries["walk"].folder / "policy.onnx", "x")
    runner, plain = (
        PolicyRunner(keeping(library), robot, network),
        PolicyRunner(library.entries["walk"].spec, robot, network),
    )
    goals = {"vx": 0.5}
    for each in (runner, plain):
        each.start(reading_at(0.0, 0.0), None)
        each.run(reading_at(0.0, 0.0), goals, DT)
        each.run(reading_at(-0.2, 0.0), goals, DT)
    assert plain._observation.command[0] == 0.5
    assert runner._observation.command[0] == pytest.approx(0.5 + 0.2 + 0.5 * DT)
    runner.run(reading_at(-90.0, 0.0), {"vx": 1.0}, DT)
    assert runner._observation.command[0] == network.contract.command_ranges[0][1]


def test_a_robot_that_is_told_to_stand_still_is_told_nothing_else(robot, library) -> None:
    network = Network(library.entries["walk"].folder / "policy.onnx", "x")
    runner = PolicyRunner(keeping(library), robot, network)
    runner.run(reading_at(0.0, 0.0), {}, DT)
    runner.run(reading_at(0.2, 0.0), {}, DT)
    stands = network.contract.gait is not None and network.contract.gait.stand_below > 0.0
    assert (runner._observation.command[0] == 0.0) is stands


def test_a_policy_without_velocities_cannot_be_kept_on_its_way(robot, library) -> None:
    network = Network(library.entries["walk"].folder / "policy.onnx", "x")
    network.contract = dataclasses.replace(network.contract, command_names=("vx", "roll", "wz"))
    with pytest.raises(DataError, match="keep_way needs a policy with the goal value 'vy'"):
        PolicyRunner(keeping(library), robot, network)


def test_numbers_must_be_positive() -> None:
    with pytest.raises(ValueError):
        KeepWay(gain=0.0)
    with pytest.raises(ValueError):
        PolicyPart.model_validate({"model": "p.onnx", "sha256": "0" * 64, "keep_way": {"leash": -1.0}})
