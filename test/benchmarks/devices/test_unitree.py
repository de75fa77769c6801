import pytest

pytest.importorskip("cyclonedds", reason="the extra 'unitree' is not installed")

from skill_stack.benchmarks.devices.unitree import _measure


def test_both_ends_understand_each_other():
    rows = {row.name: row for row in _measure("g1", True, 0.3)}
    refused = rows["g1: messages that the other end refused"]
    assert refused.holds and refused.value == 0.0 and "of 0 commands" not in refused.note
    assert rows["g1: read and write"].limit == 300.0
    assert rows["g1: cycles with a new state"].value > 0.0
