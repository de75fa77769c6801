"""Messages of any kind to a running stack: no process ends, and what was dropped is told."""

import pytest

pytest.importorskip("rclpy")

from skill_stack.benchmarks.stack.messages import throw
from skill_stack.benchmarks.stack.running_stack import running_stack

COUNT = 600


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_no_process_ends_of_what_it_is_sent():
    with running_stack(ready=300.0) as stack:
        thrown = throw(stack, COUNT, seed=2)
        assert thrown.ended == ()
        assert sum(thrown.sent.values()) == COUNT and len(thrown.sent) > 15
        said = " ".join(thrown.refused)
        assert all(f"{node} border" in said for node in ("controller", "connector", "planner", "scene")), said
        assert sum(thrown.refused.values()) > COUNT / 10
