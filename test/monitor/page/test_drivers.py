"""The wheel: one driver at a time, handed over when asked, and nothing moves by a hand that is silent."""

import pytest

from skill_stack.monitor.page.drivers import HOLD, REST, Wheel

AHEAD = (0.5, 0.0, 0.1)


@pytest.fixture
def wheel():
    made = Wheel()
    assert made.ask("a") == ""
    return made


def test_a_hand_that_is_silent_holds_nothing(wheel):
    assert wheel.drive("a", AHEAD, 1.0) == ""
    assert wheel.wanted(1.0 + HOLD) == AHEAD and wheel.wanted(1.01 + HOLD) == REST


def test_one_drives_at_a_time(wheel):
    wheel.drive("a", AHEAD, 1.0)
    assert "ask for the wheel" in wheel.drive("b", (-1.0, 0.0, 0.0), 1.0)
    assert wheel.wanted(1.0) == AHEAD


def test_it_is_handed_over_when_the_driver_grants_it(wheel):
    wheel.drive("a", AHEAD, 1.0)
    assert wheel.ask("b") == "" and (wheel.driver, wheel.asking) == ("a", "b")
    assert "b has asked" in wheel.ask("c")
    assert wheel.grant("b") and wheel.grant("a") == ""
    assert (wheel.driver, wheel.asking) == ("b", None)
    assert wheel.wanted(1.0) == REST, "what the last hand held is not the next one's"


def test_the_driver_may_deny_and_may_let_go(wheel):
    wheel.ask("b")
    assert wheel.deny("b") and wheel.deny("a") == "" and (wheel.driver, wheel.asking) == ("a", None)
    assert wheel.grant("a") == "nobody asks for the wheel"
    wheel.ask("b")
    assert wheel.give("c") and wheel.give("a") == "" and wheel.driver == "b"
    assert wheel.give("b") == "" and wheel.driver is None


def test_it_can_be_taken(wheel):
    wheel.ask("b")
    wheel.drive("a", AHEAD, 1.0)
    wheel.take("c")
    assert (wheel.driver, wheel.asking, wheel.wanted(1.0)) == ("c", "b", REST)


def test_after_a_stop_a_hand_has_to_let_go_first(wheel):
    wheel.drive("a", AHEAD, 1.0)
    wheel.halt()
    assert wheel.wanted(1.0) == REST
    for tick in range(1, 40):
        assert "let go" in wheel.drive("a", AHEAD, 1.0 + 0.05 * tick) and wheel.wanted(1.0 + 0.05 * tick) == REST
    assert wheel.drive("a", REST, 3.0) == "" and wheel.drive("a", AHEAD, 3.05) == "" and wheel.wanted(3.05) == AHEAD
    wheel.halt()
    assert wheel.drive("a", AHEAD, 3.1) and wheel.drive("a", AHEAD, 3.11 + HOLD) == ""


def test_who_leaves_lets_go(wheel):
    wheel.ask("b")
    wheel.drive("a", AHEAD, 1.0)
    wheel.leave("a")
    assert (wheel.driver, wheel.asking, wheel.wanted(1.0)) == ("b", None, REST)
    wheel.ask("c")
    wheel.leave("c")
    wheel.leave("b")
    assert (wheel.driver, wheel.asking) == (None, None)
