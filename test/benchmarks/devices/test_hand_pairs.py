"""Grasps in pairs: what counts as held, and what is concluded of both ways."""

import math

import pytest

pytest.importorskip("dynamixel_sdk")

from skill_stack.benchmarks.devices.hand_pairs import HeldObject, HoldTask, campaign, rows
from skill_stack.core.errors import UnknownName


def test_a_closed_hand_holds_upside_down_and_a_bowl_does_not():
    assert HoldTask("leap", "close_hand", math.pi).run(1, over_bus=False).held
    bowl = HoldTask("leap", "cradle", math.pi).run(1, over_bus=False)
    assert bowl.outcome == "succeeded" and not bowl.held


def test_a_seed_is_the_same_world_in_both_ways_and_another_seed_another_one():
    task = HoldTask("leap", "close_hand", 0.0, mass=0.3)
    assert task.setup(3) == task.setup(3) != task.setup(4)
    assert task.setup(3).objects[0].mass == 0.3


def test_what_is_not_there_is_named():
    with pytest.raises(UnknownName, match="allegro_right"):
        HoldTask("go2", "close_hand", 0.0)
    with pytest.raises(UnknownName, match="close_hand"):
        HoldTask("leap", "juggle", 0.0)


def outcomes(direct, bus):
    return [
        HeldObject(seed, way, held, "succeeded", 0.01)
        for way, held_by in (("direct", direct), ("bus", bus))
        for seed, held in enumerate(held_by)
    ]


def test_equal_success_holds_and_a_bus_that_spoils_it_is_found():
    equal = {row.name: row for row in rows(outcomes([True] * 18 + [False] * 2, [True] * 17 + [False] * 3), "x")}
    assert equal["x: probability that chance explains the difference"].holds
    worse = {row.name: row for row in rows(outcomes([True] * 20, [True] * 10 + [False] * 10), "x")}
    assert worse["x: probability that chance explains the difference"].holds is False
    assert worse["x, bus: held for 5 s"].value == 50.0


def test_pairs_go_on_where_they_ended(tmp_path):
    class Task:
        done: list = []

        def run(self, seed, over_bus):
            self.done.append((seed, over_bus))
            return HeldObject(seed, "bus" if over_bus else "direct", True, "succeeded", 0.0)

    said = []
    campaign(Task(), [1], tmp_path / "tries.jsonl", said.append)
    assert len(campaign(Task(), [1, 2], tmp_path / "tries.jsonl", said.append)) == 4
    assert Task.done == [(1, False), (1, True), (2, False), (2, True)] and len(said) == 4
