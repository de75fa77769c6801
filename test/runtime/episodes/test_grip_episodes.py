"""A hand on its gantry that is told something else while it closes on a thing or carries it."""

import os

import pytest

from skill_stack.core.resources import Resources
from skill_stack.evaluation.scores.switch_score import grip_choices
from skill_stack.runtime.episodes.errands.grip_episodes import GripEpisodes


@pytest.fixture(scope="module")
def episodes():
    return GripEpisodes(Resources.from_environment(os.environ), "gantry_allegro_right")


@pytest.mark.parametrize(
    ("seed", "choice"), [(5, "leave through"), (58, "roll back"), (10, "advance"), (2, "at once")]
)  # fmt: skip
def test_nothing_is_dropped_for_other_words(episodes, seed, choice):
    score = episodes.score(seed)
    assert (score.choice, score.reason) == (choice, "")
    assert not score.finished or score.seconds <= score.finished


def test_what_is_right_by_what_is_truly_held():
    assert grip_choices("holding in the air", "far") == {"leave through"}
    assert "at once" not in grip_choices("contact", "far") | grip_choices("contact", "near")
    assert "at once" in grip_choices("free", "far") & grip_choices("holding in the air", "near")
