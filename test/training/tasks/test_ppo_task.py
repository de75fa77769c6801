"""A discount that grows while it learns."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from skill_stack.training.tasks.ppo_task import GrowingDiscount, PpoTask


def test_a_discount_stays_or_grows_to_that_of_the_task() -> None:
    assert {PpoTask(gamma=0.97).discount(iteration) for iteration in (0, 7, 900)} == {0.97}
    task = PpoTask(gamma=0.99, growing=GrowingDiscount(start=0.9, iterations=40))
    found = [task.discount(iteration) for iteration in range(60)]
    assert found[0] == pytest.approx(0.9) and found[20] == pytest.approx(1.0 - 0.1 ** 0.5 * 0.01 ** 0.5)
    assert all(one < other for one, other in zip(found[:40], found[1:41], strict=True))
    assert found[40:] == pytest.approx([0.99] * 20)


@pytest.mark.parametrize("gamma,start", [(0.9, 0.9), (0.9, 0.95), (1.0, 0.9)])
def test_a_discount_that_does_not_grow_is_refused(gamma: float, start: float) -> None:
    with pytest.raises(ValidationError, match="does not grow"):
        PpoTask(gamma=gamma, growing=GrowingDiscount(start=start, iterations=1))
