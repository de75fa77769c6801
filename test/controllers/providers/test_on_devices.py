"""Real networks on real providers; those of a GPU only where there is one."""

import hashlib

import numpy as np
import onnxruntime
import pytest

from skill_stack.benchmarks.control.synthetic_robot import write_robot
from skill_stack.controllers.control_core import ControlCore, ControlOptions
from skill_stack.controllers.policies.network import Network
from skill_stack.controllers.providers.policy_session import DeviceSession
from skill_stack.controllers.providers.provider import ProviderMissing, ProviderPlace, available, open_session
from skill_stack.controllers.providers.selector import ProviderSelector
from skill_stack.controllers.providers.trial import TOLERANCE, deviation, outputs
from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library

JOINTS = 6
GPU = [name for name in ("cuda", "tensorrt") if name in available()]


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    root = tmp_path_factory.mktemp("robot")
    return Resources((write_robot(root, "made_up", JOINTS, 50.0, (32, 16)),), root)


@pytest.fixture
def model(made_up):
    return made_up.roots[0] / "models" / "made_up" / "walk" / "policy.onnx"


def network(model, selector=None):
    return Network(model, hashlib.sha256(model.read_bytes()).hexdigest(), selector=selector)


def evaluated(loaded, rows):
    size = loaded.contract.observation_size
    observation, action = np.zeros((1, size), np.float32), np.zeros((1, JOINTS), np.float32)
    evaluate = loaded.bind(observation, action)
    out = []
    for row in rows:
        observation[0] = row
        evaluate()
        out.append(action[0].copy())
    return np.array(out)


def test_on_the_cpu_it_answers_as_onnx_runtime_does(model):
    loaded = network(model, ProviderSelector("auto", None, ("cpu",)))
    rows = np.random.default_rng(0).standard_normal((4, loaded.contract.observation_size)).astype(np.float32)
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    expected = np.concatenate([session.run(None, {"obs": row[None]})[0] for row in rows])
    np.testing.assert_allclose(evaluated(loaded, rows), expected, rtol=1e-6, atol=1e-7)
    assert loaded.choice.provider == "cpu" and loaded.choice.why


def test_what_a_gpu_is_asked_to_do_agrees_with_the_cpu_for_two_pairs_of_arrays(model):
    # The same calls as on a GPU, with the memory of the host for that of the device.
    cpu = open_session(ProviderPlace(model), "cpu")
    device = DeviceSession(cpu.session, "cuda", "", device="cpu")
    size = network(model).contract.observation_size
    reference = outputs(cpu, size, JOINTS)
    observation, action = np.ones((1, size), np.float32), np.zeros((1, JOINTS), np.float32)
    first = device.bind(observation, action)
    np.testing.assert_array_equal(outputs(device, size, JOINTS), reference)  # other arrays, the same memory
    observation[0], action[0] = 0.0, np.nan
    first()
    np.testing.assert_allclose(action[0], reference[0], rtol=1e-6)


@pytest.mark.skipif(bool(GPU), reason="this onnxruntime has providers of a GPU")
@pytest.mark.parametrize("name", ["cuda", "tensorrt"])
def test_a_provider_that_is_not_installed_says_what_has_it(model, name):
    with pytest.raises(ProviderMissing, match="onnxruntime-gpu"):
        open_session(ProviderPlace(model), name)


def test_a_provider_that_does_not_exist_lists_those_that_do(model):
    with pytest.raises(UnknownName, match="cuda"):
        open_session(ProviderPlace(model), "npu")


def test_nothing_is_loaded_once_the_loop_has_begun(made_up, monkeypatch):
    robot = load_robot(made_up.robot("made_up"))
    core = ControlCore(robot, load_library(made_up, robot), ControlOptions(selector=ProviderSelector()))

    def refuse(*_, **__):
        raise AssertionError("a network is loaded inside the loop")

    monkeypatch.setattr(onnxruntime, "InferenceSession", refuse)
    from skill_stack.benchmarks.control.sample_source import SampleSource, walk_setpoint
    from skill_stack.core.shared_memory.block_words import Flags

    source, seen = SampleSource(robot), set()
    for turn in range(1, 301):
        sample = source.next()
        skill = ("rise", "walk", "stand")[min(turn // 60, 4) % 3]
        setpoint = walk_setpoint(turn, sample.task_time, skill=skill)
        tick = core.tick(sample, setpoint, Flags(), sample.task_time, sample.stamp)
        seen.add(tick.status.skill)
    assert not core.error and {"rise", "walk", "stand"} <= seen


@pytest.mark.parametrize("name", ["cuda", "tensorrt"])
def test_on_a_gpu_it_agrees_with_the_cpu_run_after_run_and_for_two_bindings(made_up, model, name, tmp_path):
    if name not in available():
        pytest.skip(f"this onnxruntime has no {name}")
    try:
        session = open_session(ProviderPlace(model, tmp_path), name)
    except ProviderMissing as error:
        pytest.skip(str(error))
    cpu = open_session(ProviderPlace(model), "cpu")
    size = network(model).contract.observation_size
    reference = outputs(cpu, size, JOINTS)
    for _ in range(2):  # the second pass binds other arrays after a graph was captured
        assert deviation(outputs(session, size, JOINTS), reference) <= TOLERANCE
