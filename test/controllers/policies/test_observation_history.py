import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.controllers.policies.network import Network
from skill_stack.controllers.policies.observation import ObservationBuilder, PolicyInputs
from skill_stack.controllers.policies.observation_history import (
    LAYOUTS,
    ORDERS,
    PADDINGS,
    HistorySpec,
    ObservationHistory,
)
from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.controllers.runners.gait_clock import GaitClock
from skill_stack.controllers.runners.policy_runner import PolicyRunner
from skill_stack.controllers.runners.skill_bank import SkillBank
from skill_stack.core.errors import DataError

SIZES = (2, 3)


def laid_out(frames, spec):
    """The observation written down the long way: frames oldest first, each a list of terms."""
    newest_first = spec.order == "newest_first"
    if spec.layout == "by_frame":
        chosen = frames[-spec.lengths[0] :]
        return [v for frame in (chosen[::-1] if newest_first else chosen) for term in frame for v in term]
    out = []
    for place, length in enumerate(spec.lengths):
        chosen = [frame[place] for frame in frames[-length:]]
        out += [v for term in (chosen[::-1] if newest_first else chosen) for v in term]
    return out


@given(
    st.sampled_from(LAYOUTS), st.sampled_from(ORDERS), st.sampled_from(["repeat", "zeros"]),
    st.tuples(st.integers(1, 4), st.integers(1, 4)), st.integers(1, 7),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_frames_lie_where_the_contract_says(layout, order, padding, lengths, count):
    lengths = (lengths[0],) * 2 if layout == "by_frame" else lengths
    spec = HistorySpec(lengths, layout, order, padding)
    history = ObservationHistory(spec, SIZES, batch=2)
    frames = [[[10.0 * n + i for i in range(2)], [10.0 * n + 2 + i for i in range(3)]] for n in range(1, count + 1)]
    for frame in frames:
        flat = np.concatenate(frame)
        history.push(np.stack([flat, -flat]))
    first = frames[0] if padding == "repeat" else [[0.0] * 2, [0.0] * 3]
    expected = laid_out([first] * 4 + frames, spec)
    np.testing.assert_array_equal(history.array, np.array([expected, [-v for v in expected]], np.float32))


def test_one_robot_of_a_batch_begins_anew_alone():
    history = ObservationHistory(HistorySpec((2,)), (1,), batch=2)
    history.push(np.array([[1.0], [1.0]]))
    history.forget(np.array([1]))
    history.push(np.array([[2.0], [2.0]]))
    assert history.array.tolist() == [[1.0, 2.0], [2.0, 2.0]]


@pytest.mark.parametrize(
    "fields, reason",
    [
        ({"layout": "by_joint"}, "layout of the history 'by_joint' is not one of by_term, by_frame"),
        ({"order": "random"}, "order of the history"),
        ({"padding": "cold"}, "padding of the history 'cold' is not one of repeat, zeros, warm"),
        ({"lengths": (0, 1)}, "within 1…100"),
        ({"lengths": (1, 2), "layout": "by_frame"}, "one length for all terms"),
    ],
)
def test_a_history_that_makes_no_sense_is_refused(fields, reason):
    with pytest.raises(DataError, match=reason):
        HistorySpec(**({"lengths": (1, 1)} | fields))


def test_a_contract_keeps_its_history_in_the_metadata(library, kit):
    plain = kit.contract_of(library)
    contract = with_history(plain, (3,) * 7, "by_frame", "newest_first", "warm")
    assert PolicyContract.from_metadata(contract.to_metadata()) == contract
    assert contract.observation_size == 3 * plain.observation_size == 3 * contract.frame_size
    comma = plain.to_metadata() | {"observation_history_lengths": "1,1,1,2,2,2,1"}  # as whole_body_tracking writes it
    assert PolicyContract.from_metadata(comma).history == HistorySpec((1, 1, 1, 2, 2, 2, 1))
    other = plain.to_metadata() | {"observation_terms_history_length": "0,0,0,2,2,2,0"}  # as mjlab writes it
    assert PolicyContract.from_metadata(other).history == HistorySpec((1, 1, 1, 2, 2, 2, 1))
    assert PolicyContract.from_metadata(comma | {"observation_history_lengths": "[1,1,1,1,1,1,1]"}).history is None
    for text, reason in (("[2]", "do not fit 7 terms"), ("many", "cannot be read"), ("[200,1,1,1,1,1,1]", "1…100")):
        with pytest.raises(DataError, match=reason):
            PolicyContract.from_metadata(plain.to_metadata() | {"observation_history_lengths": text})
    with pytest.raises(DataError, match="observation_history holds .'stride'"):
        PolicyContract.from_metadata(comma | {"observation_history": '{"stride": 2}'})


def with_history(contract, lengths, *rest):
    return dataclasses.replace(contract, history=HistorySpec(tuple(lengths), *rest))


def moving_sample(robot, kit, rng, number, time):
    return kit.upright(
        robot, number, time,
        position=0.3 * rng.standard_normal(robot.size), velocity=rng.standard_normal(robot.size),
        angular_velocity=rng.standard_normal(3),
    )  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("padding", ["repeat", "zeros"])
def test_the_loop_sees_the_history_that_training_sees(robot, library, kit, tmp_path, layout, padding):
    contract = with_history(kit.contract_of(library), (4,) * 7, layout, "oldest_first", padding)
    library = kit.with_policy(library, tmp_path, "looks_back", contract)
    entry = library.entries["looks_back"]
    loaded = Network(entry.folder / "policy.onnx", "x")
    runner = PolicyRunner(entry.spec, robot, loaded)
    builder, inputs, gait = ObservationBuilder(contract, robot), PolicyInputs.zeros(contract), contract.gait
    clock = GaitClock(gait.offsets, gait.frequency, stop_delay=gait.stop_delay)
    estimator, rng = Estimator(robot), np.random.default_rng(5)
    for begin in range(2):  # switched on a second time it knows nothing of the first
        runner.start(estimator.last, None)
        builder.forget()
        clock.reset()
        inputs.last_action[:] = 0.0
        for number in range(7):
            reading = estimator.read(moving_sample(robot, kit, rng, number + 10 * begin + 1, 0.0), 0.0, 0.0)
            for _ in range(number % 3):
                runner.rehearse(reading)
            runner.run(reading, {"vx": 0.5}, 0.02)
            inputs.command[0] = [0.5, 0.0, 0.0]
            clock.write(inputs.gait_phase, True)
            clock.advance(0.02)
            built = builder.build(estimator.complete(reading), inputs)
            np.testing.assert_allclose(runner._observation.array, built, rtol=1e-6, atol=1e-6)
            inputs.last_action[:] = loaded.session.run(None, {"obs": built})[0]


@pytest.mark.parametrize("rate", [50.0, 200.0])
def test_a_warm_history_is_what_the_policy_would_have_seen_had_it_run_before(robot, library, kit, tmp_path, rate):
    """Number for number: frames of the past from what was measured and commanded, at the policy's own rate."""
    robot, length = robot.at_rate(rate), 5
    contract = with_history(kit.contract_of(library), (length,) * 7, "by_frame", "oldest_first", "warm")
    library = kit.with_policy(library, tmp_path, "looks_back", contract)
    rig = kit.Rig(robot, library)
    rig.tick()
    rig.ask("rise", life=100.0)
    ticks, rng, every = [], np.random.default_rng(4), round(rate / 50)
    for number in range(60):
        if number == 59:
            rig.ask("looks_back", life=100.0, goals={"vx": 0.5})
        sample = moving_sample(robot, kit, rng, 0, 0.0)
        fields = {name: getattr(sample, name) for name in ("position", "velocity", "angular_velocity")}
        ticks.append(rig.tick(**fields))
    runner = rig.core.bank["looks_back"]
    policy = runner.inner[0] if every > 1 else runner
    builder, inputs = ObservationBuilder(dataclasses.replace(contract, history=None), robot), None
    frames = []
    for back in range(length - 1, -1, -1):
        now = 59 - back * every
        inputs = PolicyInputs.zeros(contract)
        inputs.command[0] = [0.5, 0.0, 0.0]
        GaitClock(contract.gait.offsets, contract.gait.frequency).write(inputs.gait_phase, True)
        told = ticks[now - 1].command.q  # what the drives were told when this was measured
        inputs.last_action[0] = (told - np.array(contract.default_joint_pos)) / np.array(contract.action_scale)
        frames.append(builder.build(ticks[now].state, inputs)[0].copy())
    np.testing.assert_allclose(policy._observation.array[0], np.concatenate(frames), rtol=1e-5, atol=1e-5)


def test_a_warm_history_that_is_too_short_repeats_its_oldest_frame(robot, library, kit, tmp_path):
    contract = with_history(kit.contract_of(library), (6,) * 7, "by_frame", "oldest_first", "warm")
    rig = kit.Rig(robot, kit.with_policy(library, tmp_path, "looks_back", contract))
    rig.tick(position=np.full(4, 0.1))
    rig.ask("looks_back", life=100.0)
    rig.tick(position=np.full(4, 0.2))
    frames = rig.core.bank["looks_back"]._observation.array.reshape(6, -1)
    place = contract.observation_names.index("joint_pos_rel")
    start = sum(contract.observation_sizes[:place])
    np.testing.assert_allclose(frames[:, start], [0.1] * 5 + [0.2], rtol=1e-6)
    assert (frames[:, start + 8 : start + 12] == 0.0).all()  # the robot was damped: no action asked for that


def test_skills_of_one_network_share_their_history(robot, library, kit, tmp_path):
    contract = with_history(kit.contract_of(library), (4,) * 7, "by_frame")
    library = kit.with_policy(library, tmp_path, "first", contract)
    library = kit.with_policy(library, tmp_path, "second", contract)
    rig = kit.Rig(robot, library)
    rig.walk("first")
    for number in range(5):
        rig.tick(position=np.full(4, 0.01 * number))
    rig.ask("second", life=100.0)
    rig.tick(position=np.full(4, 0.5))
    place = contract.observation_names.index("joint_pos_rel")
    start = sum(contract.observation_sizes[:place])
    frames = rig.core.bank["second"]._observation.array.reshape(4, -1)
    np.testing.assert_allclose(frames[:, start], [0.02, 0.03, 0.04, 0.5], rtol=1e-6)


def test_nobody_keeps_the_past_when_nobody_looks_back(robot, library, kit, tmp_path):
    assert not SkillBank(robot, library).recent.needed
    for padding in PADDINGS:
        contract = with_history(kit.contract_of(library), (4,) * 7, "by_term", "oldest_first", padding)
        bank = SkillBank(robot, kit.with_policy(library, tmp_path, padding, contract))
        assert bank.recent.needed == (padding == "warm")
