"""Schedules of whole-body tasks that are searched."""

import numpy as np
import pytest
import torch
from tensordict import TensorDict

from skill_stack.core.errors import UnknownName
from skill_stack.training.blending.search import LARGEST, PLAIN, ScheduleTrial, search
from skill_stack.training.blending.settings import Beginning, BlendSettings
from skill_stack.training.teacher_search import SearchSettings, improve

NAMES = ("vx", "vy", "walk", "pose", "walk", "pose")


class Corridor:
    """Robots that are at the target by turns; who walks far from it and does not at it is rewarded."""

    names, inputs, decisions_a_second = NAMES, ("ahead", "calm", "walks"), 5.0

    def __init__(self, robots):
        self._robots, self._looks = robots, 0

    def get_observations(self):
        ahead = 1.0 if self._looks % 2 else 0.1
        return TensorDict({"actor": torch.tensor([[ahead, 0.0, 1.0]] * self._robots)}, [self._robots])

    def step(self, actions):
        wanted = 1.0 if self._looks % 2 else -1.0
        self._looks += 1
        return None, -((actions[:, 2] - wanted) ** 2), None, {}

    def done_by_robot(self):
        return np.full(self._robots, self._looks / 100.0)


def test_a_schedule_is_found_that_nobody_told():
    lines = []
    trial = ScheduleTrial(lambda: Corridor(32))
    found = trial.schedule(improve(trial, 32, 1, SearchSettings(25, 32, 100), lines.append))
    assert found.far["walk"] == pytest.approx(1.0, abs=0.2) and found.near["walk"] == pytest.approx(-1.0, abs=0.2)
    assert 0.1 < found.away < 1.0 and "did it" in lines[0]
    assert "vy" not in found.far, "no side is better than the other"


def test_a_search_may_begin_with_a_schedule_and_keeps_what_it_does_not_search():
    begin = Beginning(away=0.5, stays=0.1, far={"walk": 2.0}, near={"pose": 1.0}, calm={"pose": 2.0})
    trial = ScheduleTrial(lambda: Corridor(4), begin, 0.5)
    again = trial.schedule(trial.mean)
    assert (again.away, again.stays, again.far["walk"], again.calm["pose"]) == (0.5, 0.1, 2.0, 2.0)
    assert trial.spread.max() == 0.5
    wild = trial.schedule(trial.mean + 100.0)
    assert max(wild.far.values()) == LARGEST


def test_a_task_that_the_skill_does_not_have_is_named_with_those_it_has():
    settings = BlendSettings.model_construct(beginning={"box_press": PLAIN})
    with pytest.raises(UnknownName, match="box_press"):
        search(None, None, "blend_body", settings, "box_pres", 1, SearchSettings(), print)
