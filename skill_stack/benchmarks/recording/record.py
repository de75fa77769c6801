"""The recorder beside a whole stack: ticks lost, what it costs, and the space that a minute takes."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.machine import Machine
from skill_stack.benchmarks.process_usage import cpu_seconds, family
from skill_stack.benchmarks.recording.disk_faults import disk_faults
from skill_stack.benchmarks.recording.kills import kills
from skill_stack.benchmarks.report import BenchmarkReport, Row
from skill_stack.benchmarks.stack.running_stack import RunningStack, running_stack
from skill_stack.core.arguments import Parser
from skill_stack.core.errors import SkillStackError
from skill_stack.core.shared_memory.black_box import BlackBoxFollower, box_path
from skill_stack.recording.format import CONTROL_TICK, recordings_folder, topic
from skill_stack.recording.recording import Recording
from skill_stack.runtime.bringup.processes import RECORDING

TITLE = "the recorder: ticks lost, CPU, lateness, space; killed; on disks that fail"
RATES = (50.0, 500.0)
SHORT_RATE, SHORT = 500.0, 60.0
ON, OFF = 10.0, 5.0
"""Length of windows with the recorder at work and with it held, s; it is thought to hang after 30 s."""
READY = 90.0
PERCENTILE = 99.9


@dataclass
class Windows:
    """What was measured in windows of one kind.

    Attributes:
        control: CPU time of the control process, s.
        recorder: CPU time of the recorder, s.
        seconds: Length of all of them, s.
        late: Lateness of every tick, ms.
    """

    control: float = 0.0
    recorder: float = 0.0
    seconds: float = 0.0
    late: list[np.ndarray] = field(default_factory=list)

    @property
    def p999(self) -> float:
        """The percentile of the lateness that counts, ms."""
        return float(np.percentile(np.concatenate(self.late), PERCENTILE)) if self.late else float("nan")


def measure(seconds: float) -> list[Row]:
    """Up to a minute at 500 Hz without a camera; longer with one, half of it at each rate.

    Args:
        seconds: How long, s.
    """
    if seconds <= SHORT:
        return _rows_of(SHORT_RATE, seconds, "go2_sim")
    return [row for rate in RATES for row in _rows_of(rate, seconds / len(RATES), "go2_camera")]


def _rows_of(rate: float, seconds: float, deployment: str) -> list[Row]:
    """Figures of one stack at one rate."""
    with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as overlay, _recording():
        more = {"SKILL_STACK_OVERLAY": overlay}
        with running_stack(False, rate, READY, more, deployment) as stack:
            with stack.probe("errands", seconds + READY):
                on, off, lost = _watch(stack, seconds)
            namespace, part = stack.namespace, stack.channels.part
        (folder,) = recordings_folder(Path(overlay)).glob("*_go2*")
        return _figures(folder, topic(namespace, part, CONTROL_TICK), rate, on, off, lost)


@contextlib.contextmanager
def _recording() -> Iterator[None]:
    """Has stacks record, whatever the environment says."""
    before = os.environ.pop(RECORDING, None)
    try:
        yield
    finally:
        if before is not None:
            os.environ[RECORDING] = before


def _watch(stack: RunningStack, seconds: float) -> tuple[Windows, Windows, int]:
    """Windows with the recorder at work, and held, in turns; and ticks that the watching itself lost."""
    on, off = Windows(), Windows()
    follower = BlackBoxFollower(box_path(stack.channels.block.path))
    end = time.monotonic() + seconds
    number = 0
    while (left := end - time.monotonic()) > 1.0:
        _window(stack, follower, on, min(ON, left), held=False)
        _window(stack, follower, off, min(OFF, left / 2), held=True)
        number += 1
        if number % 4 == 1:
            print(f"  {seconds - left:6.0f} s of {seconds:.0f} s", file=sys.stderr, flush=True)
    return on, off, follower.lost


def _window(stack: RunningStack, follower: BlackBoxFollower, into: Windows, seconds: float, held: bool) -> None:
    recorder = family(_recorder_of(stack))
    for pid in recorder if held else ():
        os.kill(pid, signal.SIGSTOP)
    try:
        follower.read()
        begin = time.monotonic()
        control, recorder_before = cpu_seconds(stack.pids["control"]), sum(map(cpu_seconds, recorder))
        time.sleep(seconds)
        into.control += cpu_seconds(stack.pids["control"]) - control
        into.recorder += sum(map(cpu_seconds, recorder)) - recorder_before
        into.seconds += time.monotonic() - begin
        into.late.append(follower.read()["lateness_ms"])
    finally:
        for pid in recorder if held else ():
            os.kill(pid, signal.SIGCONT)
    stack.up.poll()


def _recorder_of(stack: RunningStack) -> int:
    """Process id of the recorder, which may have been started again."""
    for child in stack.up.children:
        if child.spec.name == "recorder" and child.identity is not None:
            return child.identity.pid
    raise SkillStackError("the stack has no recorder")


def _figures(folder: Path, ticks: str, rate: float, on: Windows, off: Windows, unwatched: int) -> list[Row]:
    with Recording(folder) as recording:
        numbers = np.array([message.message.sequence for message in recording.messages([ticks])])
        minutes = (recording.span[1] - recording.span[0]) / 60e9
        size, pictures = (
            recording.path.stat().st_size,
            [count for name, count in recording.counts.items() if name.endswith("/compressed")],
        )
        repaired = recording.repaired
    missing = int((np.diff(numbers) - 1).sum()) if len(numbers) else -1
    period = 1e3 / rate
    what = f"{rate:g} Hz"
    late = max(on.p999 - off.p999, 0.0)
    share = 100.0 * (on.control / on.seconds - off.control / off.seconds)
    read = f"{len(numbers)} ticks in {minutes:.1f} min; {sum(pictures)} pictures; repaired: {repaired is not None}"
    both = f"p{PERCENTILE:g} is {on.p999:.3f} ms with it at work and {off.p999:.3f} ms with it held, in turns"
    return [
        Row(f"{what}: control ticks lost, by number", missing, "ticks", 0.0, note=read),
        Row(
            f"{what}: control process, with against without the recorder", max(share, 0.0), "% of a core", 1.0,
            note=f"{100 * on.control / on.seconds:.2f} % against {100 * off.control / off.seconds:.2f} %",
        ),
        Row(f"{what}: lateness, with against without it", 100.0 * late / period, "% of period", 1.0, note=both),
        Row(f"{what}: recorder", 100.0 * on.recorder / on.seconds, "% of a core", 15.0),
        Row(f"{what}: space", size / 1e6 / max(minutes, 1e-9), "MB per minute"),
        Row(f"{what}: ticks that the measurement missed", unwatched, "ticks"),
    ]  # fmt: skip


def command_line() -> argparse.ArgumentParser:
    """The options of the campaigns."""
    parser = Parser(
        prog="skill-stack bench record", description=TITLE, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example:\n  skill-stack bench record --kills 200 --disk-faults 50 --out build/record.json",
    )  # fmt: skip
    parser.add_argument("--kills", type=int, default=0, metavar="N", help="kill -9 of the recorder at random moments")
    parser.add_argument("--disk-faults", type=int, default=0, metavar="N", help="disks that are full, read-only, slow")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default: 1)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write the figures as JSON")
    return parser


def main(argv: Sequence[str]) -> int:
    """Runs what was asked for; prints it.

    Returns:
        0 when everything was measured, whether or not the limits hold.
    """
    options = command_line().parse_args(argv)
    begin = time.monotonic()
    rows: list[Row] = []
    if options.kills:
        rows += kills(options.kills, options.seed)
    if options.disk_faults:
        rows += disk_faults(options.disk_faults, options.seed)
    report = BenchmarkReport("record", TITLE, Machine.here(), tuple(rows), time.monotonic() - begin)
    print(report.table())
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(report.to_json(), indent=1, ensure_ascii=False), encoding="utf-8")
    return 0
