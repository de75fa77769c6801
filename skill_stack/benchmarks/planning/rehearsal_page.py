"""Markdown page of the rehearsal benchmark: the request, the chosen plan and the success rate of each scene."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skill_stack.benchmarks.machine import Machine
from skill_stack.benchmarks.planning.rehearsal_scenes import TrapFile
from skill_stack.evaluation.interval import success_interval
from skill_stack.planner.rehearsal_record import RehearsalSettings


def results_page(
    traps: TrapFile, budget: RehearsalSettings, results: Sequence[dict[str, Any]], machine: Machine
) -> str:
    """The page as Markdown.

    Args:
        traps: The scenes.
        budget: Limits of a rehearsal.
        results: One for each scene, as the benchmark writes them.
        machine: The machine it ran on.
    """
    worlds = len(results[0]["chosen"])
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    lines = [
        "# Rehearsal",
        "",
        _method(traps, budget, len(results), worlds),
        "",
        "```",
        "skill-stack bench rehearsal --out FILE.jsonl --write docs/results/rehearsal.md",
        "```",
        "",
        *_families(traps, results),
        "",
        *_told(results),
        "",
        "Failures with rehearsal:",
        "",
        *_failures(results),
        "",
        "## Every scene",
        "",
        "| scene | what the robot says | with rehearsal | first |",
        "|---|---|---|---|",
    ]
    for result in results:
        counts = (f"{sum(not run for run in result[which])} of {worlds}" for which in ("chosen", "first"))
        lines.append(f"| {result['scene']} | {result['reason']} | {' | '.join(counts)} |")
    lines += ["", f"Machine: {machine.processor}, {machine.cores} cores, load {machine.load:.1f}; {versions}.", ""]
    return "\n".join(lines)


def _method(traps: TrapFile, budget: RehearsalSettings, scenes: int, worlds: int) -> str:
    """How it was measured."""
    return (
        f"{scenes} scenes with a trap (`config/rehearsal_scenes.yaml`: {len(traps.families)} families, "
        f"{len(traps.seeds)} seeds each). In each scene the planner's candidates are rehearsed on what the robot is "
        f"told, within {budget.seconds:g} s of processor time on one core. The chosen plan and the first candidate, "
        f"which would have run without a rehearsal, are then run in the same {worlds} true worlds. No rehearsal saw "
        "these worlds.\n"
        "\n"
        "Success is judged on simulator truth: every object visited (near, facing it, nothing between) or the distance "
        "walked, seated where requested, nothing hit or pushed away, not fallen, and success reported by the "
        "connector.\n"
        "\n"
        "The true offset from a stated place is drawn uniformly from a disc whose radius follows from the stated "
        "confidence; rehearsals draw from a normal distribution. The families were developed with other seeds than "
        "those counted here. Measured with"
    )


def _families(traps: TrapFile, results: Sequence[dict[str, Any]]) -> list[str]:
    """One row for each family, and one for all."""
    about = {family.name: family.description for family in traps.families}
    lines = ["| family | trap | with rehearsal | first candidate |", "|---|---|---|---|"]
    for name in dict.fromkeys(result["family"] for result in results):
        some = [result for result in results if result["family"] == name]
        lines.append(f"| {name} | {about.get(name, '')} | {_share(some, 'chosen')} | {_share(some, 'first')} |")
    return [*lines, f"| **all** | | **{_share(results, 'chosen')}** | **{_share(results, 'first')}** |"]


def _told(results: Sequence[dict[str, Any]]) -> list[str]:
    """Confidence intervals, and the cost of a rehearsal."""
    spent = sorted(float(result["seconds"]) for result in results)
    return [
        f"The 95 % interval (Clopper-Pearson over all true worlds) is {_interval(results, 'chosen')} with rehearsal "
        f"and {_interval(results, 'first')} for the first candidate. Of the {len(results)} scenes, "
        f"{_solved(results, 'chosen')} succeed in most of their worlds with rehearsal, {_solved(results, 'first')} "
        "without.",
        "",
        f"A rehearsal took {spent[len(spent) // 2]:.1f} s (median; {spent[0]:.1f} … {spent[-1]:.1f} s) and made "
        f"{sorted(int(r['trials']) for r in results)[len(results) // 2]} trials (median) of up to "
        f"{max(int(r['candidates']) for r in results)} candidates; {sum(bool(r['complete']) for r in results)} of "
        f"{len(results)} finished before the time limit.",
    ]


def _runs(results: Sequence[dict[str, Any]], which: str) -> list[str]:
    return [run for result in results for run in result[which]]


def _share(results: Sequence[dict[str, Any]], which: str) -> str:
    runs = _runs(results, which)
    passed = sum(not run for run in runs)
    return f"{passed} of {len(runs)} ({passed / len(runs):.1%})"


def _interval(results: Sequence[dict[str, Any]], which: str) -> str:
    runs = _runs(results, which)
    low, high = success_interval(sum(not run for run in runs), len(runs))
    return f"{low:.2f} … {high:.2f}"


def _solved(results: Sequence[dict[str, Any]], which: str) -> int:
    return sum(sum(not run for run in result[which]) * 2 > len(result[which]) for result in results)


def _failures(results: Sequence[dict[str, Any]]) -> list[str]:
    """One line for each scene in which the chosen plan failed somewhere."""
    lines = [
        f"- {result['scene']} ({result['label']}): {'; '.join(sorted({run for run in result['chosen'] if run}))}"
        for result in results
        if any(result["chosen"])
    ]
    return lines or ["- nothing"]
