"""``skill-stack eval SUITE --blind``: variants under letters, in blocks of random order, told apart at the end."""

from __future__ import annotations

import argparse
import hashlib
import itertools
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from skill_stack.commands.common import note, print_json
from skill_stack.commands.measure.evaluate_compare import other_version
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.evaluation.blind import BlindOrder, blocks_needed
from skill_stack.evaluation.comparison import compare
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.sequential import ALPHA
from skill_stack.evaluation.suite import Suite, Task, seeds_of
from skill_stack.evaluation.suite_run import jobs_of

if TYPE_CHECKING:
    from skill_stack.benchmarks.pieces import PieceFile

Variant = Callable[[int], bool]
"""Runs one episode in the world of a seed; whether it passed."""
HERE = "this version"


def run(suite: Suite, options: argparse.Namespace, found: Resources) -> int:
    """Tries the variants and tells at the end which is which; 0, or 130 after Ctrl-C.

    Variants are the tasks of the suite (``--task``), or with ``--against`` two versions of one task.

    Args:
        suite: The suite.
        options: Of the command line: ``task``, ``against``, ``seeds``, ``order``, ``difference``, ``discordant``,
            ``power``, ``fresh`` and ``json``.
        found: Where this version's data are, and where results are kept.

    Raises:
        SkillStackError: There are fewer than two variants, or an episode cannot be run.
    """
    from skill_stack.benchmarks.pieces import PieceFile

    tasks = list(dict.fromkeys(task.name for task, _ in jobs_of(suite, (), options.task)))
    if options.against and len(tasks) != 1:
        raise DataError("two versions are tried blind on one task: name it by --task")
    names = [HERE, options.against] if options.against else tasks
    pairs = len(names) * (len(names) - 1) // 2
    blocks = blocks_needed(options.difference, options.discordant, options.power, ALPHA / max(1, pairs))
    first = min(seeds_of(options.seeds) if options.seeds else suite.seeds)
    about = f"{suite.model_dump_json()} {tasks} {blocks} {first}"
    drawn = BlindOrder.draw(names, range(first, first + blocks), about, options.order)
    key = hashlib.sha256(drawn.seal.encode()).hexdigest()[:12]
    path = found.writable_folder("eval") / f"blind_{suite.name}_{key}.jsonl"
    if options.fresh:
        path.unlink(missing_ok=True)
    note(f"{len(names)} variants, {blocks} worlds each (power {options.power:g} for a difference of "
         f"{options.difference:g} where {options.discordant:g} differ); seal {drawn.seal}")  # fmt: skip
    kept = PieceFile(path)
    with ExitStack() as stack:
        try:
            _try(drawn, kept, lambda name: _variant(name, tasks, suite, options, found, stack))
        except KeyboardInterrupt:
            note("ended; what is done is kept under letters, and the same command goes on from there")
            return 130
    _tell(drawn, kept, options.json)
    return 0


def _try(drawn: BlindOrder, kept: PieceFile, make: Callable[[str], Variant]) -> None:
    """Runs what is left, in order; nothing here tells a letter's meaning."""
    done = {(piece["seed"], piece["letter"]) for piece in kept.pieces}
    left, ready = [trial for trial in drawn.trials if trial not in done], dict[str, Variant]()
    began = time.monotonic()
    for number, (seed, letter) in enumerate(left, 1):
        if letter not in ready:
            ready[letter] = make(drawn.variants[letter])
        kept.add({"seed": seed, "letter": letter, "passed": ready[letter](seed)})
        rest = (time.monotonic() - began) / number * (len(left) - number)
        if number % 10 == 0 or number == len(left):
            note(f"{len(drawn.trials) - len(left) + number} of {len(drawn.trials)} trials, {rest:.0f} s left")


def _variant(
    name: str, tasks: list[str], suite: Suite, options: argparse.Namespace, found: Resources, stack: ExitStack
) -> Variant:
    """What runs a variant."""
    from skill_stack.runtime.episodes.scenario_episodes import ScenarioEpisodes

    data = stack.enter_context(other_version(name, found)) if options.against and name != HERE else found
    wanted = name if not options.against else tasks[0]
    task: Task = next(task for task in suite.tasks if task.name == wanted)
    episodes = ScenarioEpisodes(data, suite, time.perf_counter)
    episodes.check([task])
    return lambda seed: episodes.play(task, seed)[0].passed


def _tell(drawn: BlindOrder, kept: PieceFile, as_json: bool) -> None:
    """Tells which letter was what, and how they compare."""
    passed = {
        letter: {("trial", piece["seed"]): bool(piece["passed"]) for piece in kept.pieces if piece["letter"] == letter}
        for letter in drawn.variants
    }
    found = [compare(passed[a], passed[b], f"{drawn.variants[b]} after {drawn.variants[a]}")
             for a, b in itertools.combinations(drawn.variants, 2)]  # fmt: skip
    rows = [
        (letter, name, sum(passed[letter].values()), len(passed[letter])) for letter, name in drawn.variants.items()
    ]
    if as_json:
        keys = ("letter", "variant", "successes", "episodes")
        print_json({"seal": drawn.seal, "variants": [dict(zip(keys, row)) for row in rows],
                    "comparisons": [one.to_json() for one in found]})  # fmt: skip
        return
    for letter, name, successes, episodes in rows:
        low, high = success_interval(successes, episodes)
        print(f"{letter} was {name:32} {successes:4} of {episodes:4}  {low:.3f} to {high:.3f}")
    for one in found:
        print(one.line())
