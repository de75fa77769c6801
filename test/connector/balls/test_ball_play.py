"""What a player is told of a ball has an order, an horizon, and a way to turn to a ball that is lost."""

import numpy as np
import pytest

from skill_stack.connector.balls.ball_play import FAR, LABELS, TOLD, observe, searching


def test_what_is_told_is_in_order_and_ends_at_the_horizon() -> None:
    place = [np.array([value], float) for value in ((0.5, 0.1), (0.4, -0.2), (30.0, 0.0))]
    row = observe(*place, np.array([LABELS.index("kick")]))[0]
    assert dict(zip(TOLD, row, strict=True)) == pytest.approx(
        {"ball_ahead": 0.5, "ball_aside": 0.1, "ball_vx": 0.4, "ball_vy": -0.2, "goal_ahead": FAR, "goal_aside": 0.0}
        | {"dribble": 0.0, "kick": 1.0, "stop": 0.0}
    )


def test_a_lost_ball_is_one_beside_that_is_to_be_stopped() -> None:
    rows = searching(np.array([1.0, -1.0]))
    left, right = (dict(zip(TOLD, row, strict=True)) for row in rows)
    assert left["stop"] == 1.0 and left["ball_ahead"] == 0.0 and left["ball_aside"] > 0.0 > right["ball_aside"]
