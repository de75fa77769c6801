"""What a soak concludes from windows that the test makes up."""

import numpy as np
import pytest

from skill_stack.benchmarks.stack.soak_record import SoakWindow
from skill_stack.benchmarks.stack.soak_rows import growth_rows

RATE = 500.0
MINUTES = 30


def windows(memory=lambda minute: 50.0, late=lambda minute: 0.05, tick=lambda minute: 0.3, machine=lambda minute: 1.0):
    """Made up minutes; ``machine`` is the factor by which everything takes longer than on an idle one."""
    rng = np.random.default_rng(1)
    return [
        SoakWindow(
            60.0,
            60.0 * minute,
            {"control": memory(minute) + 0.01 * rng.standard_normal()},
            (late(minute) + 0.1 * machine(minute)) * rng.uniform(0.5, 1.5, 2000),
            tick(minute) * machine(minute) * rng.uniform(0.9, 1.1, 2000),
            machine(minute) * np.array([[0.1], [0.2]]) * rng.uniform(0.9, 1.1, (2, 2000)),
        )
        for minute in range(1, MINUTES + 1)
    ]


def verdicts(found, judged=True):
    return {row.name: row.holds for row in growth_rows(found, RATE, judged)}


def judged_rows(found):
    return [row for row in growth_rows(found, RATE, True) if row.limit is not None]


def test_what_stays_as_it_is_holds():
    assert {row.holds for row in judged_rows(windows())} == {True}


def test_a_machine_that_others_make_slower_is_no_growth():
    slower = windows(machine=lambda minute: 1.0 + minute / 30)
    assert {row.holds for row in judged_rows(slower)} == {True}
    absolute = {row.name: row.value for row in growth_rows(slower, RATE, True)}
    assert absolute["tick median: growth"] > 5.0
    assert absolute["reference loop: turn median: growth"] > 5.0


def test_a_leak_of_four_mebibytes_an_hour_is_found():
    leak = windows(memory=lambda minute: 50.0 + 4.0 * minute / 60)
    row = next(row for row in growth_rows(leak, RATE, True) if row.name == "control: growth")
    assert row.holds is False and row.value == pytest.approx(4.0, abs=0.2)
    assert row.spread[0] <= row.value <= row.spread[1]


def test_what_is_filled_in_the_first_minutes_is_no_leak():
    assert verdicts(windows(memory=lambda minute: 30.0 + 20.0 * min(minute / 3, 1.0)))["control: growth"] is True


def test_one_odd_minute_is_no_trend():
    assert {row.holds for row in judged_rows(windows(late=lambda minute: 5.0 if minute == 20 else 0.05))} == {True}


@pytest.mark.parametrize("which", ["late", "tick"])
def test_timing_that_creeps_is_found(which):
    found = verdicts(windows(**{which: lambda minute: 0.05 + 0.4 * minute / 60}))
    assert list(found.values()).count(False) == 1


def test_a_short_run_is_not_judged():
    assert set(verdicts(windows(memory=lambda minute: 50.0 + minute), judged=False).values()) == {None}
