"""A pose that is moved under a policy that does not notice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, numbers_of
from skill_stack.controllers.policies.network import Network
from skill_stack.controllers.runners.policy_runner import PolicyRunner
from skill_stack.controllers.runners.pose_offset import STRAIGHTENS, PoseOffset
from skill_stack.core.errors import UnknownName
from skill_stack.core.skills.policy_part import Bend

JOINTS = ("hip", "knee")
SPEC = Bend(goal="height", joints={"knee": 0.6, "hip": -0.3}, shares={0.7: 1.0, 0.76: 0.0, 0.74: 0.5}, speed=1.5)
DT = 0.02


def settled(bending: PoseOffset) -> np.ndarray:
    while bending.go_on(DT):
        pass
    return bending.offset


@given(st.floats(0.5, 1.0))
def test_a_goal_moves_joints_by_the_share_that_belongs_to_it_and_no_further(height: float) -> None:
    bending = PoseOffset(SPEC, JOINTS)
    bending.take({"height": height})
    share = np.interp(height, [0.7, 0.74, 0.76], [1.0, 0.5, 0.0])
    assert settled(bending) == pytest.approx(share * np.array([-0.3, 0.6]))


def test_joints_go_there_no_faster_than_they_may_and_back_when_the_goal_is_gone() -> None:
    bending = PoseOffset(SPEC, JOINTS)
    assert not bending.go_on(DT), "nothing is to be done at first"
    bending.take({"height": 0.7})
    assert bending.go_on(DT) and np.abs(bending.offset).max() == pytest.approx(1.5 * DT)
    settled(bending)
    bending.take({})
    assert settled(bending) == pytest.approx([0.0, 0.0])


def test_who_does_not_bend_straightens_what_was_bent_before() -> None:
    after = PoseOffset(None, JOINTS)
    after.offset = np.array([-0.3, 0.6])
    after.take({"height": 0.7})
    after.go_on(DT)
    assert after.offset == pytest.approx([-0.3 + STRAIGHTENS * DT, 0.6 - STRAIGHTENS * DT])


def test_a_joint_that_the_policy_lacks_is_named() -> None:
    with pytest.raises(UnknownName, match="elbow"):
        PoseOffset(Bend(goal="height", joints={"elbow": 1.0}, shares={0.0: 0.0, 1.0: 1.0}), JOINTS)


def reading_of(robot, position) -> FastEstimate:
    return FastEstimate(0.0, numbers_of(position, [0.0] * robot.size), None, 0.0, True, "")


def test_a_policy_sees_nothing_of_it_and_its_targets_are_moved(robot, library) -> None:
    network = Network(library.entries["walk"].folder / "policy.onnx", "x")
    spec = library.entries["walk"].spec
    joint = network.contract.joint_names[1]
    bend = Bend(goal="vx", joints={joint: 0.4}, shares={0.0: 0.0, 1.0: 1.0}, speed=1000.0)
    bent = PolicyRunner(
        spec.model_copy(update={"policy": spec.policy.model_copy(update={"bend": bend})}), robot, network
    )
    plain = PolicyRunner(spec, robot, network)
    place, rest = int(robot.indices([joint])[0]), robot.pose("default")
    moved = rest.copy()
    moved[place] += 0.4
    for runner in (bent, plain):
        runner.start(reading_of(robot, rest), None)
    first = plain.run(reading_of(robot, rest), {"vx": 1.0}, DT)
    second = bent.run(reading_of(robot, moved), {"vx": 1.0}, DT)
    assert np.array_equal(bent._observation.array, plain._observation.array)
    assert np.array(second.q) - np.array(first.q) == pytest.approx((moved - rest).tolist())
    plain.start(reading_of(robot, moved), bent)
    after = plain.run(reading_of(robot, moved), {}, DT)
    assert after.q[place] - 0.4 == pytest.approx(plain._centre[1] - 0.4 + 0.25 * float(plain._answer[1]), abs=1e-5)
    assert plain._bending.offset[1] == pytest.approx(0.4 - STRAIGHTENS * DT), "it goes on from where the other was"
