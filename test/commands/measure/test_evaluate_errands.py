"""The parts of ``skill-stack eval errands``: all that the suite states are there, and score with what exists."""

import os

import pytest

from skill_stack.commands.measure.evaluate_errands import PARTS, _Scored
from skill_stack.core.data_file import read_yaml
from skill_stack.core.resources import Resources


def test_the_suite_states_robot_and_seeds_of_every_part():
    suite = read_yaml(Resources.from_environment(os.environ).find("config/scenarios/errands.yaml", "suite"))
    assert suite["parts"].keys() == PARTS.keys()


@pytest.mark.parametrize("name", [name for name, part in PARTS.items() if isinstance(part.rows, _Scored)])
def test_what_scores_a_part_on_demand_exists(name):
    rows = PARTS[name].rows
    assert callable(getattr(rows.found(), rows.method))
