"""What was stopped stays stopped, and nothing else counts as a stop."""

from skill_stack.connector.stops import StopLedger, plan_of


def test_a_stop_is_a_count_that_grew_since_it_was_known() -> None:
    ledger = StopLedger()
    assert not ledger.observe(5), "stops of before are nobody's"
    assert ledger.observe(6) and ledger.count == 6
    assert not ledger.observe(6)
    assert not ledger.observe(0), "the control process began anew"
    assert ledger.count == 0 and ledger.observe(1)


def test_a_stopped_request_takes_its_whole_plan_with_it() -> None:
    ledger = StopLedger()
    ledger.refuse("plan-a/3")
    assert ledger.refused("plan-a/3") and ledger.refused("plan-a/4") and not ledger.refused("plan-b/3")
    ledger.refuse("alone")
    assert ledger.refused("alone") and plan_of("alone") == "alone"


def test_the_last_hundred_plans_are_remembered() -> None:
    ledger = StopLedger()
    for number in range(101):
        ledger.refuse(f"plan-{number}/1")
    assert not ledger.refused("plan-0/2") and ledger.refused("plan-1/2") and ledger.refused("plan-100/2")
