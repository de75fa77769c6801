"""No sequence of samples, setpoints and outputs gives a command that must never be."""

import math

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from skill_stack.benchmarks.control import properties
from skill_stack.benchmarks.control.properties import cases, count
from skill_stack.benchmarks.wild.case import WildCase, run_case
from skill_stack.benchmarks.wild.extreme_values import FIELDS, NAMES, NUMBERS
from skill_stack.benchmarks.wild.robots import random_robot, skills_of
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.controllers.safety.guards import Guards
from skill_stack.controllers.safety.mode_machine import ModeMachine
from skill_stack.controllers.safety.safety_layer import SafetyLayer
from skill_stack.core.setpoint import SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_words import Flags


def expect(*texts: str) -> None:
    """Goes on with cases until what they find holds every text."""
    found = ""
    for number, verdict in enumerate(cases(0)):
        found += " ".join(verdict.problems)
        if all(text in found for text in texts):
            return
        assert number < 1000, f"{texts} not in: {found}"


def test_random_cases_give_nothing_that_must_never_be_and_go_on_where_they_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(properties, "PIECE", 30)
    found = count(60, 0, tmp_path / "pieces")
    assert not found.bad, found.problems
    assert found.active > 0.3 * found.ticks, "cases that never drive show nothing"
    assert [row.value for row in found.rows()][0::2] == [60, 0]
    with monkeypatch.context() as patch:
        patch.setattr(properties, "cases", None)
        assert count(60, 0, tmp_path / "pieces") == found
    assert count(70, 0, tmp_path / "pieces").cases == 70


def test_a_seed_gives_the_same_case():
    robot = random_robot(np.random.default_rng(3))
    assert run_case(robot, skills_of(robot), 5) == run_case(robot, skills_of(robot), 5)


def test_a_safety_layer_that_lets_everything_pass_is_found(monkeypatch):
    def let_pass(self, targets, reading, last):
        self._take_gains(targets)
        return np.array(targets.q, float)

    monkeypatch.setattr(SafetyLayer, "limit", let_pass)
    expect("N·m, limit", "leaps", "not finite")


def test_guards_that_see_nothing_are_found(monkeypatch):
    monkeypatch.setattr(Guards, "look", lambda *_: None)
    expect("at a tilt of", "turns too fast", "joint is too fast")


def test_a_stop_that_is_not_heeded_is_found(monkeypatch):
    monkeypatch.setattr(ModeMachine, "_heed", lambda self, flags: None)
    expect("after a latched stop")


VALUE = st.one_of(st.sampled_from(NUMBERS), st.floats(width=64), st.floats(-4.0, 4.0))


class Commands(RuleBasedStateMachine):
    """Hypothesis looks for the shortest sequence of ticks that gives what must never be."""

    @initialize(seed=st.integers(0, 30))
    def begin(self, seed):
        rng = np.random.default_rng(seed)
        self.robot = random_robot(rng)
        self.case = WildCase(self.robot, skills_of(self.robot), rng, 0.0)
        self.number = 0
        self.ask("walk", 1.0, 5.0, 0)
        self.healthy(2)

    def one(self, sample, timing=None):
        self.case.time += 1.0 / self.robot.control_rate
        self.case.mono += 1.0 / self.robot.control_rate
        self.case.tick(sample, self.case.time, timing or LoopTiming())

    def fresh(self):
        sample = self.case.sample()
        step = 1.0 / self.robot.control_rate
        return type(sample)(**{
            **{name: getattr(sample, name) for name in sample.__slots__},
            "task_time": self.case.time + step, "stamp": self.case.mono + step,
        })  # fmt: skip

    @rule(count=st.integers(1, 5))
    def healthy(self, count):
        for _ in range(count):
            self.one(self.fresh())

    @rule(field=st.sampled_from(FIELDS), place=st.integers(0, 20), value=VALUE, count=st.integers(1, 4))
    def spoilt_value(self, field, place, value, count):
        for _ in range(count):
            sample = self.fresh()
            values = np.array(getattr(sample, field))
            values[place % values.size] = value
            self.one(type(sample)(**{**{n: getattr(sample, n) for n in sample.__slots__}, field: values}))

    @rule(field=st.sampled_from(FIELDS), size=st.integers(0, 40))
    def misshapen(self, field, size):
        sample = self.fresh()
        self.one(type(sample)(**{**{n: getattr(sample, n) for n in sample.__slots__}, field: np.zeros(size)}))

    @rule()
    def silence(self):
        self.one(None)

    @rule(skill=st.sampled_from(NAMES), weight=VALUE, life=VALUE, stops=st.integers(-2, 2))
    def ask(self, skill, weight, life, stops):
        self.number += 1
        count = self.case.flags.stop_count + stops
        self.case.setpoint = SkillSetpoint(
            "r/1", self.number, self.case.time + life, "body", "plan", (SkillWeight(skill, weight),), {}, count
        )

    @rule(seed=st.integers(0, 1000))
    def spoilt_output(self, seed):
        for runner in self.case.runners.values():
            runner.share, runner._rng = 1.0, np.random.default_rng(seed)
        self.one(self.fresh())
        for runner in self.case.runners.values():
            runner.share = 0.0

    @rule(stop=st.integers(0, 1), estop=st.integers(0, 1), reset=st.integers(0, 1))
    def people(self, stop, estop, reset):
        flags = self.case.flags
        self.case.flags = Flags(flags.stop + stop, flags.estop + estop, flags.reset + reset)

    @rule(stop=st.integers(-(2**63), 2**63 - 1), estop=st.integers(-3, 3))
    def nonsense_counters(self, stop, estop):
        self.case.flags = Flags(stop, self.case.flags.estop + estop, self.case.flags.reset)

    @rule(now=st.one_of(st.sampled_from([-1e3, -1.0, 0.5, 1e6, math.nan]), st.floats(-10.0, 10.0)))
    def clock_jumps(self, now):
        if math.isfinite(now):
            self.case.time += now
        self.case.tick(self.fresh(), self.case.time if math.isfinite(now) else now, LoopTiming())

    @rule(misses=st.integers(0, 50), unwatched=st.floats(min_value=0.0))
    def late(self, misses, unwatched):
        self.one(self.fresh(), LoopTiming(0.0, 0.0, misses, misses, unwatched))

    @invariant()
    def nothing_that_must_never_be(self):
        assert not getattr(self, "case", None) or not self.case.problems, self.case.problems


Commands.TestCase.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_hypothesis_finds_nothing_that_must_never_be = Commands.TestCase
