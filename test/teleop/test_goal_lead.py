"""A goal that changes is led: one request, its changes, a pause after a refusal, and nothing once nobody leads."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.teleop.goal_lead import AGAIN, LARGEST, GoalLead, posture_goal


class Connector:
    """Keeps what it is sent; refuses changes when told so."""

    def __init__(self) -> None:
        self.now = 10.0
        self.started: list[SkillRequest] = []
        self.changed: list[SkillRequest] = []
        self.refuses = ""

    def start(self, request: SkillRequest) -> None:
        self.started.append(request)

    def change(self, request: SkillRequest, refused: Callable[[str], None]) -> None:
        self.changed.append(request)
        if self.refuses:
            refused(self.refuses)


@pytest.fixture
def connector() -> Connector:
    return Connector()


@pytest.fixture
def lead(connector: Connector) -> GoalLead:
    return GoalLead("test", connector.start, connector.change, lambda: connector.now)


def shown(value: float, skill: str = "follow_fingers"):
    return posture_goal(skill, [value, 0.0])


def test_one_request_is_changed_as_far_as_it_matters(lead: GoalLead, connector: Connector) -> None:
    for value in (0.0, 0.02, 0.5):
        lead.wanted = shown(value)
        lead.turn()
    (begun,), (changed,) = connector.started, connector.changed
    assert begun.arguments == {"s1": 0.0, "s2": 0.0} and changed.arguments == {"s1": 0.5, "s2": 0.0}
    assert changed.id == begun.id and lead.taken == 2


def test_coordinates_beyond_what_skills_take_are_told_as_the_largest(lead: GoalLead) -> None:
    assert posture_goal("x", [7.5, -9.0, 1.0]).goal == {"s1": LARGEST, "s2": -LARGEST, "s3": 1.0}


def test_after_a_refusal_it_waits_and_begins_anew(lead: GoalLead, connector: Connector) -> None:
    lead.wanted = shown(0.0)
    lead.turn()
    connector.refuses = "no"
    lead.wanted = shown(1.0)
    lead.turn()
    assert lead.problem == "no" and lead.request is None
    lead.turn()
    assert len(connector.started) == 1
    connector.now += AGAIN
    lead.turn()
    assert len(connector.started) == 2 and connector.started[1].id != connector.started[0].id


def test_a_motion_that_has_ended_is_a_new_request_next_time(lead: GoalLead, connector: Connector) -> None:
    lead.wanted = shown(0.0)
    lead.turn()
    lead.ended(StepOutcome("another", "follow_fingers", "failed", "?"))
    assert lead.request is not None
    lead.ended(StepOutcome(connector.started[0].id, "follow_fingers", "succeeded", ""))
    assert lead.request is None and not lead.problem
    lead.wanted = shown(1.0)
    lead.turn()
    assert len(connector.started) == 2


def test_who_leaves_is_told_what_to_end_and_may_come_back(lead: GoalLead, connector: Connector) -> None:
    assert lead.leave() == ""
    lead.wanted = shown(0.0)
    lead.turn()
    begun = connector.started[0].id
    assert lead.leave() == begun
    lead.turn()
    lead.ended(StepOutcome(begun, "follow_fingers", "interrupted", "asked for"))
    assert not lead.problem
    lead.wanted = shown(0.0)
    lead.turn()
    assert len(connector.started) == 2
