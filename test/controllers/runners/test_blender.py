import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.controllers.runners.blender import Blender
from skill_stack.controllers.runners.runner import Targets
from skill_stack.controllers.safety.guard_violation import GuardViolation
from skill_stack.controllers.safety.safety_layer import SafetyLayer
from skill_stack.core.setpoint import SkillWeight


class Constant:
    """A runner that always asks for the same."""

    def __init__(self, spec, q, kp=10.0, kd=1.0, drives=None, network=""):
        self.spec, self.network, self.drives, self.progress = spec, network, drives, 0.0
        self._targets = Targets([q] * 4, (kp,) * 4, (kd,) * 4)
        self.starts = 0
        self.goals = []

    def start(self, state, before):
        self.starts += 1

    def run(self, state, goals, dt):
        self.goals.append(dict(goals))
        return self._targets


@pytest.fixture
def state(robot):
    return Estimator(robot).last


@pytest.fixture
def spec(library):
    return library.entries["walk"].spec.model_copy(update={"blend": 0.1})


def test_fades_from_what_was_commanded(robot, state, spec):
    blender = Blender(robot)
    last = Targets([1.0] * 4, (20.0,) * 4, (2.0,) * 4)
    blender.choose((SkillWeight("walk"),), (Constant(spec, 0.0),), state, last)
    runs = [blender.run(state, {}, 0.02) for _ in range(6)]
    np.testing.assert_allclose([run.q[0] for run in runs], [0.8, 0.6, 0.4, 0.2, 0.0, 0.0], atol=1e-9)
    np.testing.assert_allclose([run.kp[0] for run in runs], [18, 16, 14, 12, 10, 10])
    np.testing.assert_allclose([run.kd[0] for run in runs], [1.8, 1.6, 1.4, 1.2, 1.0, 1.0])


def test_fades_in_from_damping_without_a_jerk(robot, state, spec):
    blender = Blender(robot)
    blender.choose((SkillWeight("walk"),), (Constant(spec, 1.0),), state, None)
    first = blender.run(state, {}, 0.02)
    assert first.kp[0] == pytest.approx(2.0) and first.q[0] == pytest.approx(0.2)


def test_skills_of_one_network_do_not_fade(robot, state, spec):
    blender = Blender(robot)
    blender.choose((SkillWeight("walk"),), (Constant(spec, 0.0, network="n"),), state, None)
    for _ in range(5):
        blender.run(state, {}, 0.02)
    last = Targets([1.0] * 4, (20.0,) * 4, (2.0,) * 4)
    blender.choose((SkillWeight("stand"),), (Constant(spec, 0.5, network="n"),), state, last)
    assert blender.run(state, {}, 0.02).q == [0.5] * 4


def test_what_goes_on_from_another_network_does_not_fade(robot, state, spec):
    class Heir(Constant):
        def continues(self, before):
            return before.network == "n"

    for network, q in (("n", 0.5), ("m", 0.9)):
        blender = Blender(robot)
        blender.choose((SkillWeight("walk"),), (Constant(spec, 0.0, network=network),), state, None)
        for _ in range(5):
            blender.run(state, {}, 0.02)
        last = Targets([1.0] * 4, (20.0,) * 4, (2.0,) * 4)
        blender.choose((SkillWeight("stand"),), (Heir(spec, 0.5, network="h"),), state, last)
        assert blender.run(state, {}, 0.02).q == pytest.approx([q] * 4)


def test_weights_are_normalised_per_joint(robot, state, spec):
    blender, spec = Blender(robot), spec.model_copy(update={"blend": 0.0})
    one, two = Constant(spec, 1.0, kp=30.0), Constant(spec, 0.0, kp=10.0)
    asked = (SkillWeight("one", 0.5), SkillWeight("two", 0.25, ("joint_01", "joint_02")))
    blender.choose(asked, (one, two), state, None)
    out = blender.run(state, {}, 0.02)
    np.testing.assert_allclose(out.q, [1, 2 / 3, 2 / 3, 1])
    np.testing.assert_allclose(out.kp, [30, 70 / 3, 70 / 3, 30])
    assert blender.main is one


def test_joints_that_nobody_drives_stay_where_they_were_told_to(robot, state, spec):
    blender, spec = Blender(robot), spec.model_copy(update={"blend": 0.0})
    runner = Constant(spec, 1.0, drives=(True, True, False, False))
    blender.choose((SkillWeight("walk", 0.5),), (runner,), state, None)
    held = blender.run(state, {}, 0.02)
    assert held.q == [1.0, 1.0, *state.position[2:]] and held.kp == (10.0, 10.0, *robot.column("kp")[2:])
    last = Targets([0.1, 0.2, 0.3, 0.4], (7.0,) * 4, (0.7,) * 4)
    blender.clear()
    blender.choose((SkillWeight("walk", 0.5),), (runner,), state, last)
    out = blender.run(state, {}, 0.02)
    assert out.q == [1.0, 1.0, 0.3, 0.4] and out.kp == (10.0, 10.0, 7.0, 7.0)


def test_a_skill_that_goes_on_is_not_started_again(robot, state, spec):
    blender = Blender(robot)
    one, two = Constant(spec, 1.0), Constant(spec, 0.0)
    blender.choose((SkillWeight("one"),), (one,), state, None)
    blender.choose((SkillWeight("one", 0.5), SkillWeight("two", 0.5)), (one, two), state, None)
    blender.choose((SkillWeight("two", 0.7),), (two,), state, None)
    assert (one.starts, two.starts) == (1, 1)
    blender.clear()
    blender.choose((SkillWeight("two", 0.7),), (two,), state, None)
    assert two.starts == 2


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("size", [0, 3, 7])
def test_output_of_the_wrong_shape_is_not_cut_to_fit(robot, state, spec, size, mixed):
    """In a fade and in a mix it goes on as it is, so that the safety layer sees and refuses it."""
    blender, wrong = Blender(robot), Constant(spec, 0.0)
    wrong._targets = wrong._targets._replace(q=[0.0] * size)
    weights = (SkillWeight("walk"), SkillWeight("stand", 0.5)) if mixed else (SkillWeight("walk"),)
    last = Targets([1.0] * 4, (20.0,) * 4, (2.0,) * 4)
    blender.choose(weights, (wrong, Constant(spec, 0.0))[: len(weights)], state, last)
    assert len(blender.run(state, {}, 0.02).q) == size


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("gain", [-1.0, 1e6, float("nan")])
def test_absurd_gains_are_not_averaged_away(robot, state, spec, gain, mixed):
    blender, wrong = Blender(robot), Constant(spec, 0.0, kp=gain)
    weights = (SkillWeight("walk"), SkillWeight("stand", 0.5)) if mixed else (SkillWeight("walk"),)
    last = Targets([1.0] * 4, (20.0,) * 4, (2.0,) * 4)
    blender.choose(weights, (wrong, Constant(spec, 0.0))[: len(weights)], state, last)
    assert isinstance(SafetyLayer(robot).limit(blender.run(state, {}, 0.02), state, last), GuardViolation)


def test_a_skill_that_is_left_runs_on_with_its_goals_until_it_is_faded_out(robot, state, spec):
    blender, last = Blender(robot), Targets([1.0] * 4, (20.0,) * 4, (2.0,) * 4)
    one, two = Constant(spec, 1.0, kp=20.0, kd=2.0), Constant(spec, 0.0)
    blender.choose((SkillWeight("one"),), (one,), state, last, runs_on=True)
    for _ in range(6):
        blender.run(state, {"vx": 1.0}, 0.02)
    one.goals.clear()
    blender.choose((SkillWeight("two"),), (two,), state, last, runs_on=True)
    runs = [blender.run(state, {"vx": -1.0}, 0.02).q[0] for _ in range(6)]
    np.testing.assert_allclose(runs, [0.8, 0.6, 0.4, 0.2, 0.0, 0.0], atol=1e-9)
    assert one.goals == [{"vx": 1.0}] * 4 and two.goals == [{"vx": -1.0}] * 6
    assert list(blender.shares) == ["two"] and blender.main is two


def test_a_skill_that_is_asked_for_again_while_it_fades_out_goes_on(robot, state, spec):
    blender, last = Blender(robot), Targets([1.0] * 4, (20.0,) * 4, (2.0,) * 4)
    one, two = Constant(spec, 1.0), Constant(spec, 0.0)
    asked = (SkillWeight("one"),), (SkillWeight("two"),)
    blender.choose(asked[0], (one,), state, last, runs_on=True)
    for _ in range(6):
        blender.run(state, {}, 0.02)
    blender.choose(asked[1], (two,), state, last, runs_on=True)
    blender.run(state, {}, 0.02)
    blender.choose(asked[0], (one,), state, last, runs_on=True)
    assert blender.run(state, {}, 0.02).q == [1.0] * 4 and one.starts == 1


def test_a_stance_takes_over_from_the_last_command_alone(robot, state, spec):
    """What is left may be the reason why there is a stance: it does not run any more."""
    blender, last = Blender(robot), Targets([0.5] * 4, (20.0,) * 4, (2.0,) * 4)
    one, two = Constant(spec, 1.0), Constant(spec, 0.0)
    blender.choose((SkillWeight("one"),), (one,), state, last, runs_on=True)
    for _ in range(6):
        blender.run(state, {}, 0.02)
    one.goals.clear()
    blender.choose((SkillWeight("stand"),), (two,), state, last)
    assert blender.run(state, {}, 0.02).q[0] == pytest.approx(0.4) and not one.goals


def test_a_weight_of_zero_runs_nothing(robot, state, spec):
    blender, idle = Blender(robot), Constant(spec, 5.0)
    blender.choose((SkillWeight("one"), SkillWeight("two", 0.0)), (Constant(spec, 1.0), idle), state, None)
    for _ in range(6):
        out = blender.run(state, {}, 0.02)
    assert out.q == [1.0] * 4 and not idle.goals and not idle.starts


def test_one_skill_has_another_weight_for_each_group(robot, state, spec):
    robot = robot.model_copy(update={"groups": {"left": ("joint_00", "joint_01"), "right": ("joint_02", "joint_03")}})
    blender, spec = Blender(robot), spec.model_copy(update={"blend": 0.0})
    one, two = Constant(spec, 1.0), Constant(spec, 0.0)
    asked = (
        SkillWeight("one", 1.0, ("left",)),
        SkillWeight("one", 0.25, ("right",)),
        SkillWeight("two", 0.75, ("right",)),
    )
    blender.choose(asked, (one, one, two), state, None)
    np.testing.assert_allclose(blender.run(state, {}, 0.02).q, [1.0, 1.0, 0.25, 0.25])
    assert (one.starts, len(one.goals)) == (1, 1)


WEIGHT = st.one_of(st.just(0.0), st.floats(0.001, 1.0))
CHOICE = st.tuples(
    st.lists(st.tuples(WEIGHT, st.sampled_from([(), ("joint_00",), ("left",)])), min_size=3, max_size=3),
    st.integers(1, 9),
).filter(lambda choice: any(weight for weight, _ in choice[0]))


@given(st.lists(CHOICE, min_size=1, max_size=6), st.booleans(), st.sampled_from([50.0, 500.0]))
@settings(max_examples=60, deadline=None)
def test_whatever_weights_follow_one_another_nothing_jumps(robot, library, choices, runs_on, rate):
    """Weights sum up to one for every joint at every tick, targets stay among those of the skills, and never move
    faster than a whole change of skills within the blend time, nor commands faster than the slew limit."""
    groups = {"left": ("joint_01", "joint_02")}
    spec = library.entries["walk"].spec.model_copy(update={"blend": 0.1})
    robot = robot.at_rate(rate).model_copy(update={"groups": groups})
    state, blender, safety = Estimator(robot).last, Blender(robot), SafetyLayer(robot, 1.0 / rate)
    values = (-0.4, 0.1, 0.3)
    runners = [Constant(spec, value, kp=10.0 + 10 * number) for number, value in enumerate(values)]
    last, before = None, None
    for weights, ticks in choices:
        asked = tuple(SkillWeight(str(n), weight, joints) for n, (weight, joints) in enumerate(weights))
        blender.choose(asked, runners, state, last, runs_on=runs_on)
        for _ in range(ticks):
            out = blender.run(state, {}, 1.0 / rate)
            total = np.sum(list(blender._fade.weights().values()), axis=0)
            np.testing.assert_allclose(total, 1.0, atol=1e-9)
            assert min(values) - 1e-9 <= min(out.q) and max(out.q) <= max(values) + 1e-9
            if before is not None:
                # Each of the three targets moves its weight by at most a tick's share of the blend time.
                most = (max(values) - min(values)) / (spec.blend * rate) + 1e-9
                assert np.abs(np.array(out.q) - before).max() <= most
            limited = safety.limit(out, state, last)
            assert not isinstance(limited, GuardViolation)
            previous = state.position if last is None else last.q
            assert np.abs(np.array(limited) - previous).max() <= robot.safety.slew / rate + 1e-9
            last, before = Targets(limited, out.kp, out.kd), np.array(out.q)


@pytest.mark.parametrize("left", [False, True], ids=["at once", "while it is faded out"])
def test_a_gesture_that_has_ended_begins_again_for_a_new_request_and_goes_on_without_a_jump(robot, state, spec, left):
    blender, waves = Blender(robot), spec.model_copy(update={"blend": 0.1, "name": "wave", "kind": "posture"})
    wave, asked = Constant(waves, 0.5), (SkillWeight("wave"),)
    blender.choose(asked, (wave,), state, None)
    before = [blender.run(state, {}, 0.02) for _ in range(8)][-1]
    wave.progress = 1.0
    blender.choose(asked, (wave,), state, before)
    assert wave.starts == 1, "what runs goes on for the same request"
    if left:
        blender.choose((SkillWeight("stand"),), (Constant(spec, 0.6),), state, before)
        before = blender.run(state, {}, 0.02)
    blender.choose(asked, (wave,), state, before, runs_on=True, again=True)
    assert wave.starts == 2
    assert blender.run(state, {}, 0.02).q[0] == pytest.approx(before.q[0], abs=0.03)


@pytest.mark.parametrize(
    ("kind", "progress", "stance"), [("posture", 0.4, "stand"), ("posture", 1.0, "own"), ("policy", 1.0, "stand")]
)
def test_what_lasts_is_under_way_or_has_goals_does_not_begin_again(robot, state, spec, kind, progress, stance):
    phases = tuple(one.model_copy(update={"stance": spec.name if stance == "own" else stance}) for one in spec.phases)
    lasting = Constant(spec.model_copy(update={"phases": phases, "kind": kind}), 0.5)
    blender, asked = Blender(robot), (SkillWeight(spec.name),)
    assert spec.goal
    blender.choose(asked, (lasting,), state, None)
    lasting.progress = progress
    blender.choose(asked, (lasting,), state, None, again=True)
    assert lasting.starts == 1


def test_another_skill_fades_from_a_gesture_that_has_ended_as_from_any_other(robot, state, spec):
    faded = []
    for again in (False, True):
        blender, waves = Blender(robot), spec.model_copy(update={"blend": 0.1, "name": "wave", "kind": "posture"})
        wave, walk = Constant(waves, 0.5), Constant(spec, 1.0)
        blender.choose((SkillWeight("wave"),), (wave,), state, None)
        before = [blender.run(state, {}, 0.02) for _ in range(8)][-1]
        wave.progress = 1.0
        blender.choose((SkillWeight("walk"),), (walk,), state, before, runs_on=True, again=again)
        faded.append([blender.run(state, {}, 0.02).q[0] for _ in range(3)])
        assert len(wave.goals) > 8, "what is left runs on until it is faded out"
    assert faded[0] == faded[1]
