"""How a switch that is seen from outside was led: by what the controller reports until the new skill runs."""

import numpy as np
import pytest

from skill_stack.commands.measure.through_nodes.switches import SeenSwitch
from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.runtime.episodes.errands.switch_episodes import LONGEST

ZERO = np.zeros(3)


def status(time, skill, request, progress=0.0):
    return SkillStatus(
        time, "body", skill, "", ControlMode.ACTIVE, "", progress, request, 0, 0, ZERO, np.array([1.0, 0, 0, 0]), ZERO,
        0.0, 0.0,
    )  # fmt: skip


def seen(*reports, first="sit", progress=0.5, wanted="lie"):
    """A switch that is asked for at 1 s, after which skills with their progress are reported every 0.1 s."""
    made = SeenSwitch(status(1.0, first, "first", progress), wanted)
    for number, (skill, at) in enumerate(reports):
        made.take(status(1.1 + 0.1 * number, skill, "then", at))
    return made


@pytest.mark.parametrize(
    ("reports", "choice"),
    [
        ([("lie", 0.0)], "at once"),
        ([("sit", 0.7), ("sit", 1.0), ("lie", 0.0)], "advance"),
        ([("sit", 0.55), ("sit", 0.3), ("sit", 0.0), ("lie", 0.0)], "roll back"),
        ([("sit", 0.5), ("rise", 0.2), ("rise", 1.0), ("lie", 0.0)], "leave through"),
    ],
)
def test_what_drives_meanwhile_shows_how_the_first_skill_was_left(reports, choice):
    made = seen(*reports)
    assert made.choice(same=False) == choice and made.choice(same=True) == ""
    assert made.seconds == pytest.approx(0.1 * len(reports))


def test_a_walk_slows_down_by_its_stance_and_a_posture_is_left_through_it():
    reports = [("stand", 0.0), ("lie", 0.0)]
    for stance, choice in (("stand", "slow down"), ("", "leave through")):
        made = SeenSwitch(status(1.0, "walk", "first"), "lie", stance)
        for number, (skill, at) in enumerate(reports):
            made.take(status(1.1 + 0.1 * number, skill, "then", at))
        assert made.choice(same=False) == choice


def test_what_never_runs_took_the_longest_time_and_old_reports_count_for_nothing():
    made = seen(("sit", 0.6), ("sit", 0.8))
    made.take(status(0.9, "lie", "then"))
    made.take(status(2.0, "lie", "first"))
    assert made.ran is None and made.seconds == LONGEST
