"""Catalogue of benchmarks; each is a module with ``measure(seconds) -> list[Row]``, imported on demand."""

from __future__ import annotations

import importlib
import time
from collections.abc import Sequence
from dataclasses import dataclass

from skill_stack.benchmarks.machine import Machine
from skill_stack.benchmarks.report import BenchmarkReport, Row
from skill_stack.core.errors import UnknownName


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark.

    Attributes:
        title: What it measures, in one sentence.
        seconds: Default length of the measurement without set-up, s.
        module: Where it is.
    """

    title: str
    seconds: float
    module: str

    def measure(self, seconds: float) -> Sequence[Row]:
        """Measures for about that long, s."""
        rows: Sequence[Row] = importlib.import_module(f"skill_stack.benchmarks.{self.module}").measure(seconds)
        return rows


BENCHMARKS: dict[str, Benchmark] = {
    "tick": Benchmark(
        "a whole control tick against the bare policy, both paced at the control rate", 30, "control.tick"
    ),
    "jitter": Benchmark(
        "lateness of the control loop with everything running and a flood beside it", 20, "control.jitter"
    ),
    "cpu": Benchmark("the control process's share of a core", 16, "control.cpu"),
    "parts": Benchmark(
        "control processes of a G1 with two hands, 61 joints, beside the whole stack", 20, "control.parts"
    ),
    "sim": Benchmark("the simulator process with recorded commands against bare mj_step", 16, "stack.sim"),
    "line_in_process": Benchmark(
        "planner, connector, controller and physics in one process", 20, "stack.line_in_process"
    ),
    "plan": Benchmark("instruction to checked plan without a language model", 10, "planning.plan"),
    "words": Benchmark(
        "mutated sentences: no exception, no plan that fails its check, no late answer", 30, "planning.words"
    ),
    "rehearsal": Benchmark(
        "scenes with a trap: the plan that a rehearsal chooses against the first candidate", 40, "planning.rehearsal"
    ),
    "foresight": Benchmark(
        "motions at the edge of balance: losses that a rehearsal foresees, and others it lets pass", 40,
        "planning.foresight",
    ),
    "estimate": Benchmark(
        "base motion from IMU and legs against the truth and the odometry sensor", 20, "control.estimate"
    ),
    "faults": Benchmark("faults at random moments, each against its declared reaction", 45, "control.faults"),
    "sensors": Benchmark(
        "checks of sensors against one another: alarms in use, and wrong sensors", 30, "control.sensors"
    ),
    "properties": Benchmark(
        "samples, setpoints and outputs of any kind, and what must never come out", 30, "control.properties"
    ),
    "connector": Benchmark(
        "the connector's cycle with 200 skills, and what choosing among skills by their runs is worth",
        40,
        "connecting.connector",
    ),
    "lessons": Benchmark("success in physical scenes with a hidden rule, before and after", 60, "planning.lessons"),
    "line": Benchmark("words to the first joint command of that request, all nodes", 20, "stack.line"),
    "corrections": Benchmark(
        "arrival of a correction to the setpoint with the changed goal, all nodes", 30, "stack.corrections"
    ),
    "stop": Benchmark("a client's stop call to the flag, and the flag to the stance", 20, "stack.stop"),
    "page": Benchmark("the page with ten viewers: CPU, control loop, loading, stops", 24, "stack.page"),
    "stops": Benchmark(
        "stops by page, gamepad, keyboard, terminal and voice, from the act to the standing robot", 40, "stack.stops"
    ),
    "voice": Benchmark("spoken commands with noise: word errors, right plans, stops heard", 40, "devices.voice"),
    "record": Benchmark(
        "the recorder: ticks lost, CPU, lateness, space; killed; on disks that fail", 20, "recording.record"
    ),
    "cloning": Benchmark(
        "a clone on recordings without what checks find, against one on all", 360, "recording.cloning"
    ),
    "looking": Benchmark("questions to recordings, and spoilt episodes among sound ones", 40, "recording.looking"),
    "messages": Benchmark(
        "messages of any kind to all nodes of a running stack: no process ends", 40, "stack.messages"
    ),
    "memory": Benchmark("proportional memory of the whole running stack without a viewer", 5, "stack.memory"),
    "gpu": Benchmark("ticks with the policy on each provider, and their agreement with the CPU", 10, "control.gpu"),
    "unitree": Benchmark("reading and writing a Unitree robot over DDS at 500 Hz", 15, "devices.unitree"),
    "hardware": Benchmark(
        "hands on serial and CAN: cycles at their rates, faults over their buses", 40, "devices.hardware"
    ),
    "blending": Benchmark(
        "walking and body poses in simulation: faded against switched hard, and both at once", 40, "control.blending"
    ),
    "stance": Benchmark(
        "a paw after a walk in simulation: feet brought in place first, against the same without", 40, "control.stance"
    ),
    "perception": Benchmark(
        "a look of a depth camera understood on one core, drawn, and carried to another process",
        15,
        "devices.perception",
    ),
    "rewards": Benchmark(
        "motions planned by sampling: plans in a second, CPU time, and the control loop beside a planner",
        20,
        "control.planned_motions",
    ),
    "import": Benchmark("an imported policy: skill folder to first action, and importing it", 5, "control.imports"),
    "hand_soak": Benchmark(
        "memory and lateness of the whole stack over time, while a hand on its serial bus opens and closes",
        25,
        "stack.hand_soak",
    ),
    "soak": Benchmark(
        "memory and lateness of the whole stack over time, while the robot runs errands", 25, "stack.soak"
    ),
}
"""Benchmarks by name, in the order in which ``all`` runs them."""


def run(name: str, seconds: float | None) -> BenchmarkReport:
    """Runs one benchmark.

    Args:
        name: One of :data:`BENCHMARKS`.
        seconds: How long it measures, s; None takes its own default.

    Raises:
        UnknownName: There is no such benchmark.
        SkillStackError: It could not run; the message states why.
    """
    if name not in BENCHMARKS:
        raise UnknownName("benchmark", name, (*BENCHMARKS, "all"))
    bench = BENCHMARKS[name]
    machine = Machine.here()
    begin = time.perf_counter()
    rows = tuple(bench.measure(bench.seconds if seconds is None else seconds))
    return BenchmarkReport(name, bench.title, machine, rows, time.perf_counter() - begin)
