"""Choosing by runs in conditions that were drawn, not picked: regret, floors that come back, skills that are added."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.benchmarks.connecting.connector_regret import RegretSeries, RunChooser, run_series, worth
from skill_stack.benchmarks.report import Row
from skill_stack.core.errors import DataError
from skill_stack.evaluation.choice_suite import ChoiceSuite, SeriesOptions
from skill_stack.evaluation.interval import bootstrap
from skill_stack.evaluation.scores.choice_score import ChoiceScore, MeasuredRun
from skill_stack.evaluation.transfer import transfer

Array = np.ndarray
FIRST = 10
"""Requests after a change of conditions that show how fast the choice follows."""


def drawn_conditions(names: Sequence[str], options: SeriesOptions, seed: int) -> tuple[list[str], list[str]]:
    """Conditions of a series of requests, and whether each is ``new`` or ``back``.

    Args:
        names: All conditions.
        options: How long they last, and how often one comes back.
        seed: Of the series.
    """
    rng, had = np.random.default_rng([seed, 92]), list[str]()
    conditions, kinds = list[str](), list[str]()
    while len(conditions) < options.requests:
        others = [name for name in had if name != conditions[-1]]
        unmet = [name for name in names if name not in had]
        back = bool(others) and (not unmet or rng.random() < options.returns)
        name = str(rng.choice(others if back else unmet))
        if not back:
            had.append(name)
        lasts = int(rng.geometric(1.0 / options.stretch))
        conditions += [name] * lasts
        kinds += ["back" if back else "new"] * lasts
    return conditions[: options.requests], kinds[: options.requests]


def ordinary_rows(suite: ChoiceSuite, scores: Sequence[ChoiceScore]) -> list[Row]:
    """Figures of choosing, over all series of a suite.

    Raises:
        DataError: There are fewer than two conditions.
    """
    if len(scores) < 2:
        raise DataError("conditions can change only where there are two or more: --seeds 1-2")
    measured = {str(one.seed): one.runs for one in scores}
    plans = [drawn_conditions(list(measured), suite.series, seed) for seed in range(suite.series.count)]
    done = {how: [run_series(measured, conditions, seed, suite.ways, how) for seed, (conditions, _) in enumerate(plans)]
            for how in ("learn", "best")}  # fmt: skip
    learnt, n = done["learn"], suite.series.requests
    fixed = np.array([one.fixed for one in learnt]) / n
    best = int(fixed.mean(axis=0).argmin())
    about = f"{suite.series.count} series of {n} requests, {len(scores)} conditions; interval: bootstrap over series"
    return [
        *(_way_row(way, scores) for way in suite.ways),
        *(_kind_row(kind, learnt, plans) for kind in ("new", "back")),
        _mean_row("choice that learns: lost per request against the best way of each condition", _lost(learnt), about),
        _mean_row("choice that never tries: lost per request, likewise", _lost(done["best"]), about),
        _mean_row(f"'{suite.ways[best]}' always, the best fixed choice: lost per request, likewise", fixed[:, best]),
        _mean_row(f"'{suite.asked}' always, as without choosing: lost per request, likewise", fixed[:, 0]),
        _mean_row("choice that learns: lost per request against the best fixed choice", _lost(learnt) - fixed[:, best],
                  "below 0 it is better than any fixed choice"),
        _mean_row("choice that learns: lost in a whole series against the best fixed choice",
                  n * (_lost(learnt) - fixed[:, best])),
        _mean_row("changes noticed in a series", np.array([float(len(one.noticed)) for one in learnt]), unit="changes"),
    ]  # fmt: skip


def _lost(series: Sequence[RegretSeries]) -> Array:
    """Mean loss per request of each series, s, shape (series,)."""
    return np.array([one.lost.mean() for one in series])


def _mean_row(name: str, values: Array, note: str = "", unit: str = "s") -> Row:
    return Row(name, float(values.mean()), unit, spread=bootstrap(np.mean, values), note=note)


def _way_row(way: str, scores: Sequence[ChoiceScore]) -> Row:
    runs = [run for one in scores for run in one.runs[way]]
    passed, told = sum(run.passed for run in runs), sum(run.succeeded for run in runs)
    best = sum(worth(one.runs[way]) == max(map(worth, one.runs.values())) for one in scores)
    seconds = np.median([run.seconds for run in runs])
    note = (f"{passed} of {len(runs)} walks arrived, {told} by the robot's own report, median {seconds:.1f} s; best in "
            f"{best} of {len(scores)} conditions; interval: bootstrap over conditions")  # fmt: skip
    return _mean_row(f"'{way}': benefit of a request", np.array([worth(one.runs[way]) for one in scores]), note)


def _kind_row(kind: str, series: Sequence[RegretSeries], plans: Sequence[tuple[list[str], list[str]]]) -> Row:
    """Loss in the first requests of a stretch in a condition that is new, or that comes back."""
    means, stretches = list[float](), 0
    for one, (conditions, kinds) in zip(series, plans):
        begins = [at for at in range(1, len(conditions)) if conditions[at] != conditions[at - 1] and kinds[at] == kind]
        stretches += len(begins)
        first = [float(one.lost[at : at + FIRST][: _length(conditions, at)].mean()) for at in begins]
        means += [float(np.mean(first))] if first else []
    told = {"new": "a condition that is new", "back": "a condition that comes back"}[kind]
    name = f"choice that learns: lost per request, first {FIRST} in {told}"
    if not means:
        return Row(name, float("nan"), "s", note="no such stretch")
    return _mean_row(name, np.array(means), f"{stretches} stretches, the first of each series left out")


def _length(conditions: Sequence[str], at: int) -> int:
    """Requests from one on for which the condition stays the same."""
    return next((n for n, name in enumerate(conditions[at:]) if name != conditions[at]), len(conditions) - at)


def added_rows(suite: ChoiceSuite, scores: Sequence[ChoiceScore]) -> list[Row]:
    """Forgetting and transfer of the choice when its ways are added one after the other.

    Stage k adds the k-th way and learns from requests in task k, the k-th part of the conditions. Performance is the
    mean benefit of what it then takes without trying others, in s.
    """
    ordered = sorted(scores, key=lambda one: one.condition[suite.added.grouped_by])
    parts = np.array_split(np.arange(len(ordered)), len(suite.ways))
    tasks = [[ordered[at] for at in part] for part in parts if len(part)]
    if len(tasks) < len(suite.ways):
        return []
    found = [transfer(*_learnt(suite, tasks, seed)) for seed in range(suite.series.count)]
    about = (f"{len(tasks)} ways added one after the other, {suite.added.requests} requests learnt from in each stage, "
             f"task k is part k of the conditions by {suite.added.grouped_by}; {len(found)} orders")  # fmt: skip
    told = {
        "average": ("benefit of a request after the last skill", about),
        "backward": ("backward transfer (Lopez-Paz and Ranzato)", "below 0 it forgets"),
        "forward": ("forward transfer (Lopez-Paz and Ranzato)", "against no runs at all"),
        "backward_stages": ("backward transfer over all stages (Díaz-Rodríguez et al.)", ""),
    }
    return [
        _mean_row(f"skills added: {name}", np.array([getattr(one, figure) for one in found]), note)
        for figure, (name, note) in told.items()
    ]


def _learnt(suite: ChoiceSuite, tasks: Sequence[Sequence[ChoiceScore]], seed: int) -> tuple[Array, Array]:
    """Performance after every stage on every task, shape (stages, tasks), and before the first, shape (tasks,)."""
    rng = np.random.default_rng([seed, 93])
    chooser = RunChooser(suite.ways[:1], rng, "best")
    before = np.array([_performance(chooser, suite.ways[:1], task) for task in tasks])
    rows = []
    for stage, task in enumerate(tasks, 1):
        ways = suite.ways[:stage]
        chooser = RunChooser(ways, np.random.default_rng([seed, stage, 94]), "learn", chooser.record)
        for _ in range(suite.added.requests):
            runs = task[int(rng.integers(len(task)))].runs
            at = int(rng.integers(len(runs[ways[0]])))
            name = chooser.choose(runs[ways[0]][at].region)
            chooser.learn(name, runs[name][at])
        rows.append([_performance(chooser, ways, other) for other in tasks])
    return np.array(rows), before


def _performance(chooser: RunChooser, ways: Sequence[str], task: Sequence[ChoiceScore]) -> float:
    """Mean benefit of what is known to be best, over all places of a task; nothing is learnt from it."""
    settled = RunChooser(ways, np.random.default_rng(0), "best", chooser.record)
    taken: list[MeasuredRun] = []
    for one in task:
        for at, run in enumerate(one.runs[ways[0]]):
            taken.append(one.runs[settled.choose(run.region)][at])
    return worth(taken)
