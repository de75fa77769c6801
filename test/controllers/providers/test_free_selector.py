"""Providers of networks with any inputs, with sessions that the test makes up: slow, wrong, missing."""

from types import SimpleNamespace

import numpy as np
import pytest

from skill_stack.controllers.providers.free_selector import FreeSelector
from skill_stack.controllers.providers.provider import ProviderMissing
from skill_stack.controllers.providers.trial import Clock
from skill_stack.core.errors import DataError, UnknownName

INPUTS = {
    "image": ("tensor(uint8)", [1, "height", 3]),
    "words": ("tensor(float)", [1, 4]),
    "row": ("tensor(int64)", [1]),
}


class Fake:
    """A session with three inputs that takes a time and errs."""

    def __init__(self, seconds, error=0.0):
        self.seconds, self.error, self.time = seconds, error, [0.0]

    def get_inputs(self):
        return [SimpleNamespace(name=name, type=kind, shape=shape) for name, (kind, shape) in INPUTS.items()]

    def run(self, names, question):
        self.time[0] += self.seconds
        assert question["image"].shape == (1, 1, 3) and question["image"].dtype == np.uint8
        assert question["row"].dtype == np.int64 and question["row"][0] == 0, "a number of a row must exist"
        sums = sum(float(array.sum()) for array in question.values())
        return [np.full((1, 2, 2), sums + self.error), np.array([sums])]


class Bench:
    """Sessions that share a clock."""

    def __init__(self, wanted="auto", cpu=0.1, **others):
        self.cpu = Fake(cpu)
        self.others = {name: Fake(*(one if isinstance(one, tuple) else (one,))) for name, one in others.items()}
        for other in self.others.values():
            other.time = self.cpu.time
        clock = Clock(lambda: self.cpu.time[0], lambda seconds: None)
        self.selector = FreeSelector(wanted, ("cpu", *self.others), self.open, clock)

    def open(self, place, name):
        if name not in self.others or self.others[name].seconds is None:
            raise ProviderMissing("no device")
        return self.others[name]

    def select(self):
        return self.selector.select(None, self.cpu)


def test_the_fastest_that_agrees_is_taken():
    bench = Bench(cuda=0.01)
    choice, session = bench.select()
    assert choice.provider == "cuda" and session is bench.others["cuda"]
    assert "cuda 10.000 ms, cpu 100.000 ms" in choice.why


@pytest.mark.parametrize(
    ("cuda", "why"), [(0.095, "no other is clearly faster"), ((0.01, 5.0), "differs from the CPU"), (None, "no device")]
)
def test_else_it_stays_on_the_cpu_and_says_why(cuda, why):
    bench = Bench(cuda=cuda)
    choice, session = bench.select()
    assert choice.provider == "cpu" and session is bench.cpu and why in choice.why


def test_alone_or_forced_the_cpu_is_not_even_measured():
    for bench in (Bench(), Bench("cpu", cuda=0.01)):
        assert bench.select()[0].provider == "cpu" and bench.cpu.time == [0.0]


def test_engines_are_built_only_where_somebody_asks():
    assert Bench(tensorrt=0.001).select()[0].provider == "cpu"
    assert Bench("tensorrt", tensorrt=0.001).select()[0].provider == "tensorrt"


def test_a_forced_provider_that_cannot_be_used_is_an_error():
    with pytest.raises(DataError, match="'cuda' is forced and cannot be used: no device. Usable: cpu, auto"):
        Bench("cuda", cuda=None).select()
    with pytest.raises(UnknownName, match="tensorrt"):
        FreeSelector("gpu")
