import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.core.skills.condition import Condition, ConditionWatch


def test_units_become_si():
    assert Condition.parse("heading_error <= 90 deg").value == pytest.approx(math.pi / 2)
    assert Condition.parse("distance < 25 cm for 0.5 s").value == pytest.approx(0.25)
    assert Condition.parse("distance < 25 cm for 0.5 s").hold == 0.5
    assert Condition.parse("progress >= 1.0 for 0.3 s").hold == 0.3
    assert Condition.parse("remaining <= 0 s").value == 0.0


@pytest.mark.parametrize("text", ["", "speed", "speed == 1", "speed < fast", "speed < 1 furlong", "< 1", "a < 1 for s"])
def test_other_forms_are_refused(text):
    with pytest.raises(DataError):
        Condition.parse(text)


def test_a_missing_or_nan_signal_is_never_true():
    condition = Condition.parse("speed >= 0 m/s")
    assert not condition.compare({})
    assert not condition.compare({"speed": math.nan})
    assert condition.compare({"speed": 0.0})


def test_hold_time_starts_again_after_a_break():
    watch = ConditionWatch.from_texts(["speed <= 0.1 m/s for 0.5 s"])
    assert watch.update({"speed": 0.0}, 0.0) == ()
    assert watch.update({"speed": 1.0}, 0.4) == ()
    assert watch.update({"speed": 0.0}, 0.5) == ()
    assert watch.update({"speed": 0.0}, 0.9) == ()
    assert watch.update({"speed": 0.0}, 1.0) == ("speed <= 0.1 m/s for 0.5 s",)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_comparisons_agree_with_python(value, limit):
    text = f"{limit:.3f}"
    assert Condition.parse(f"x <= {text}").compare({"x": value}) == (value <= float(text))
    assert Condition.parse(f"x > {text}").compare({"x": value}) == (value > float(text))
