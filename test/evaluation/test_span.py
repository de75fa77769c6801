"""Ranges are read with their units, and what does not fit is refused with what would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.evaluation.span import parse_span


@pytest.mark.parametrize(
    ("text", "unit", "span"),
    [
        ("0 to 20 ms", "s", (0.0, 0.02)),
        ("-1.5 to 1.5 kg", "kg", (-1.5, 1.5)),
        ("−8 to 2 cm", "m", (-0.08, 0.02)),
        ("0.4 to 1.3", "", (0.4, 1.3)),
        (2, "", (2.0, 2.0)),
        ("2 kg", "kg", (2.0, 2.0)),
        ("-90 to 90 deg", "rad", (-1.5707963, 1.5707963)),
    ],
)
def test_ranges_are_read_in_si(text, unit, span):
    assert parse_span(text, unit) == pytest.approx(span)


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        ("0 to 20", "s", "no unit, not in s"),
        ("0 to 20 m", "s", "in m, not in s"),
        ("0 to 20 parsec", "m", "in parsec, not in m"),
        ("20 to 0 ms", "s", "from the larger"),
        ("much", "s", "write for example '0 to 1 s'"),
        (True, "", "not a range"),
        (None, "", "not a range"),
        ([0, 1], "", "not a range"),
    ],
)
def test_what_is_no_range_says_why(text, unit, says):
    with pytest.raises(ValueError, match=says):
        parse_span(text, unit)


@given(st.floats(-1e3, 1e3), st.floats(0, 1e3))
def test_what_is_written_is_read(low, width):
    low = round(low, 3)
    high = round(low + width, 3)
    assert parse_span(f"{low:.3f} to {high:.3f} m/s", "m/s") == pytest.approx((low, high), abs=1e-9)
