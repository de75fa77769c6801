"""A slow skill: asks, never waits, uses answers by their age, falls back when they are too old, and comes back."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from skill_stack.controllers.foreign.foreign_observation import ForeignObservation
from skill_stack.controllers.runners.runner import Targets
from skill_stack.controllers.slow.slow_action import SlowAction
from skill_stack.controllers.slow.slow_runner import SlowParts, SlowRunner
from skill_stack.controllers.slow.slow_sight import SlowSight
from skill_stack.controllers.slow.slow_skill import SlowSkill
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.shared_memory.slow_channel import SlowAnswer
from skill_stack.core.skills.skill import GoalParameter

from .conftest import Still, chunk_manifest, reading_at

DT = 0.02


def skill(blend=0.0, interpolation="hold"):
    phases = SimpleNamespace(name="all", stance="stand")
    return SimpleNamespace(
        name="slow", blend=blend, policy=SimpleNamespace(interpolation=interpolation, fixed_goal={}),
        phase_at=lambda progress: phases, phases=(phases,),
    )  # fmt: skip


def runner_of(robot, link, chunk=None, blend=0.0, base=None, **changes):
    manifest, spec = chunk_manifest(robot, chunk, **changes), skill(blend)
    fallback = Still(spec)
    action = SlowAction(manifest, robot, base.spec if base else None)
    parts = SlowParts(SlowSight(manifest, robot, {}), action, link, {"all": fallback}, base)
    return SlowRunner(SlowSkill(spec, manifest, robot, None, spec.policy), parts), fallback


def ticks(runner, count, position=(0.1, 0.2, 0.3, 0.4), goals=None):
    """Runs so many ticks; the targets of the last."""
    for _ in range(count):
        targets = runner.run(reading_at(position), goals or {}, DT)
    return targets


def test_it_asks_at_its_rate_with_what_it_sees(robot, link) -> None:
    runner, _ = runner_of(robot, link)
    runner.start(reading_at((0.0,) * 4), None)
    ticks(runner, 31)
    assert [question.tick for question in link.questions] == [0, 10, 20, 30]
    assert [question.sequence for question in link.questions] == [1, 2, 3, 4]
    assert link.questions[0].values == pytest.approx([0.1, 0.2, 0.3, 0.4])


def test_until_the_first_answer_the_fallback_drives_and_it_is_no_event(robot, link) -> None:
    runner, fallback = runner_of(robot, link)
    runner.start(reading_at((0.0,) * 4), None)
    assert ticks(runner, 8).q == [-1.0] * 4 and fallback.started == 1
    link.answer(link.questions[0], 0.5)
    targets = ticks(runner, 1)
    assert targets.q == pytest.approx([0.5] * 4) and targets.kp == (20.0,) * 4
    assert runner.use.fallbacks == 0 and not runner.use.falls_back and runner.use.ticks == 8


def test_past_the_age_it_falls_back_once_and_comes_back(robot, link) -> None:
    runner, fallback = runner_of(robot, link)
    runner.start(reading_at((0.0,) * 4), None)
    ticks(runner, 5)
    link.answer(link.questions[0], 0.5)
    assert ticks(runner, 21).q == pytest.approx([0.5] * 4)
    assert ticks(runner, 1).q == [-1.0] * 4, "0.5 s after the question its answer is too old"
    ticks(runner, 3)
    assert runner.use.fallbacks == 1 and fallback.started == 2
    link.answer(link.questions[-1], 0.7)
    assert ticks(runner, 1).q == pytest.approx([0.7] * 4)
    assert runner.use.fallbacks == 1 and not runner.use.falls_back


def test_late_answers_are_dropped_with_a_count(robot, link) -> None:
    runner, _ = runner_of(robot, link)
    runner.start(reading_at((0.0,) * 4), None)
    ticks(runner, 30)
    link.answer(link.questions[0], 0.5)
    assert ticks(runner, 1).q == [-1.0] * 4 and (runner.use.late, runner.use.taken) == (1, 0)
    ticks(runner, 200)
    link.answer(link.questions[1], 0.5)
    assert ticks(runner, 1).q == [-1.0] * 4 and runner.use.late == 2


def test_answers_that_are_not_finite_or_cannot_be_read_count_as_broken(robot, link) -> None:
    runner, _ = runner_of(robot, link)
    runner.start(reading_at((0.0,) * 4), None)
    ticks(runner, 5)
    link.answer(link.questions[0], np.nan)
    link.broken = 1
    assert ticks(runner, 1).q == [-1.0] * 4 and runner.use.broken == 2


def test_an_answer_to_a_run_before_is_void(robot, link) -> None:
    runner, _ = runner_of(robot, link)
    runner.start(reading_at((0.0,) * 4), None)
    ticks(runner, 5)
    runner.start(reading_at((0.0,) * 4), None)
    link.answer(link.questions[0], 0.5)
    assert ticks(runner, 1).q == [-1.0] * 4 and runner.use.late == 0


def test_a_void_answer_ends_the_plan_at_once_and_it_is_asked_again_after_a_rest(robot, link) -> None:
    runner, fallback = runner_of(robot, link)
    runner.start(reading_at((0.0,) * 4), None)
    ticks(runner, 5)
    link.answer(link.questions[0], 0.5)
    ticks(runner, 6)
    link.answer(link.questions[1], 0.0)
    link.ready[0] = dataclasses.replace(link.ready[0], void=True)
    assert ticks(runner, 1).q == [-1.0] * 4, "the plan before would still apply"
    assert runner.use.refused == 1 and runner.use.falls_back and len(link.questions) == 2
    link.answer(link.questions[1], 0.6)
    assert ticks(runner, 49).q == [-1.0] * 4 and len(link.questions) == 2, "what it says of that time counts no more"
    ticks(runner, 1)
    link.answer(link.questions[2], 0.7)
    assert ticks(runner, 1).q == pytest.approx([0.7] * 4) and not runner.use.falls_back


def test_a_void_answer_to_a_run_before_ends_nothing(robot, link) -> None:
    runner, _ = runner_of(robot, link)
    runner.start(reading_at((0.0,) * 4), None)
    ticks(runner, 1)
    runner.start(reading_at((0.0,) * 4), None)
    ticks(runner, 1)
    link.answer(link.questions[1], 0.5)
    link.answer(link.questions[0], 0.0)
    link.ready[1] = dataclasses.replace(link.ready[1], void=True)
    assert ticks(runner, 1).q == pytest.approx([0.5] * 4) and runner.use.refused == 0


def test_the_change_from_and_to_the_fallback_has_no_jump(robot, link) -> None:
    runner, _ = runner_of(robot, link, blend=0.2)
    runner.start(reading_at((0.0,) * 4), None)
    ticks(runner, 5)
    link.answer(link.questions[0], 1.0)
    q = [ticks(runner, 1).q[0] for _ in range(40)]
    assert max(abs(b - a) for a, b in zip([-1.0, *q], q)) <= 2.0 * DT / 0.2 + 1e-9
    assert max(q) == pytest.approx(1.0) and q[-1] == pytest.approx(-1.0)


def test_actions_added_to_the_measured_are_added_to_what_was_measured_then(robot, link) -> None:
    action = {"output": "actions", "kind": "measured_plus_scaled", "scale": 0.5, "clip": [-1.0, 1.0]}
    runner, _ = runner_of(robot, link, action=action)
    runner.start(reading_at((0.0,) * 4), None)
    ticks(runner, 1, position=(0.1, 0.2, 0.3, 0.4))
    link.answer(link.questions[0], 9.0)
    assert ticks(runner, 1, position=(0.9,) * 4).q == pytest.approx([0.6, 0.7, 0.8, 0.9])


class Led(Still):
    """A base that remembers the goal values that it was led with."""

    def __init__(self, spec):
        super().__init__(spec, 2.0)
        self.goals = []

    def run(self, reading, goals, dt):
        self.goals.append(dict(goals))
        return Targets([self.angle] * 4, (5.0,) * 4, (0.5,) * 4)


def base_skill():
    goals = {
        name: GoalParameter(name=name, unit="m/s", lower=-0.5, upper=0.5, description="speed") for name in ("vx", "wz")
    }

    def parameter(name):
        if name not in goals:
            raise UnknownName("argument of walk", name, goals)
        return goals[name]

    return SimpleNamespace(name="walk", parameter=parameter, goal=tuple(goals.values()))


def test_a_base_is_led_within_its_own_limits(robot, link) -> None:
    base = Led(base_skill())
    action = {"output": "actions", "kind": "base_goals", "scale": [1.0, 2.0], "goals": ["vx", "wz"]}
    runner, fallback = runner_of(robot, link, base=base, action=action, stiffness=[], damping=[])
    runner.start(reading_at((0.0,) * 4), None)
    ticks(runner, 2)
    assert base.started == 0 and fallback.runs == 2
    link.answer(link.questions[0], 0.3, width=2)
    assert ticks(runner, 2).q == [2.0] * 4
    assert base.started == 1 and base.goals[-1] == pytest.approx({"vx": 0.3, "wz": 0.5})
    with pytest.raises(UnknownName, match="'vz'.*vx, wz"):
        SlowAction(chunk_manifest(robot, action=action | {"goals": ["vx", "vz"]}), robot, base_skill())


def test_a_history_has_frames_of_its_own_period(robot, link) -> None:
    inputs = [{"name": "obs", "terms": [{"term": "joint_pos", "history": 3, "joints": [robot.joint_names[0]]}]}]
    runner, _ = runner_of(robot, link, {"history_period": 0.04}, inputs=inputs)
    runner.start(reading_at((0.0,) * 4), None)
    for tick in range(11):
        ticks(runner, 1, position=(float(tick), 0.0, 0.0, 0.0))
    assert link.questions[1].values == pytest.approx([6.0, 8.0, 10.0])


PLANNED = {"term": "planned_actions", "params": {"steps": 3}}


def test_it_is_asked_with_what_its_answers_still_command(robot, link) -> None:
    inputs = [{"name": "obs", "terms": [{"term": "joint_pos"}, PLANNED]}]
    runner, _ = runner_of(robot, link, {"blend": "newest"}, inputs=inputs, default_joint_pos=[0.5] * 4)
    runner.start(reading_at((0.0,) * 4), None)
    ticks(runner, 5)
    assert link.questions[0].values[4:] == pytest.approx([0.5] * 12), "nothing is planned yet: the joints at rest"
    ramp = np.arange(10.0)[:, None] * np.ones((1, 4))
    link.ready.append(SlowAnswer(1, 0, 0.1, ramp, np.zeros(10)))
    ticks(runner, 6)
    assert link.questions[1].values[4:] == pytest.approx(np.repeat([2.5, 3.5, 4.5], 4)), "asked 0.2 s later"
    ticks(runner, 30)
    assert link.questions[-1].values[4:] == pytest.approx([0.5] * 12), "too old an answer commands nothing"


@pytest.mark.parametrize(
    ("params", "chunk", "text"),
    [
        ({}, {}, "needs params.steps, a whole number above 0, not None"),
        ({"steps": 0}, {}, "not 0"),
        ({"steps": 11}, {}, "sees 11 steps, an answer has 10"),
        ({"steps": 1}, None, "is for networks that answer in chunks"),
    ],
)
def test_a_look_ahead_that_cannot_be_is_refused(robot, params, chunk, text) -> None:
    inputs = [{"name": "obs", "terms": [PLANNED | {"params": params}]}]
    manifest = chunk_manifest(robot, inputs=inputs)
    manifest = manifest if chunk is not None else manifest.model_copy(update={"chunk": None})
    with pytest.raises(DataError, match=text):
        ForeignObservation(manifest.inputs[0], manifest, robot)


def test_terms_of_what_happens_between_two_ticks_are_refused(robot) -> None:
    inputs = [{"name": "obs", "terms": [{"term": "last_action"}]}]
    with pytest.raises(DataError, match="'last_action' is not for chunks"):
        SlowSight(chunk_manifest(robot, inputs=inputs), robot, {})
