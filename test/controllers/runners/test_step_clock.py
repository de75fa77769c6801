"""StepClock: a robot that came to a halt at a bad moment of its gait comes to the next one at another."""

import itertools

import numpy as np

from skill_stack.controllers.policies.policy_contract import GaitPhase
from skill_stack.controllers.runners.step_clock import StepClock
from skill_stack.controllers.runners.step_watch import SETTLES
from test.controllers.runners.test_step_watch import reading

TICK = 0.02  # s
GAIT = GaitPhase(("left", "right"), (0.0, 0.5), 2.0, stand_below=0.1, stop_delay=0.8, wake_above=0.15)


def test_halts_that_do_not_last_come_at_all_phases_and_not_at_the_same_one_again():
    clock, halts = StepClock(GAIT, np.zeros(0, int)), []
    clock.start()
    clock.halt()
    for tick in range(400):
        ran = clock.runs
        speed = 0.5 if clock.left < -SETTLES else 0.0  # whoever halts is upset, and steps again
        clock.take(GAIT, 0.0, {})
        clock.feel(GAIT, reading(velocity=(speed, 0.0), at=tick * TICK), displaced=False, counter=None)
        clock.advance(TICK)
        if ran and not clock.runs:
            halts.append(clock.phase)
    apart = [abs((one - other + 0.5) % 1.0 - 0.5) for one, other in itertools.pairwise(halts)]
    assert len(halts) >= 5 and min(apart) > 0.2
    first = sorted(halts[:5])
    assert max((after - before) % 1.0 for before, after in itertools.pairwise([*first, first[0]])) < 0.45
