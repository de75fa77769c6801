"""Changes are noticed soon, and seldom where there is none."""

import numpy as np
import pytest

from skill_stack.connector.selection.change_detector import ChangeDetector


def alarms(outcomes):
    detector = ChangeDetector()
    return [number for number, one in enumerate(outcomes) if detector.add(bool(one)) is not None]


@pytest.mark.parametrize("success", [0.5, 0.8, 0.95, 1.0])
def test_seldom_an_alarm_without_a_change(success):
    rng = np.random.default_rng(3)
    false = sum(bool(alarms(rng.random(200) < success)) for _ in range(60))
    assert false <= 6  # of 60; 5 % are declared


@pytest.mark.parametrize(("before", "after", "median"), [(0.95, 0.2, 10), (0.2, 0.95, 12), (1.0, 0.4, 12)])
def test_a_change_is_noticed_within_a_few_runs(before, after, median):
    rng = np.random.default_rng(4)
    delays = []
    for _ in range(40):
        outcomes = np.concatenate([rng.random(60) < before, rng.random(60) < after])
        late = [at - 59 for at in alarms(outcomes) if at >= 60]
        delays.append(late[0] if late else 60)
    assert np.median(delays) <= median


def test_after_an_alarm_it_begins_anew():
    assert len(alarms([1] * 40 + [0] * 40)) == 1
