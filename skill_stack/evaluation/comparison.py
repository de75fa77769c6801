"""Comparison of two versions of a suite, task by task and as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.evaluation.paired import Outcomes, Pairs, mcnemar_exact, mcnemar_mid_p, pairs_of
from skill_stack.evaluation.sequential import SequentialTest


@dataclass(frozen=True, slots=True)
class Comparison:
    """Result of the second version against the first on the same seeds.

    Attributes:
        name: Task, or the suite for all of them.
        pairs: What passed with which.
        exact: p-value of McNemar's exact test, for one look at the end.
        mid_p: The same as mid-p.
        sequential: The test that may be looked at any time, pairs in the order of their seeds.
    """

    name: str
    pairs: Pairs
    exact: float
    mid_p: float
    sequential: SequentialTest

    def to_json(self) -> dict[str, Any]:
        """The form that ``--json`` prints."""
        return {
            "task": self.name,
            "pairs": self.pairs.episodes,
            "both": self.pairs.both,
            "neither": self.pairs.neither,
            "lost": self.pairs.lost,
            "won": self.pairs.won,
            "difference": self.pairs.difference,
            "mcnemar_exact": self.exact,
            "mcnemar_mid_p": self.mid_p,
            "anytime_p": self.sequential.p_value,
            "verdict": self.sequential.verdict,
        }

    def line(self) -> str:
        """One line for people."""
        pairs = self.pairs
        return (
            f"{self.name:32} {pairs.episodes:5} pairs  won {pairs.won:4}  lost {pairs.lost:4}  "
            f"{100 * pairs.difference:+6.1f} points  exact p {self.exact:.3f}  mid-p {self.mid_p:.3f}  "
            f"any-time p {self.sequential.p_value:.3f}  {self.sequential.verdict}"
        )


def compare(first: Outcomes, second: Outcomes, name: str) -> Comparison:
    """Compares the common episodes of both versions.

    Args:
        first: Outcomes of the first version.
        second: Outcomes of the second.
        name: What it is called.

    Raises:
        DataError: They have nothing in common.
    """
    pairs, test = pairs_of(first, second), SequentialTest()
    for key in sorted(first.keys() & second.keys(), key=lambda key: (key[1], key[0])):
        test.add(first[key], second[key])
    return Comparison(name, pairs, mcnemar_exact(pairs.lost, pairs.won), mcnemar_mid_p(pairs.lost, pairs.won), test)


def compare_all(first: Outcomes, second: Outcomes, name: str) -> list[Comparison]:
    """Task by task, in the order of their names, and all together last.

    Raises:
        DataError: They have nothing in common.
    """
    tasks = sorted({task for task, _ in first.keys() & second.keys()})
    parts = [compare(_of(first, task), _of(second, task), task) for task in tasks]
    return [*parts, compare(first, second, f"all of {name}")]


def _of(outcomes: Outcomes, task: str) -> Outcomes:
    return {key: passed for key, passed in outcomes.items() if key[0] == task}


def outcomes_of_report(data: Any, origin: Path) -> dict[tuple[str, int], bool]:
    """Outcomes in what ``eval --json`` printed.

    Args:
        data: The plain data.
        origin: Its file, for the message.

    Raises:
        DataError: It is something else.
    """
    try:
        rows = [(task["task"], run) for task in data["tasks"] for run in task["runs"]]
        found = {(str(name), int(run["seed"])): run["passed"] for name, run in rows}
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{origin}: holds no report of 'skill-stack eval … --json' ({error!r})") from error
    if not all(isinstance(passed, bool) for passed in found.values()):
        raise DataError(f"{origin}: says of an episode neither that it passed nor that it did not")
    return found


def summary(comparisons: list[Comparison]) -> Mapping[str, Any]:
    """What ``--json`` prints of a comparison."""
    *tasks, whole = comparisons
    return {"all": whole.to_json(), "tasks": [one.to_json() for one in tasks]}
