"""Ways that something blocks, and rooms that change, with the whole robot in one process."""

import os

import pytest

from skill_stack.core.resources import Resources
from skill_stack.runtime.episodes.errands.blocked_episodes import BlockedEpisodes
from skill_stack.runtime.episodes.errands.room_episodes import RoomEpisodes


@pytest.fixture(scope="module")
def blocked():
    return BlockedEpisodes(Resources.from_environment(os.environ), "go2")


@pytest.mark.parametrize("seed", [4, 9, 11])
def test_what_may_be_moved_is_moved_and_the_rest_told(blocked, seed):
    score = blocked.score(seed)
    assert score.done, score.reason
    assert score.without == (score.kind == "left: refused")


def test_a_door_that_was_found_closed_is_not_tried_again():
    score = RoomEpisodes(Resources.from_environment(os.environ), "go2").score(5)
    assert score.reached, score.reason
    assert score.retried == 0 and score.known > 0.0
