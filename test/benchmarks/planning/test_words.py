"""Words of any kind: a small run over every library of the tests, and what the tally makes of a bad planner."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.benchmarks.planning.words import WordsTally, listeners, rows, tally
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode

DEV = Path(__file__).resolve().parents[2] / "data" / "language" / "dev"


@pytest.fixture(scope="module")
def some(tmp_path_factory):
    """Four of the libraries, which load in a moment, and the robot's own."""
    folder = tmp_path_factory.mktemp("libraries")
    for path in (path for name in ("bench", "desk", "dog", "home") for path in DEV.glob(f"{name}.*")):
        (folder / path.name).symlink_to(path)
    return listeners(folder)


@pytest.mark.slow
def test_mutated_sentences_raise_nothing_and_give_plans_that_hold():
    result = tally(listeners(), 360, 600.0)
    assert result.asked == 360 and result.plans > 30
    assert not result.raised and not result.failed, rows(result)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=80), at=st.integers(0, 4))
def test_any_text_is_answered(some, text, at):
    one = some[at]
    assert one.planner.plan(Instruction(text), one.scene, one.facts).reason


def test_a_planner_that_raises_or_lies_is_seen(some):
    own, result = next(one for one in some if one.name == "desk"), WordsTally()

    def raises(*_):
        raise KeyError("x")

    lying = Plan("p", "sit", "plan", PlanNode("skill", skill="grasp", arguments={"object": "red_block"}), reason="so")
    bad = SimpleNamespace(plan=raises, library=own.planner.library)
    result.ask(SimpleNamespace(name="bad", planner=bad, scene=own.scene, facts=own.facts), "sit")
    bad = SimpleNamespace(plan=lambda *_: lying, library=own.planner.library)
    result.ask(SimpleNamespace(name="bad", planner=bad, scene=own.scene, facts=own.facts), "sit")
    assert len(result.raised) == 1 and len(result.failed) == 1 and not rows(result)[0].holds
