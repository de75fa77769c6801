"""Selection with sessions that the test makes up: slow, wrong, missing."""

import json

import numpy as np
import pytest

from skill_stack.controllers.providers.prepared import device_name
from skill_stack.controllers.providers.provider import ProviderMissing
from skill_stack.controllers.providers.selector import ProviderSelector
from skill_stack.controllers.providers.trial import TOLERANCE, Clock
from skill_stack.core.errors import DataError, UnknownName

INPUTS, JOINTS = 5, 3
WEIGHTS = np.random.default_rng(3).standard_normal((INPUTS, JOINTS)).astype(np.float32)


class World:
    """Time that passes only while somebody sleeps or evaluates."""

    def __init__(self):
        self.time = 0.0
        self.clock = Clock(lambda: self.time, self.sleep)

    def sleep(self, seconds):
        self.time += seconds


class Fake:
    """A session that takes a time and errs."""

    def __init__(self, world, provider, seconds, error=0.0, detail=""):
        self.provider, self.detail = provider, detail
        self.world, self.seconds, self.error = world, seconds, error

    def bind(self, observation, action):
        def evaluate():
            self.world.time += self.seconds
            action[:] = observation @ WEIGHTS + self.error

        return evaluate


@pytest.fixture
def world():
    return World()


class Bench:
    """A selector over made-up providers, which counts what is loaded."""

    def __init__(self, world, folder=None, **seconds_and_errors):
        self.world, self.folder = world, folder
        self.cpu = Fake(world, "cpu", 1e-3)
        self.others = {
            name: Fake(world, name, *(value if isinstance(value, tuple) else (value,)))
            for name, value in seconds_and_errors.items()
        }
        self.opened = []

    def open(self, place, provider):
        self.opened.append(provider)
        if provider not in self.others:
            raise ProviderMissing("no such device")
        return self.others[provider]

    def selector(self, wanted="auto"):
        there = ("cpu", *self.others)
        return ProviderSelector(wanted, self.folder, there, self.open, self.world.clock)

    def select(self, wanted="auto", model="policy.onnx", sha256="a" * 64):
        return self.selector(wanted).select(model, sha256, self.cpu, (INPUTS, JOINTS))

    def prepare(self, sha256="a" * 64):
        return self.selector().prepare("policy.onnx", sha256, self.cpu, (INPUTS, JOINTS))


def test_the_faster_one_that_agrees_is_chosen_and_says_so(world):
    choice, session = Bench(world, cuda=2e-4).select()
    assert (choice.provider, session.provider) == ("cuda", "cuda")
    assert "0.200 ms" in choice.why and "1.000 ms" in choice.why


def test_a_wrong_output_is_refused_however_fast(world):
    choice, session = Bench(world, cuda=(1e-6, 0.1)).select()
    assert choice.provider == session.provider == "cpu"
    assert "differs from the CPU" in choice.why
    assert not next(trial for trial in choice.trials if trial.provider == "cuda").agrees


@pytest.mark.parametrize("error", [np.nan, np.inf])
def test_an_output_that_is_not_finite_is_refused(world, error):
    choice, _ = Bench(world, cuda=(1e-6, error)).select()
    assert choice.provider == "cpu"
    json.dumps(choice.to_json(), allow_nan=False)


def test_rounding_within_the_tolerance_is_agreement(world):
    assert Bench(world, cuda=(1e-6, 0.3 * TOLERANCE)).select()[0].provider == "cuda"


@pytest.mark.parametrize("seconds", [5e-3, 0.95e-3])
def test_a_slower_or_hardly_faster_one_is_not_chosen(world, seconds):
    choice, session = Bench(world, cuda=seconds).select()
    assert choice.provider == session.provider == "cpu" and "no other is clearly faster" in choice.why


def test_one_that_cannot_start_is_left_out_with_its_reason(world):
    bench = Bench(world, cuda=1e-6)
    bench.others.clear()
    selector = ProviderSelector("auto", None, ("cpu", "cuda"), bench.open, world.clock)
    choice, session = selector.select("policy.onnx", "a", bench.cpu, (INPUTS, JOINTS))
    assert session is bench.cpu and "cuda: no such device" in choice.why


def test_alone_the_cpu_is_taken_without_any_measurement(world):
    choice, session = Bench(world).select()
    assert session.provider == "cpu" and choice.why and world.time == 0.0


def test_forced_is_taken_even_if_slower_but_never_if_wrong(world):
    choice, session = Bench(world, cuda=1.0).select("cuda")
    assert (choice.provider, session.provider, choice.why) == ("cuda", "cuda", "forced by configuration")
    with pytest.raises(DataError, match="differs from the CPU.*Usable: cpu, auto"):
        Bench(world, cuda=(1e-6, 1.0)).select("cuda")
    with pytest.raises(DataError, match="tensorrt.*no such device"):
        Bench(world, cuda=1e-6).select("tensorrt")


def test_forced_to_the_cpu_nothing_else_is_even_loaded(world):
    bench = Bench(world, cuda=1e-6)
    assert bench.select("cpu")[1] is bench.cpu and not bench.opened


def test_an_unknown_provider_lists_what_there_is():
    with pytest.raises(UnknownName, match="tensorrt"):
        ProviderSelector("cudda")


def test_tensorrt_is_not_built_at_a_load_only_by_prepare(world, tmp_path):
    bench = Bench(world, tmp_path, cuda=5e-4, tensorrt=1e-4)
    choice, _ = bench.select()
    assert choice.provider == "cuda" and "tensorrt" not in bench.opened
    assert any("prepare" in trial.reason for trial in choice.trials)
    assert bench.prepare().provider == "tensorrt"
    choice, session = bench.select()
    assert choice.provider == session.provider == "tensorrt" and choice.why.startswith("prepared")


def test_what_was_prepared_is_not_measured_again_but_still_compared(world, tmp_path):
    bench = Bench(world, tmp_path, cuda=1e-4)
    bench.prepare()
    bench.others["cuda"].seconds = 0.0
    before = world.time
    bench.cpu.seconds = 0.0
    assert bench.select()[0].provider == "cuda" and world.time == before
    bench.others["cuda"].error = 1.0
    choice, session = bench.select()
    assert session is bench.cpu and "was prepared, but differs" in choice.why


def test_another_network_other_providers_or_a_spoilt_file_are_not_what_was_prepared(world, tmp_path):
    bench = Bench(world, tmp_path, cuda=1e-4)
    bench.prepare()
    assert not bench.select(sha256="a" * 16 + "b" * 48)[0].why.startswith("prepared")
    more = Bench(world, tmp_path, cuda=1e-4, tensorrt=1e-5)
    assert not more.select()[0].why.startswith("prepared")
    (file,) = tmp_path.glob("*/prepared.json")
    file.write_text(file.read_text()[:-20])
    assert not bench.select()[0].why.startswith("prepared")


def test_the_name_of_the_device_comes_from_its_driver_or_its_board(tmp_path):
    (tmp_path / "0000:01:00.0").mkdir()
    (tmp_path / "0000:01:00.0" / "information").write_text("Model: \t\t NVIDIA H200\nIRQ: 1\n")
    board = tmp_path / "model"
    board.write_text("NVIDIA Jetson Orin NX\0")
    nowhere = tmp_path / "nowhere"
    assert device_name(tmp_path, nowhere) == "NVIDIA H200"
    assert device_name(nowhere, board) == "NVIDIA Jetson Orin NX"
    assert device_name(nowhere, nowhere) == ""
