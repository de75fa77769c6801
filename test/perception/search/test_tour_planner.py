import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.perception.search.tour_planner import MOST, best_order


def _on_a_line(places, here=0.0):
    at = np.array(places, float)
    return np.abs(at - here), np.abs(at[:, None] - at[None, :])


def test_what_lies_on_the_way_is_not_passed_by():
    start, between = _on_a_line([4.0, 1.0, 2.0])
    order = best_order(start, between, np.array([0.3, 0.3, 0.3]), np.zeros(3), 0.1)
    assert order == (1, 2, 0)


def test_the_near_end_comes_before_the_far_one():
    start, between = _on_a_line([-1.0, 6.0])
    assert best_order(start, between, np.array([0.3, 0.7]), np.zeros(2), 0.0) == (0, 1)


def test_a_tour_ends_where_the_rest_is():
    start, between = _on_a_line([-2.0, 2.0])
    rest = np.array([9.0, 1.0])
    assert best_order(start, between, np.array([0.1, 0.1]), rest, 0.8) == (0, 1)


def test_what_is_much_likelier_may_come_first():
    start, between = _on_a_line([-2.0, 2.5])
    assert best_order(start, between, np.array([0.01, 0.99]), np.zeros(2), 0.0) == (1, 0)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=5))
def test_every_place_is_gone_to_once(places):
    start, between = _on_a_line(places)
    order = best_order(start, between, np.full(len(places), 0.1), np.zeros(len(places)), 0.0)
    assert sorted(order) == list(range(len(places)))


@pytest.mark.parametrize("count", [0, MOST + 1])
def test_other_numbers_of_places_are_refused(count):
    with pytest.raises(ValueError, match=str(count)):
        best_order(np.zeros(count), np.zeros((count, count)), np.zeros(count), np.zeros(count), 0.0)
