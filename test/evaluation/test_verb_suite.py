"""The suite of verbs that no skill has."""

import json
from pathlib import Path

import pytest

from skill_stack import cli
from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError
from skill_stack.evaluation.verb_suite import VerbSuite, load_verb_suite
from skill_stack.runtime.episodes.rewards import template_episode

SUITE = Path(__file__).parents[2] / "config" / "scenarios" / "verbs.yaml"
PLAIN = {"name": "v", "description": "d", "through": "verbs", "robot": "g1", "seeds": "1", "enough": 0.5}


def test_right_is_what_the_list_says():
    suite = load_verb_suite(SUITE)
    assert len(suite.verbs) == 16
    assert suite.right({"stir": "circling", "knock": "tapping", "wipe": "sawing"}) == ["stir", "knock"]


@pytest.mark.parametrize(
    ("verbs", "told"), [({"blorp": ["circling"]}, "verbs.blorp"), ({"stir": ["swirling"]}, "not swirling")]
)
def test_verbs_and_templates_must_be_known(verbs, told):
    with pytest.raises(DataError, match=told):
        parse_model(VerbSuite, {**PLAIN, "verbs": verbs}, "suite")


def test_the_command_tells_what_is_right_by_which_way(monkeypatch, capsys):
    """The robot's motions are taken as they are stated; that takes no simulation."""
    from skill_stack.motion.templates.template_verbs import own_looks

    def stated(robot, library, planner, motion, setup):
        return template_episode.TemplateRun("" if motion != "sawing" else "it fell", own_looks()[motion], 0.01)

    monkeypatch.setattr(template_episode, "run_template", stated)
    assert cli.main(["eval", "verbs", "--seeds", "1,2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["picks"]) == {"words", "motion", "both"} and told["picks"]["both"]["stir"] == "circling"
    assert "sawing" not in told["picks"]["motion"].values(), "what was not done has no look"
    assert told["motions"]["sawing"] == {"runs": 2, "done": 0, "off": 0.01, "reason": "it fell"}
    assert cli.main(["eval", "verbs", "--task", "blorp"]) == 1
    assert "blorp" in capsys.readouterr().err
