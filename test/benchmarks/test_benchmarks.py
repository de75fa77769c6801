"""Every benchmark runs for a moment and yields rows of the agreed form; no figure is asserted."""

import math
import os
from pathlib import Path

import pytest

from skill_stack.benchmarks.catalogue import BENCHMARKS, run
from skill_stack.core.resources import Resources

ALONE = ("plan", "tick", "line_in_process", "sim", "cpu", "estimate", "faults", "gpu", "properties", "unitree")
ALONE += ("sensors", "hardware", "rehearsal", "foresight", "lessons", "words", "blending", "stance", "connector")
ALONE += ("import", "perception", "looking", "cloning", "voice", "rewards")
WITH_NODES = ("stop", "line", "corrections", "memory", "messages", "jitter", "soak", "hand_soak", "parts")
WITH_NODES += ("record", "page", "stops")
# These take long; most have tests of their own, which try smaller runs.
LONG = ("words", "estimate", "connector", "unitree", "rehearsal", "foresight", "stance", "cpu", "plan", "blending")
LONG += ("rewards", "perception", "hardware", "import", "record", "looking", "cloning", "voice", "stops")
# Rows with a limit: one that lost its limit would pass unnoticed.
LIMITS = dict.fromkeys((*ALONE, *WITH_NODES), 1)
LIMITS |= {"cpu": 2, "stop": 2, "estimate": 9, "faults": 3, "memory": 2, "gpu": 0, "parts": 6, "record": 4, "page": 4}
LIMITS |= {"looking": 3, "lessons": 2, "cloning": 2, "voice": 3, "stops": 6, "rewards": 2, "foresight": 0}


def shared_memory():
    """Blocks of benchmarks in this session's domain; another run on this machine has one of its own."""
    return set(Path("/dev/shm").glob(f"skill-stack-*-{os.environ['ROS_DOMAIN_ID']}-bench_*"))


def check(name):
    before = shared_memory()
    report = run(name, 1.5)
    data = report.to_json()
    assert data["bench"] == name and data["rows"]
    assert len({row["name"] for row in data["rows"]}) == len(data["rows"]), "two rows share a name"
    for row in report.rows:
        assert row.name and row.unit
        assert math.isfinite(row.value) and row.value >= 0 or row.note, f"{row.name} was not measured and says not why"
        if row.spread:
            assert row.spread[0] <= row.spread[1]
    assert sum(row.limit is not None for row in report.rows) >= LIMITS[name]
    assert report.bench in report.table()
    assert shared_memory() == before, "shared memory left behind"
    return report


def test_every_benchmark_is_tried_here():
    assert set(ALONE) | set(WITH_NODES) == set(BENCHMARKS) == set(LIMITS)


@pytest.fixture(autouse=True)
def skills():
    resources = Resources.from_environment(os.environ)
    if not (resources.robot("go2").parents[1] / "models" / "go2" / "walk" / "policy.onnx").is_file():
        pytest.skip("the walking policy is not there")


@pytest.mark.parametrize("name", [pytest.param(one, marks=[pytest.mark.slow] * (one in LONG)) for one in ALONE])
def test_it_runs_without_nodes(name):
    check(name)


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param(one, marks=[pytest.mark.slow] * (one in LONG)) for one in WITH_NODES])
def test_it_runs_with_all_nodes(name):
    check(name)
