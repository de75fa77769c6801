"""Demands are read with quantity, parameters and unit, and judged at their worst value."""

import math

import pytest
from episode_records import record

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.evaluation.demand import UNMEASURED, Demand, judge
from skill_stack.evaluation.quantities import QUANTITIES


def test_a_demand_has_its_parts():
    demand = Demand.parse(" end_gap( ball ) >=  35 cm ")
    assert (demand.quantity, demand.parameters, demand.condition.value) == ("end_gap", ("ball",), pytest.approx(0.35))
    assert Demand.parse("end_way_error(1.0, -0.5) <= 0.1 m").parameters == ("1.0", "-0.5")
    assert Demand.parse("unvisited(ball, box) <= 0").quantity == "unvisited"


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("end_tilt", DataError, "write for example"),
        ("end_tilt <= 0.3", DataError, "is in rad, not in no unit"),
        ("end_tilt <= 0.3 m", DataError, "is in rad, not in m"),
        ("end_tilt <= much rad", DataError, "much"),
        ("end_tild <= 0.3 rad", UnknownName, "did you mean 'end_tilt'"),
        ("end_tilt <= 0.3 rad for 2 s", DataError, "write for example"),
    ],
)
def test_wrong_demands_say_what_would_do(text, error, says):
    with pytest.raises(error, match=says):
        Demand.parse(text)


def test_every_moment_must_pass():
    way = record(pitch=lambda t: 0.5 if 2.0 <= t < 2.02 else 0.0)
    judged = judge((Demand.parse("tilt <= 0.4 rad"), Demand.parse("end_tilt <= 0.1 rad")), way)
    assert not judged.passed
    assert judged.reason == "'tilt <= 0.4 rad' did not hold: 0.5"
    assert judged.measured == {"tilt": pytest.approx(0.5), "end_tilt": pytest.approx(0.0)}
    assert judge((Demand.parse("end_height >= 0.225 m"),), way).passed


def test_what_a_demand_lacks_is_a_share_of_its_limit():
    tall, near = Demand.parse("end_height >= 0.2 m"), Demand.parse("end_near(ball) <= 0.0 m")
    assert tall.lacking({"end_height": 0.2}) == 0.0 and tall.lacking({"end_height": 0.05}) == pytest.approx(0.75)
    assert near.lacking({"end_near(ball)": 0.2}) == pytest.approx(2.0), "a limit of 0 has no size"
    assert tall.lacking({}) == near.lacking({"end_near": 0.0}) == UNMEASURED > 0.0


def test_a_value_that_is_not_there_passes_nothing():
    for text in ("pace < 2", "pace > 0"):
        judged = judge((Demand.parse(text),), record())
        assert not judged.passed and "not there" in judged.reason
        assert judged.measured == {}


def test_a_broken_simulation_passes_nothing():
    assert not judge((Demand.parse("tilt <= 9 rad"), Demand.parse("end_height >= -9 m")), record(z=math.nan)).passed


def test_every_quantity_says_what_it_is():
    for name, quantity in QUANTITIES.items():
        assert quantity.what, name
        assert Demand.parse(f"{name} <= 1 {quantity.unit}").quantity == name
