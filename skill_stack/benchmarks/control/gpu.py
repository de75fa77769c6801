"""Control ticks with the policy on each provider, and its deviation from the CPU; or why not measured."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from skill_stack.benchmarks.control.synthetic_robot import write_robot
from skill_stack.benchmarks.control.tick import JOINTS, RATE, WalkingCore
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.scheduling import urgent
from skill_stack.benchmarks.timing import Work, alternating, collector_frozen, median_row, percentile
from skill_stack.controllers.control_core import ControlOptions
from skill_stack.controllers.policies.network import Network
from skill_stack.controllers.processes.control_process import PRIORITY
from skill_stack.controllers.providers.prepared import device_name
from skill_stack.controllers.providers.provider import ORT_NAMES, available
from skill_stack.controllers.providers.selector import ENGINES, ProviderSelector
from skill_stack.controllers.providers.trial import TOLERANCE
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary, load_library

ROBOT = "synthetic29"


def measure(seconds: float) -> list[Row]:
    """The synthetic robot with 29 joints and the Go2, each on every provider in turn.

    Args:
        seconds: How long both take together, s; building engines comes on top.
    """
    with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as name, collector_frozen(), urgent(PRIORITY):
        folder = Path(name)
        here = Resources.from_environment(os.environ)
        made_up = Resources((write_robot(folder, ROBOT, JOINTS, RATE),), folder)
        engines = here.writable_folder(ENGINES)
        rows = [_device()]
        for resources, robot, label in ((made_up, ROBOT, f"{JOINTS} joints"), (here, "go2", "go2 walk")):
            rows += _rows(resources, robot, label, seconds / 2, engines)
    return rows


def _device() -> Row:
    gpu = device_name()
    if gpu:
        return Row("device", 1.0, "GPU", note=gpu)
    return Row("device", math.nan, "GPU", note="not measured: this machine has no NVIDIA GPU")


def _rows(resources: Resources, name: str, label: str, seconds: float, engines: Path) -> Iterator[Row]:
    robot = load_robot(resources.robot(name))
    library = load_library(resources, robot)
    works, problems = {}, {}
    for provider in ORT_NAMES:
        try:
            works[provider] = _work(robot, library, provider, engines)
        except SkillStackError as error:
            problems[provider] = _line(error) if provider in available() else "not in this onnxruntime"
    durations = dict(zip(works, alternating(robot.control_rate, seconds, list(works.values()))))
    choice = _network(library, ProviderSelector("auto", engines)).choice
    for provider in ORT_NAMES:
        for row in _of_provider(label, provider, durations, problems):
            chosen = f"chosen here: {choice.why}" if provider == choice.provider else ""
            yield row if row.note else replace(row, note=chosen)
        if provider != "cpu":
            yield _agreement(library, label, provider, engines)


def _of_provider(label: str, provider: str, durations: dict, problems: dict[str, str]) -> Iterator[Row]:
    name = f"{label}: tick on {provider}"
    if provider not in durations:
        yield Row(name, math.nan, "µs", note=f"not measured: {problems[provider]}")
        return
    yield median_row(name, durations[provider], "µs", 1e6)
    yield Row(f"{name}, p99", percentile(durations[provider].ravel(), 99) * 1e6, "µs", note="paced at the control rate")


def _agreement(library: SkillLibrary, label: str, provider: str, engines: Path) -> Row:
    """Largest difference from the output of the CPU, with the tolerance as its limit where it was measured."""
    name = f"{label}: {provider} against cpu"
    if provider not in available():
        return Row(name, math.nan, "of output", note="not measured: not in this onnxruntime")
    try:
        trials = _network(library, ProviderSelector(provider, engines)).choice.trials
    except SkillStackError as error:
        return Row(name, math.nan, "of output", note=f"not measured: {_line(error)}")
    found = next(trial.deviation for trial in trials if trial.provider == provider)
    if found is None:
        return Row(name, math.nan, "of output", TOLERANCE, note="not measured: the output is not finite")
    return Row(name, found, "of output", TOLERANCE, note="largest difference over 1 + size, 32 observations")


def _work(robot: RobotSpec, library: SkillLibrary, provider: str, engines: Path) -> Work:
    """Ticks with every network on one provider; a provider that cannot be used raises."""
    _network(library, ProviderSelector(provider, engines))
    core = WalkingCore(robot, library, ControlOptions(selector=ProviderSelector(provider, engines)))
    return Work(core.run, core.prepare)


def _line(error: SkillStackError) -> str:
    """Its message in one line: that of a runtime that could not be loaded has several."""
    return " ".join(str(error).split())


def _network(library: SkillLibrary, selector: ProviderSelector, skill: str = "walk") -> Network:
    entry = library.entries[skill]
    assert entry.folder is not None and entry.spec is not None and entry.spec.policy is not None
    part = entry.spec.policy
    return Network(entry.folder / part.model, part.sha256, part.rate, selector)
