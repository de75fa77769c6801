"""Facts that people stated, between planner and scene."""

from __future__ import annotations

from collections.abc import Iterable

from skill_stack.core.errors import DataError
from skill_stack.core.world.fact import Literal
from skill_stack.nodes.wire.wire_basics import seconds_of, time_message
from skill_stack.planner.dialogue.records.taught_facts import TaughtFact
from skill_stack_interfaces.msg import TaughtFact as FactMessage
from skill_stack_interfaces.msg import TaughtFacts as FactsMessage


def taught_message(facts: Iterable[TaughtFact]) -> FactsMessage:
    """Stated facts, as a message."""
    return FactsMessage(
        facts=[
            FactMessage(
                fact=one.fact, words=one.words, scene=one.scene, at=list(one.at or ()), said=time_message(one.said),
                person=one.operator, id=one.id,
            )
            for one in facts
        ]
    )  # fmt: skip


def taught_of(message: FactsMessage) -> list[TaughtFact]:
    """Stated facts; raises DataError for an invalid fact or place."""
    return [_fact(one) for one in message.facts]


def _fact(one: FactMessage) -> TaughtFact:
    Literal.parse(one.fact)
    if len(one.at) not in (0, 3):
        raise DataError(f"the robot was at x, y and yaw, or nobody knows where; not at {len(one.at)} numbers")
    at = (float(one.at[0]), float(one.at[1]), float(one.at[2])) if one.at else None
    return TaughtFact(one.fact, one.words, one.scene, at, seconds_of(one.said), one.person, one.id)
