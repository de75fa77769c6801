"""What connector and perception tell one another."""

from __future__ import annotations

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.search_progress import SearchProgress
from skill_stack.core.world.seen_outcome import VIOLATED, SeenOutcome
from skill_stack.nodes.wire.wire_sight import (
    Running,
    lookout_of,
    lookout_text,
    running_of,
    running_text,
    seen_of,
    seen_text,
)


def test_everything_comes_back_as_it_was_said() -> None:
    running = Running((SkillRequest("p/1", "look_for", {"what": "red ball", "path": 20.0}),), ("p/0",))
    assert running_of(running_text(running)) == running
    lookout = SearchProgress("p/1", "looking", Pose2(1.0, 2.0, 3.0), 2)
    assert lookout_of(lookout_text(lookout)) == lookout
    seen = SeenOutcome("p/1", "failed", "on(a, b)", "a is beside b", 2)
    assert seen_of(seen_text(seen)) == seen


@pytest.mark.parametrize("read", [running_of, lookout_of, seen_of])
@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"requests": [1], "judge": []}', '{"answer": "perhaps"}'])
def test_what_says_something_else_is_refused(read, text: str) -> None:
    with pytest.raises(DataError):
        read(text)


def test_a_verdict_changes_what_a_skill_took_for_a_success() -> None:
    done = StepOutcome("p/1", "put_on", "succeeded")
    assert SeenOutcome("p/1", "succeeded").applied(done) == done
    failed = SeenOutcome("p/1", "failed", "on(a, b)", "a is beside b").applied(done)
    assert (failed.outcome, failed.reason) == ("failed", "a is beside b")
    assert failed.violated == f"{VIOLATED} on(a, b)"
    unsure = SeenOutcome("p/1", "cannot tell", "", "a was not seen since").applied(done)
    assert unsure.outcome == "succeeded" and "a was not seen since" in unsure.reason
