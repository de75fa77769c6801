"""Core types survive the wire; what the wire lets through but nobody understands is refused."""

import dataclasses
import math
from dataclasses import fields
from typing import get_args

import numpy as np
import pytest

pytest.importorskip("rclpy")
from builtin_interfaces.msg import Time
from hypothesis import given
from hypothesis import strategies as st
from rclpy.serialization import deserialize_message, serialize_message

from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.processes.confirmation import SAID_YES, RunConfirmations
from skill_stack.core.processes.setpoint_seal import SealCheck, SetpointSealer
from skill_stack.core.setpoint import (
    ControlMode,
    Felt,
    Shortfall,
    SkillRequest,
    SkillSetpoint,
    SkillStatus,
    SkillWeight,
    StepOutcome,
)
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.nodes.wire import wire, wire_basics, wire_plan, wire_scene, wire_sensors

NOW = Time(sec=12, nanosec=5)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
small = st.floats(0, 1, width=32)
counters = st.integers(0, 2**62)
angles = st.floats(-3.14, 3.14)
places = st.floats(-wire_basics.FARTHEST, wire_basics.FARTHEST)
triples = st.tuples(numbers, numbers, numbers)
json_values = st.one_of(texts, st.integers(-(2**53), 2**53), numbers, st.booleans(), st.none())
arguments = st.dictionaries(names, json_values, max_size=4)
unit_quaternions = st.lists(st.floats(-1, 1), min_size=4, max_size=4).filter(any).map(np.array)

weights = st.builds(SkillWeight, names, small, st.lists(names, max_size=3).map(tuple))
setpoints = st.builds(
    SkillSetpoint,
    request_id=texts,
    sequence=counters,
    valid_until=numbers,
    part=names,
    source=names,
    skills=st.lists(weights, max_size=3).map(tuple),
    goals=st.dictionaries(names, numbers, max_size=5),
    stop_count=counters,
)
statuses = st.builds(
    SkillStatus,
    task_time=numbers,
    part=names,
    skill=names,
    phase=names,
    mode=st.sampled_from(ControlMode),
    reason=texts,
    progress=small,
    request_id=texts,
    setpoint_sequence=counters,
    sample_sequence=counters,
    base_position=triples.map(np.array),
    orientation=unit_quaternions,
    base_velocity=triples.map(np.array),
    yaw_rate=numbers,
    tilt=small,
    tick_ms=small,
    lateness_ms=small,
    deadline_misses=counters,
    stop_count=counters,
    felt=st.sampled_from(get_args(Felt)),
    load=st.one_of(st.just(math.nan), small),
    joints=st.lists(numbers, max_size=30).map(np.array),
    lacks=st.one_of(st.just(Shortfall()), st.builds(Shortfall, st.integers(0, 20), small)),
)
outcomes = st.builds(
    StepOutcome,
    request_id=texts,
    skill=names,
    outcome=st.sampled_from(["succeeded", "failed", "interrupted"]),
    reason=texts,
    violated=texts,
    evidence=st.dictionaries(names, numbers, max_size=3),
    seconds=numbers,
    thing=names,
)


def same(mine: object, theirs: object) -> None:
    """Both hold the same values, arrays included."""
    for field in fields(mine):
        np.testing.assert_equal(getattr(mine, field.name), getattr(theirs, field.name), err_msg=field.name)


@given(setpoints)
def test_setpoints_survive(setpoint: SkillSetpoint) -> None:
    message = wire.setpoint_message(setpoint, NOW, "ns/map")
    assert wire.setpoint_of(message) == setpoint
    assert message.header.frame_id == "ns/map"


@given(setpoints, texts)
def test_sealed_setpoints_come_through_the_wire(setpoint: SkillSetpoint, yes: str) -> None:
    key = bytes(range(32))
    sealer, check = SetpointSealer(lambda: key, lambda: 7), SealCheck(lambda: key, 0)
    setpoint = dataclasses.replace(setpoint, confirmation=yes)
    message = wire.setpoint_message(sealer.seal(setpoint), NOW, "map")
    assert check.open(wire.setpoint_of(deserialize_message(serialize_message(message), type(message)))) == setpoint


@given(statuses)
def test_statuses_survive(status: SkillStatus) -> None:
    same(wire.status_of(wire.status_message(status, NOW, "odom", simulated=True)), status)


@given(outcomes)
def test_outcomes_survive(outcome: StepOutcome) -> None:
    assert wire.outcome_of(wire.outcome_message(outcome)) == outcome


@given(st.builds(SkillRequest, texts, names, arguments, numbers, numbers, texts, st.booleans()))
def test_requests_survive(request: SkillRequest) -> None:
    assert wire.request_of(wire.request_goal(request)) == request


@given(st.builds(SkillRequest, texts, names, arguments, numbers, numbers, st.just(SAID_YES)))
def test_a_yes_still_fits_its_request_behind_the_wire(request: SkillRequest) -> None:
    run = RunConfirmations(lambda: bytes(range(32)))
    run.take(wire.request_of(wire.request_goal(run.confirm(request))))


@given(st.builds(Instruction, texts, names, numbers, texts))
def test_instructions_survive(instruction: Instruction) -> None:
    assert wire.instruction_of(wire.instruction_message(instruction, NOW)) == instruction


@given(
    st.lists(
        st.builds(
            SceneObject,
            id=names,
            kind=names,
            position=st.tuples(*[st.floats(-wire_basics.FARTHEST, wire_basics.FARTHEST)] * 3),
            yaw=angles,
            shape=st.sampled_from(["box", "sphere", "cylinder", "point"]),
            size=st.tuples(*[st.floats(0, wire_basics.FARTHEST)] * 3),
            colour=texts,
            names=st.lists(texts, max_size=2).map(tuple),
            movable=st.booleans(),
            confidence=small,
            last_seen=st.floats(0, 1e6),
            hinge=st.one_of(st.none(), st.tuples(places, places)),
            swing=st.tuples(angles, angles),
            lifted=st.one_of(st.none(), st.floats(0.0, 3.14)),
        ),
        max_size=4,
    ),
    st.one_of(st.none(), st.builds(Pose2, places, places, angles)),
)
def test_scenes_survive(things: list[SceneObject], robot: Pose2 | None) -> None:
    scene = SceneGraph({t.id: t for t in things}, frozenset({Fact("near", ("robot", "ball")), Fact("dark")}), robot)
    back = wire_scene.scene_of(wire_scene.scene_message(scene, NOW, "map"))
    assert back.facts == scene.facts
    assert list(back.objects) == list(scene.objects)
    for mine, theirs in zip(back.objects.values(), scene.objects.values(), strict=True):
        assert (mine.id, mine.kind, mine.position, mine.size, mine.names) == (
            theirs.id, theirs.kind, theirs.position, theirs.size, theirs.names,
        )  # fmt: skip
        assert mine.lifted == theirs.lifted
        assert mine.hinge == theirs.hinge and (mine.hinge is None or mine.swing == theirs.swing)
        assert mine.yaw == pytest.approx(theirs.yaw, abs=1e-9)
        assert mine.last_seen == pytest.approx(theirs.last_seen, abs=1e-6)
    assert (back.robot is None) == (robot is None)
    if robot is not None and back.robot is not None:
        assert (back.robot.x, back.robot.y) == (robot.x, robot.y)
        assert back.robot.yaw == pytest.approx(robot.yaw, abs=1e-9)


leaves = st.builds(PlanNode, st.just("skill"), st.just(()), names, arguments, texts)
trees = st.recursive(
    leaves,
    lambda below: st.builds(
        PlanNode,
        st.sampled_from(["sequence", "parallel", "repeat", "condition"]),
        st.lists(below, min_size=1, max_size=3).map(tuple),
        st.just(""),
        arguments,
        texts,
    ),
    max_leaves=8,
)


@given(trees)
def test_plans_survive(tree: PlanNode) -> None:
    plan = Plan("p1", "do it", "plan", tree, ("near(robot, ball)",), "because")
    message = wire_plan.plan_message(plan, NOW, "map", {(): "running"})
    assert wire_plan.plan_of(message) == plan
    assert [node.status for node in message.nodes].count("running") == 1
    assert message.nodes[0].status == "running"


@pytest.mark.parametrize("status", ["question", "statement", "refusal"])
def test_answers_without_a_tree_survive(status: str) -> None:
    plan = Plan("p1", "hm", status, None, (), "which ball?")
    assert wire_plan.plan_of(wire_plan.plan_message(plan, NOW, "map", {})) == plan


@given(st.floats(0, 2e9))
def test_times_survive(seconds: float) -> None:
    assert wire_basics.seconds_of(wire_basics.time_message(seconds)) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), -0.0])
def test_times_that_are_none_become_zero(seconds: float) -> None:
    assert wire_basics.time_message(seconds) == Time()


def test_the_place_of_odometry_survives() -> None:
    origin = Pose2(1.0, -2.0, 0.5)
    message = wire_sensors.localization_message(origin, NOW, "map", "odom")
    back = wire_sensors.localization_of(message)
    assert (back.x, back.y, back.yaw) == pytest.approx((1.0, -2.0, 0.5))


def test_what_nobody_understands_is_refused() -> None:
    from skill_stack_interfaces.action import DoSkill
    from skill_stack_interfaces.msg import Plan as PlanMessage
    from skill_stack_interfaces.msg import PlanNode as NodeMessage
    from skill_stack_interfaces.msg import SkillStatus as StatusMessage
    from skill_stack_interfaces.msg import StepOutcome as OutcomeMessage

    with pytest.raises(DataError, match="dancing.*active"):
        wire.status_of(StatusMessage(mode="dancing"))
    with pytest.raises(DataError, match="fine.*succeeded"):
        wire.outcome_of(OutcomeMessage(outcome="fine"))
    with pytest.raises(DataError, match="not JSON"):
        wire.request_of(DoSkill.Goal(arguments="{"))
    with pytest.raises(DataError, match="JSON object"):
        wire.request_of(DoSkill.Goal(arguments="[1]"))
    with pytest.raises(DataError, match="perhaps"):
        wire_plan.plan_of(PlanMessage(status="perhaps"))
    wrong = [
        ([NodeMessage(id="a", type="dance")], "dance"),
        ([NodeMessage(id="a", type="skill", parent="b")], "must come before"),
        ([NodeMessage(id="a", type="skill"), NodeMessage(id="a", type="skill")], "ids once"),
        ([NodeMessage(id="a", type="skill"), NodeMessage(id="b", type="skill")], "one root"),
    ]
    for nodes, why in wrong:
        with pytest.raises(DataError, match=why):
            wire_plan.plan_of(PlanMessage(status="plan", nodes=nodes))


def test_evidence_that_is_no_number_is_left_out() -> None:
    outcome = StepOutcome("r", "walk", "failed", evidence={"tilt": float("nan"), "speed": 0.5})
    assert wire.outcome_of(wire.outcome_message(outcome)).evidence == {"speed": 0.5}
