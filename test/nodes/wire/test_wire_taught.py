"""Facts that people told, as messages."""

import pytest

pytest.importorskip("skill_stack_interfaces", reason="needs the stack's messages")

from skill_stack.core.errors import DataError
from skill_stack.nodes.wire.wire_taught import taught_message, taught_of
from skill_stack.planner.dialogue.records.taught_facts import TaughtFact
from skill_stack_interfaces.msg import TaughtFact as FactMessage
from skill_stack_interfaces.msg import TaughtFacts as FactsMessage

FACTS = [
    TaughtFact("belongs_to(cup, speaker)", "the cup is mine", "home", (1.0, 2.0, 0.5), 1.75e9, "ann", 7),
    TaughtFact("on(cup, table)", "it is on the table", "home"),
]


def test_facts_come_back_as_they_were_told() -> None:
    assert taught_of(taught_message(FACTS)) == FACTS
    assert taught_of(taught_message([])) == []


@pytest.mark.parametrize(
    "wrong", [{"fact": ""}, {"fact": "on(cup"}, {"fact": "on(cup, table)", "at": [1.0, 2.0]}]
)
def test_what_is_no_fact_is_refused(wrong) -> None:
    with pytest.raises(DataError):
        taught_of(FactsMessage(facts=[FactMessage(**wrong)]))
