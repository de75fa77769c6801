"""SlowReport: state of a policy that runs beside the control loop, for status and diagnostics."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from skill_stack.core.errors import StaleData
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.shared_memory.shared_block import SharedRecord
from skill_stack.core.shared_memory.slow_channel import SLOW, SlowChannel, SlowUse, SlowWork, slow_paths
from skill_stack.core.shared_memory.text_field import to_text


@dataclass(frozen=True, slots=True)
class SlowReport:
    """State of a slow policy, for people.

    Attributes:
        skill: The skill.
        ok: Whether it works.
        text: The report in words.
        values: Single figures by name, with their units.
    """

    skill: str
    ok: bool
    text: str
    values: dict[str, str]


def slow_reports(block: Path) -> tuple[SlowReport, ...]:
    """States of the slow policies of a part; files that are no blocks are left out."""
    return tuple(_report(path, path.name.partition(SLOW)[2]) for path in slow_paths(block))


def _report(path: Path, skill: str) -> SlowReport:
    """Reads the two records at the end of the block, which need no knowledge of the skill."""
    forms = SlowChannel.layout(skill, 0, 0, 0).records[-2:]
    use, work = SlowUse(), SlowWork()
    try:
        data = path.read_bytes()
    except OSError:
        return SlowReport(skill, False, "its shared memory is gone", {})
    place = len(data) - sum(form.size for form in forms)
    for form in forms:
        memory = data[place : place + form.size]
        place += form.size
        try:
            values = SharedRecord(memory, 0, form).read()[0]  # type: ignore[arg-type]
        except StaleData:
            continue
        if form.name == "use":
            use = SlowUse(*values)
        else:
            pid, start, seconds, answers, skipped, problem = values
            work = SlowWork(ProcessIdentity(pid, start), seconds, answers, skipped, to_text(problem))
    return _judged(skill, use, work)


def _judged(skill: str, use: SlowUse, work: SlowWork) -> SlowReport:
    figures = {
        "age": f"{use.age:.3f} s",
        "age limit": f"{use.max_age:g} s",
        "ticks to the answer": str(use.ticks),
        "inference": f"{1e3 * work.seconds:.1f} ms",
        "asked": str(use.asked),
        "used": str(use.taken),
        "late": str(use.late),
        "broken": str(use.broken),
        "refused": str(use.refused),
        "overtaken questions": str(work.skipped),
        "fallbacks": str(use.fallbacks),
        "drives": "fallback" if use.falls_back else "policy",
        "worker": str(work.process.pid),
    }
    if not work.process.pid:
        return SlowReport(skill, False, "no worker has answered for it yet", figures)
    if not work.process.alive:
        return SlowReport(skill, False, f"its worker is dead (was process {work.process.pid})", figures)
    if work.problem:
        return SlowReport(skill, False, work.problem, figures)
    text = f"process {work.process.pid}, ready"
    if use.asked:
        text = f"process {work.process.pid}, last inference {figures['inference']}; {use.taken} of {use.asked} answers "
        text += f"used, {use.late} late, {use.broken} broken; the fallback took over {use.fallbacks}×"
        text += "; it drives now" if use.falls_back else f"; answer {use.age:.2f} s old, limit {use.max_age:g} s"
    return SlowReport(skill, not use.falls_back, text, figures)
