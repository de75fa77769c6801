"""Measured episodes are repeated, and what came out otherwise is named."""

import json

import pytest

from skill_stack.cli import main
from skill_stack.commands.skills.try_measured import compared
from skill_stack.evaluation.episode import Episode

MEASURED = {"seeds": "1-100", "interval": [0.93, 0.998], "failures": [{"seed": 3, "reason": "fell"}]}


def episodes(*failed, count=20):
    return [Episode("turn", seed, seed not in failed, "succeeded") for seed in range(1, count + 1)]


def test_the_same_outcomes_agree():
    verdict = compared(episodes(3), MEASURED)
    assert (verdict["agrees"], verdict["otherwise"], verdict["successes"]) == (True, [], 19)


def test_other_outcomes_are_named_and_agree_within_the_interval_alone():
    assert compared(episodes(3, 4), MEASURED) | {"otherwise": [4], "agrees": True} == compared(episodes(3, 4), MEASURED)
    assert compared(episodes(*range(1, 15)), MEASURED)["agrees"] is False
    assert compared(episodes(1, count=1), MEASURED)["agrees"] is False, "one episode is the same or it is not"
    assert compared(episodes(), {})["agrees"] is True, "nothing was measured that it could contradict"


def test_a_measured_episode_is_repeated(capsys):
    assert main(["try", "rise", "--episode", "3", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["episodes"], data["agrees"], data["otherwise"]) == (1, True, [])
    assert data["runs"][0]["world"]["friction"] > 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["fly", "--episode", "1"], "rise"),
        (["rise", "--measured", "0"], "at least 1"),
    ],
)
def test_what_cannot_be_repeated_says_why(arguments, says, capsys):
    assert main(["try", *arguments]) != 0
    assert says in capsys.readouterr().err
