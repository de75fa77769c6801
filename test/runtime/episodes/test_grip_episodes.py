"""A hand on its gantry that is told something else while it closes on a thing or carries it."""

import os
from dataclasses import replace

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.setpoint import ControlMode
from skill_stack.evaluation.scenes.grip_cases import grip_case
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


def test_fingers_that_report_no_load_are_named_and_go_on_holding(episodes):
    line, truth, wrong = episodes._begun(grip_case(5))
    assert (wrong, truth.look()) == ("", "holding in the air")
    hand = line.robot.indices(line.robot.parts[truth.part].joints)
    sample_of = line.device.sample

    def lying():
        sample = sample_of()
        torque = sample.torque.copy()
        torque[hand] = 0.0
        return replace(sample, torque=torque)

    line.device.sample = lying
    line.idle(2.0)
    status = line.statuses[truth.part]
    assert status.mode is ControlMode.STANCE and "than its target and measured position ask for" in status.reason
    line.idle(3.0)
    assert not truth.dropped and truth.look() == "holding in the air"


def test_what_is_right_by_what_is_truly_held():
    assert grip_choices("holding in the air", "far") == {"leave through"}
    assert "at once" not in grip_choices("contact", "far") | grip_choices("contact", "near")
    assert "at once" in grip_choices("free", "far") & grip_choices("holding in the air", "near")
