import dataclasses

import numpy as np
import pytest

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.controllers.runners.paced_runner import PacedRunner
from skill_stack.controllers.runners.policy_runner import PolicyRunner
from skill_stack.controllers.runners.runner import Targets
from skill_stack.controllers.runners.skill_bank import SkillBank
from skill_stack.core.errors import DataError
from skill_stack.core.setpoint import ControlMode

GOALS = {"vx": 0.7}


def readings(robot, kit, count, seed=1):
    """Random motion that the control loop reads."""
    rng, estimator, period = np.random.default_rng(seed), Estimator(robot), 1.0 / robot.control_rate
    out = []
    for number in range(count):
        fields = {name: 0.3 * rng.standard_normal(robot.size) for name in ("position", "velocity")}
        sample = kit.upright(robot, number + 1, number * period, **fields)
        out.append(estimator.read(sample, number * period, number * period))
    return out


@pytest.fixture
def fast(robot):
    return robot.at_rate(500.0)


def test_a_policy_gives_the_same_numbers_at_its_own_rate_in_a_faster_loop(robot, fast, library, kit):
    """Observation, clock and last action advance with the runs of the network; in between the targets hold."""
    slow = SkillBank(robot, library)["walk"]
    paced = SkillBank(fast, library)["walk"]
    assert isinstance(slow, PolicyRunner) and isinstance(paced, PacedRunner)
    seen = readings(fast, kit, 61)
    slow.start(seen[0], None)
    paced.start(seen[0], None)
    expected = Targets([], (), ())
    for number, reading in enumerate(seen):
        if number % 10 == 0:
            expected = slow.run(reading, GOALS, 1 / 50)
        got = paced.run(reading, GOALS, 1 / 500)
        assert list(got.q) == list(expected.q) and got[1:] == expected[1:]
        inner = paced.inner[0]
        np.testing.assert_array_equal(inner._observation.array, slow._observation.array)
        assert inner._observation.gait_phase == slow._observation.gait_phase


def test_linear_goes_straight_to_the_new_target_and_is_there_when_the_next_one_comes(fast, library, kit, tmp_path):
    library = kit.with_policy(library, tmp_path, "smooth", kit.contract_of(library), interpolation="linear")
    bank = SkillBank(fast, library)
    held, smooth = bank["walk"], bank["smooth"]
    seen = readings(fast, kit, 50)
    for runner in (held, smooth):
        runner.start(seen[0], None)
    before = now = None
    for number, reading in enumerate(seen):
        target, got = held.run(reading, GOALS, 1 / 500).q, smooth.run(reading, GOALS, 1 / 500).q
        if number % 10 == 0:
            before, now = target if now is None else now, target
        share = (number % 10 + 1) / 10
        expected = [a + share * (b - a) for a, b in zip(before, now)]
        np.testing.assert_allclose(got, expected, atol=1e-12)


def test_a_skill_of_the_same_network_keeps_the_beat(fast, library, kit):
    bank, seen = SkillBank(fast, library), readings(fast, kit, 30)
    walk, stand = bank["walk"], bank["stand"]
    walk.start(seen[0], None)
    for reading in seen[:13]:
        held = walk.run(reading, GOALS, 1 / 500)
    stand.start(seen[13], walk)
    runs = [stand.run(reading, GOALS, 1 / 500) for reading in seen[13:21]]
    assert [run.q is held.q for run in runs] == [True] * 7 + [False]  # its first run is due at tick 20


def test_missed_deadlines_do_not_slow_a_policy_down(fast, library, kit):
    """The loop skips deadlines that it missed; the network runs when its time has come, not after so many ticks."""
    walk, seen = SkillBank(fast, library)["walk"], readings(fast, kit, 40)
    walk.start(seen[0], None)
    steps = [0.002, 0.002, 0.006, 0.002, 0.002, 0.002, 0.002, 0.004, 0.016, 0.002, 0.05, 0.002]
    runs, time, last = [], 0.0, None
    for reading, dt in zip(seen, steps):
        time += dt
        got = walk.run(reading, GOALS, dt)
        if got is not last:
            runs.append(round(time - steps[0], 6))
        last = got
    assert runs == [0.0, 0.02, 0.088]  # at 0.036 nothing was due; the stall of 50 ms is not made good by extra runs


def test_a_command_rate_that_is_no_multiple_says_which_rates_work(robot, library):
    bank = SkillBank(robot.at_rate(120.0), library)
    assert "made for 50 Hz, the control loop runs at 120 Hz" in bank.problems["walk"]
    assert "50, 100, 200, 250, 500 Hz work" in bank.problems["walk"]
    assert "made for 50 Hz, the control loop runs at 25 Hz" in SkillBank(robot.at_rate(25.0), library).problems["walk"]


@pytest.mark.parametrize("rate", [0.0, -50.0, 0.5, 1001.0, float("nan")])
def test_a_rate_that_no_loop_can_have_is_refused(robot, rate):
    with pytest.raises(DataError, match="outside 1…1000 Hz"):
        robot.at_rate(rate)


def test_a_rate_in_the_skill_must_be_that_of_the_file(robot, library, kit, tmp_path):
    contract = kit.contract_of(library)
    wrong = SkillBank(robot, kit.with_policy(library, tmp_path, "wrong", contract, rate=25.0))
    assert "says 25 Hz, its policy 50 Hz" in wrong.problems["wrong"]
    half = dataclasses.replace(contract, control_rate=25.0)
    assert isinstance(
        SkillBank(robot, kit.with_policy(library, tmp_path, "half", half, rate=25.0))["half"], PacedRunner
    )


def test_the_whole_core_at_500_hz_limits_every_tick(fast, library, kit):
    rig = kit.Rig(fast, library)
    rig.walk()
    rig.ask("walk", goals=GOALS, life=100.0)
    last, changes = None, []
    for _ in range(200):
        tick = rig.tick()
        assert tick.status.mode is ControlMode.ACTIVE
        changes.append(0.0 if last is None else float(np.abs(tick.command.q - last).max()))
        last = tick.command.q
    assert max(changes) <= fast.safety.slew / 500 + 1e-9
    # A push between two runs of the network: held targets would now ask for more torque than there is.
    far = rig.tick(position=fast.pose("default") + 1.9).command
    asked = far.kp * (far.q - fast.pose("default") - 1.9)
    assert (np.abs(asked) <= fast.column("effort") + 1e-6).all()
