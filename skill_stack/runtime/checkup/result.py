"""Result: finding of one step of the checks, and the report of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Verdict = Literal["good", "bad", "open"]
"""Passed, failed, or skipped because it needs a person or a step that failed."""


@dataclass(frozen=True, slots=True)
class Result:
    """Finding of one step.

    Attributes:
        step: Name of the step, e.g. ``joint FL_hip_joint``.
        verdict: How it ended.
        found: One sentence with the figures.
        advice: What to do about it; empty when there is nothing to do.
        figures: Measured values by name, SI.
    """

    step: str
    verdict: Verdict
    found: str
    advice: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckupReport:
    """Report of all checks.

    Attributes:
        robot: Name of the robot.
        driver: Hardware driver.
        when: Date and time, as text.
        who: Whether a person watched.
        results: Every step, in order.
    """

    robot: str
    driver: str
    when: str
    who: str
    results: tuple[Result, ...]

    @property
    def good(self) -> bool:
        """Whether nothing failed; skipped steps do not count."""
        return all(result.verdict != "bad" for result in self.results)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "good": self.good}

    def to_markdown(self) -> str:
        """For people."""
        counts = {v: sum(result.verdict == v for result in self.results) for v in ("good", "bad", "open")}
        lines = [
            f"# Check of {self.robot} with driver `{self.driver}`",
            "",
            f"{self.when}; {self.who}. {counts['good']} good, {counts['bad']} bad, {counts['open']} left open.",
            "",
            "| | step | found | what to do |",
            "|---|---|---|---|",
            *(_row(result) for result in self.results),
            "",
            *_figures(self.results),
        ]
        return "\n".join(lines) + "\n"


def _row(result: Result) -> str:
    mark = {"good": "good", "bad": "**BAD**", "open": "open"}[result.verdict]
    cells = [mark, result.step, result.found, result.advice]
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"


def _figures(results: Sequence[Result]) -> list[str]:
    rows = [(r.step, name, value) for r in results for name, value in r.figures.items()]
    if not rows:
        return []
    return [
        "## Figures",
        "",
        "| step | what | value |",
        "|---|---|---|",
        *(f"| {step} | {name} | {value:.4g} |" for step, name, value in rows),
    ]
