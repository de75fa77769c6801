"""What is found in recordings: answers to questions over made-up runs, and spoilt episodes among simulated ones."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from skill_stack.benchmarks.recording.questions import answers
from skill_stack.benchmarks.recording.simulated_runs import TASKS_A_RUN, spoilt_runs
from skill_stack.benchmarks.report import Row
from skill_stack.recording.reading.episode import RecordedTask, episodes_of
from skill_stack.recording.recording import Recording
from skill_stack.recording.review.spoilt import checked, limits

QUESTION_SEEDS, QUESTIONS = (101, 102, 103, 104), 50
SPOILT_SEED, SPOILT = 31, 0.1
"""Seed of the simulated runs, and the share of episodes that are spoilt; nothing was chosen by these seeds."""
A_RUN = 2.0
"""Time that a run of ten tasks takes to be simulated and checked, s, about."""


def measure(seconds: float) -> list[Row]:
    """Four sets of questions, and one run for each two seconds.

    Args:
        seconds: How long, s.
    """
    with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as folder:
        return [_questions(Path(folder)), *_spoilt(Path(folder) / "runs", max(round(seconds / A_RUN), 2), SPOILT_SEED)]


def _questions(folder: Path) -> Row:
    """Share of answers that are true."""
    sets = (answers(folder / str(seed), seed, QUESTIONS) for seed in QUESTION_SEEDS)
    right = [one.right(answer) for some in sets for one, answer in some]
    note = f"{sum(right)} of {len(right)}, seeds {QUESTION_SEEDS[0]} to {QUESTION_SEEDS[-1]}"
    return Row("questions answered truly", 100.0 * sum(right) / len(right), "%", 90.0, "higher", note=note)


def _spoilt(folder: Path, runs: int, seed: int) -> list[Row]:
    """Spoilt episodes found, and sound ones called spoilt."""
    spoilt: dict[str, str] = {}

    def episodes() -> Iterator[tuple[Recording, RecordedTask]]:
        tell = lambda text: print(f"  {text}", file=sys.stderr, flush=True)  # noqa: E731
        for made in spoilt_runs(folder, seed, runs, round(SPOILT * runs * TASKS_A_RUN), tell):
            spoilt.update(made.spoilt)
            with Recording(made.path) as run:
                yield from ((run, one) for one in episodes_of(run))

    found = checked(episodes(), limits())
    called = {name for name, some in found.items() if some}
    missed = Counter(kind for name, kind in spoilt.items() if name not in called)
    false, sound = len(called - set(spoilt)), len(found) - len(spoilt)
    note = f"{len(spoilt)} of {len(found)}, seed {seed}; missed: {dict(missed) or 'none'}"
    return [
        Row("spoilt episodes found", 100.0 * (1 - missed.total() / len(spoilt)), "%", 95.0, "higher", note=note),
        Row("sound episodes called spoilt", 100.0 * false / sound, "%", 5.0, note=f"{false} of {sound}"),
    ]
