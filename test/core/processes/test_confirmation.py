"""A person's yes counts for one request, once, and only just after it was said."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.processes.confirmation import (
    HAND_LIFE,
    LIFE,
    SAID_YES,
    NoConfirmations,
    NotConfirmed,
    RunConfirmations,
    confirmed,
    is_confirmed,
    note_hand,
)
from skill_stack.core.setpoint import SkillRequest, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_file import PAGE
from skill_stack.core.shared_memory.block_words import BlockWords

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
SECOND = 10**9


class Clock:
    """Monotonic time that a test moves, ns."""

    now = 100 * SECOND

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def desk(clock, key=KEY, **others):
    return RunConfirmations(lambda: key, clock=clock, **others)


ASKED = SkillRequest("plan-1/2", "get_up", {"side": "left", "angle": 0.1}, pace=0.7)


def test_a_yes_counts_once(clock):
    run = desk(clock)
    request = run.confirm(ASKED)
    run.take(request)
    with pytest.raises(NotConfirmed, match="used already"):
        run.take(request)
    run.take(run.confirm(dataclasses.replace(ASKED, id="plan-1/3")))


@pytest.mark.parametrize("text", ["", SAID_YES, "1.2.3", "..", "x" * 300, "99999999999.aa.bb"])
def test_words_are_no_yes(clock, text):
    for run in (desk(clock), NoConfirmations()):
        with pytest.raises(NotConfirmed, match="get_up"):
            run.take(dataclasses.replace(ASKED, confirmation=text))


@given(
    change=st.sampled_from(
        [
            {"id": "plan-2/2"},
            {"id": "plan-1/3"},
            {"skill": "walk"},
            {"arguments": {"side": "right", "angle": 0.1}},
            {"arguments": {"side": "left", "angle": 0.2}},
            {"arguments": {}},
            {"pace": 1.0},
        ]
    )
)
def test_a_yes_is_for_just_that(change):
    run = desk(Clock())
    with pytest.raises(NotConfirmed, match="just that"):
        run.take(dataclasses.replace(run.confirm(ASKED), **change))


def test_a_yes_without_the_secret_is_none(clock):
    with pytest.raises(NotConfirmed, match="of this run"):
        desk(clock).take(confirmed(ASKED, OTHER, clock.now))


@pytest.mark.parametrize("age", [-1.0, LIFE + 1.0])
def test_a_yes_that_is_old_or_of_the_future_does_not_count(clock, age):
    run = desk(clock)
    clock.now += 50 * SECOND
    late = confirmed(ASKED, KEY, clock.now - round(age * SECOND))
    with pytest.raises(NotConfirmed, match="older"):
        run.take(late)


def test_a_yes_from_before_a_restart_of_the_connector_does_not_count(clock):
    before = desk(clock).confirm(ASKED)
    clock.now += SECOND
    with pytest.raises(NotConfirmed, match="older"):
        desk(clock).take(before)


def test_a_setpoint_is_vouched_for_by_the_yes_to_its_plan(clock):
    yes = desk(clock).confirm(ASKED).confirmation
    setpoint = SkillSetpoint("plan-1/2", 1, 1.0, "body", "plan", (SkillWeight("get_up"),), confirmation=yes)
    assert is_confirmed(setpoint, KEY) and not is_confirmed(setpoint, OTHER)
    assert not is_confirmed(dataclasses.replace(setpoint, request_id="plan-2/2"), KEY)
    assert not is_confirmed(dataclasses.replace(setpoint, confirmation=""), KEY)


def test_a_hand_is_on_as_long_as_it_drives(clock, monkeypatch):
    words = BlockWords(bytearray(PAGE))
    run = desk(clock, words=lambda: words)
    assert not run.hand_on()
    monkeypatch.setattr("skill_stack.core.processes.confirmation.time.monotonic_ns", clock)
    note_hand(words)
    assert run.hand_on()
    clock.now += round((HAND_LIFE + 0.1) * SECOND)
    assert not run.hand_on()
