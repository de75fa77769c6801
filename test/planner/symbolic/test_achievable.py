"""What nothing brings about is told at once, down to its cause."""

import pytest

from skill_stack.core.world.fact import Fact, Literal
from skill_stack.planner.notations.library_file import read_library
from skill_stack.planner.symbolic.achievable import Achievable

SKILLS = """
facts: []
skills:
- {name: go, args: [place], effects: ["at(robot, $place)"]}
- name: grasp
  args: [thing]
  preconditions: ["at(robot, $thing)", "charged(robot)"]
  effects: ["holding(robot, $thing)"]
- {name: place, args: [thing], preconditions: ["holding(robot, $thing)"], effects: ["put($thing)"]}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    file = tmp_path_factory.mktemp("achievable") / "library.yaml"
    file.write_text(SKILLS)
    return read_library(file)[0]


def test_a_chain_that_lacks_its_first_link_is_named_by_it(library):
    lacking = Achievable(library, frozenset()).lacking([Literal.parse("holding(robot, cup)")])
    assert lacking is not None
    assert (str(lacking.wanted), lacking.skill, str(lacking.needs)) == (
        "holding(robot, cup)",
        "grasp",
        "charged(robot)",
    )


def test_what_no_skill_speaks_of_is_named_by_itself(library):
    lacking = Achievable(library, frozenset()).lacking([Literal.parse("painted(cup)")])
    assert lacking is not None and str(lacking.wanted) == "painted(cup)" and not lacking.skill


def test_nothing_is_lacking_where_each_link_may_be_had(library):
    facts = frozenset({Fact("charged", ("robot",))})
    wants = [Literal.parse("put(cup)"), Literal.parse("at(robot, hall)"), Literal.parse("not put(plate)")]
    assert Achievable(library, facts).lacking(wants) is None
