"""Time from words to motion, stage by stage."""

import numpy as np
import pytest

from skill_stack.benchmarks.stack.stages import FIRST_ACTION, STAGES, TICK, StageClock, in_order, stage_rows


class Outer:
    def __init__(self, clock):
        self.clock = clock

    def work(self):
        self.clock[0] += 1.0
        self.help()
        self.clock[0] += 2.0

    def help(self):
        self.clock[0] += 5.0

    def fail(self):
        self.clock[0] += 3.0
        raise ValueError


def test_a_stage_has_its_own_time_alone_and_methods_are_restored():
    now, methods = [0.0], (Outer.work, Outer.help)
    clock, made = StageClock(lambda: now[0]), Outer(now)
    with clock.watching({(Outer, "work"): "work", (Outer, "help"): "help", (Outer, "fail"): "fail"}):
        made.work()
        made.help()
        with pytest.raises(ValueError):
            made.fail()
    made.work()
    assert clock.seconds == {"work": [3.0], "help": [5.0, 5.0], "fail": [3.0]}
    assert (Outer.work, Outer.help) == methods


def test_the_slowest_stage_is_named_by_median_and_by_p99():
    rows = stage_rows({"quick": np.array([0.001] * 50 + [0.5]), "slow": np.full(50, 0.02)}, "how")
    found = {row.name: row for row in rows}
    assert found["stage: slow"].value == pytest.approx(20.0) and found["stage: quick"].note == "how"
    assert found["stage: quick, p99"].value > 200.0
    assert found["slowest stage, median"].value == pytest.approx(20.0)
    assert found["slowest stage, median"].note == "slow; by p99: quick"


def test_stages_are_told_in_the_order_in_which_words_pass_them():
    every = {name: np.ones(1) for name in (TICK, FIRST_ACTION, *STAGES.values())}
    assert list(in_order(every))[0].startswith("parse") and list(in_order(every))[-2:] == [FIRST_ACTION, TICK]
    assert set(in_order(every)) == set(every)


def test_every_stage_is_a_method_that_there_is():
    assert all(callable(getattr(owner, name)) for owner, name in STAGES)
