"""Setpoints count that the connector of this run made, and each once."""

import dataclasses
import os
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.core.processes.run_key import mark_of, read_run_key
from skill_stack.core.processes.setpoint_seal import ForeignSetpoint, SealCheck, SetpointSealer, driver_of
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.channels import channel_layout
from skill_stack.core.shared_memory.shared_block import SharedBlock

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))

names = st.text(max_size=6)
weights = st.builds(
    SkillWeight, names, st.floats(0, 1, width=32), st.lists(names, max_size=2).map(tuple)
)  # 32 bits, as on the wire
setpoints = st.builds(
    SkillSetpoint,
    request_id=names,
    sequence=st.integers(0, 2**63 - 1),
    valid_until=st.floats(),
    part=names,
    source=st.sampled_from(("plan", "teleop", "connector")),
    skills=st.lists(weights, max_size=2).map(tuple),
    goals=st.dictionaries(names, st.floats(), max_size=2),
    stop_count=st.integers(0, 2**63 - 1),
    confirmation=st.one_of(st.just(""), names),
)


def pair(key=KEY, since=0, clock=lambda: 1):
    return SetpointSealer(lambda: key, clock), SealCheck(lambda: KEY, since)


@given(setpoint=setpoints)
def test_what_the_connector_seals_comes_in_as_it_was_and_once(setpoint):
    sealer, check = pair()
    sealed = sealer.seal(setpoint)
    assert driver_of(sealed.source) == setpoint.source
    assert repr(check.open(sealed)) == repr(setpoint)  # a NaN is not itself
    with pytest.raises(ForeignSetpoint, match="before"):
        check.open(sealed)


@given(setpoint=setpoints, other=setpoints, field=st.sampled_from([f.name for f in dataclasses.fields(SkillSetpoint)]))
def test_a_seal_is_for_the_whole_content(setpoint, other, field):
    sealer, check = pair()
    sealed = sealer.seal(setpoint)
    value = getattr(other, field)
    if field == "source":
        value = sealed.source.replace(setpoint.source, other.source, 1)
    elif field == "confirmation":
        field, value = "source", sealed.source.rpartition("|")[0] + "|" + other.confirmation
    changed = dataclasses.replace(sealed, **{field: value})
    if repr(changed) == repr(sealed):
        return
    with pytest.raises(ForeignSetpoint):
        check.open(changed)


@given(
    setpoint=setpoints, source=st.one_of(st.text(), st.from_regex(r"plan\|[0-9]{1,19}\|[0-9a-f]{32}", fullmatch=True))
)
def test_nobody_without_the_key_makes_a_seal(setpoint, source):
    _, check = pair()
    for one in (dataclasses.replace(setpoint, source=source), pair(OTHER)[0].seal(setpoint)):
        with pytest.raises(ForeignSetpoint):
            check.open(one)


def test_a_recorded_one_does_not_count_for_a_front_end_that_began_later():
    setpoint = SkillSetpoint("p/1", 1, 1.0, "body", "plan", (SkillWeight("walk"),))
    recorded = pair(clock=lambda: 500)[0].seal(setpoint)
    with pytest.raises(ForeignSetpoint, match="before"):
        pair(since=600)[1].open(recorded)


def test_a_restarted_connector_goes_on_by_the_same_clock():
    setpoint = SkillSetpoint("p/1", 1, 1.0, "body", "plan", (SkillWeight("walk"),))
    check = pair()[1]
    for now in (100, 700):
        assert check.open(pair(clock=lambda now=now: now)[0].seal(setpoint)) == setpoint


def test_the_secret_lies_in_the_block_alone_and_each_run_has_its_own(tmp_path):
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("go2"), resources)
    keys = []
    for name in ("one", "two"):
        SharedBlock.create(tmp_path / name, channel_layout(robot)).close()
        assert os.stat(tmp_path / name).st_mode & 0o777 == 0o600
        keys.append(read_run_key(tmp_path / name))
    assert len(set(keys)) == 2 and all(len(key) == 32 for key in keys)


def test_without_a_run_there_is_no_secret(tmp_path):
    with pytest.raises(DataError, match="no shared memory"):
        read_run_key(tmp_path / "nothing")
    (tmp_path / "old").write_bytes(b"SKSTACK\0" + struct.pack("5q", 2, 0, 0, 0, 0) + bytes(8000))
    with pytest.raises(DataError, match="no secret"):
        read_run_key(tmp_path / "old")


def test_marks_for_one_purpose_are_none_for_another():
    assert mark_of(KEY, "setpoint", "a", 1) != mark_of(KEY, "confirmation", "a", 1)
    assert mark_of(KEY, "setpoint", "a", "b") != mark_of(KEY, "setpoint", "ab")
