"""Reports of a suite for people: Markdown, and HTML with a plot of the intervals and pictures."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape

from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.interval import counts, success_interval
from skill_stack.evaluation.measured import seeds_text, spread
from skill_stack.evaluation.suite import Task
from skill_stack.evaluation.suite_run import SuiteResult

WIDTH, ROW, LABEL = 760, 22, 250  # pixels of the plot
SHOWN = 20
"""Failures of a task that are listed."""


def markdown(result: SuiteResult) -> str:
    """Counts, figures and failures of every task."""
    low, high = success_interval(result.successes, len(result.episodes))
    lines = [
        f"# Report of '{result.suite.name}'",
        "",
        result.suite.description,
        "",
        f"{result.successes} of {len(result.episodes)} episodes passed; 95 % interval (Clopper-Pearson) {low:.3f} to "
        f"{high:.3f}. Seeds {seeds_text(sorted({e.seed for e in result.episodes}))}.",
        "",
        "| task | passed | 95 % interval | counts |",
        "|---|---|---|---|",
        *(f"| {task.name} | {' | '.join(_cells(result.episodes_of(task.name)))} |" for task in result.tasks),
    ]
    for task in result.tasks:
        lines += ["", f"## {task.name}", "", *_details(task, result.episodes_of(task.name))]
    return "\n".join(lines) + "\n"


def _cells(episodes: tuple[Episode, ...]) -> tuple[str, str, str]:
    passed = sum(episode.passed for episode in episodes)
    low, high = success_interval(passed, len(episodes))
    return f"{passed} of {len(episodes)}", f"{low:.3f} to {high:.3f}", "yes" if counts(passed, len(episodes)) else "no"


def _details(task: Task, episodes: tuple[Episode, ...]) -> list[str]:
    lines = ["Success: " + ", ".join(f"`{demand.text}`" for demand in task.success), ""]
    lines += ["| figure | smallest | median | largest |", "|---|---|---|---|"]
    for name, row in spread(episodes).items():
        lines.append(f"| {name} | {row['smallest']:g} | {row['median']:g} | {row['largest']:g} |")
    failed = [episode for episode in episodes if not episode.passed]
    lines += [""] if failed else []
    lines += [f"- seed {episode.seed}: {episode.reason}" for episode in failed[:SHOWN]]
    lines += [f"- and {len(failed) - SHOWN} more"] if len(failed) > SHOWN else []
    return lines


def plot(result: SuiteResult) -> str:
    """Success rates with their intervals as SVG."""
    tasks = result.tasks
    height = ROW * (len(tasks) + 2)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-size="12">']
    for share in (0.0, 0.5, 0.9, 1.0):
        x = _x(share)
        parts.append(f'<line x1="{x}" x2="{x}" y1="0" y2="{height - ROW}" stroke="#ccc"/>')
        parts.append(f'<text x="{x}" y="{height - 6}" text-anchor="middle">{share:g}</text>')
    for number, task in enumerate(tasks):
        episodes, y = result.episodes_of(task.name), ROW * number + ROW / 2
        passed = sum(episode.passed for episode in episodes)
        low, high = success_interval(passed, len(episodes))
        colour = "#228833" if counts(passed, len(episodes)) else "#cc6633"
        parts.append(f'<text x="4" y="{y + 4}">{escape(task.name[:38])}</text>')
        parts.append(f'<line x1="{_x(low)}" x2="{_x(high)}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="4"/>')
        parts.append(f'<circle cx="{_x(passed / len(episodes))}" cy="{y}" r="4" fill="{colour}"/>')
    return "".join([*parts, "</svg>"])


def _x(share: float) -> float:
    return round(LABEL + share * (WIDTH - LABEL - 20), 1)


def html(result: SuiteResult, pictures: Mapping[str, tuple[int, bytes]], missing: str = "") -> str:
    """One file that needs no other.

    Args:
        result: The result.
        pictures: Seed and WebP strip by task.
        missing: Why there are no pictures, or an empty text.
    """
    cells = [(escape(task.name), *_cells(result.episodes_of(task.name))) for task in result.tasks]
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8">',
        f"<title>{escape(result.suite.name)}</title>",
        "<style>body{font-family:sans-serif;max-width:70em;margin:2em auto}td,th{padding:.2em .8em;text-align:left}"
        "img{max-width:100%}</style>",
        f"<h1>{escape(result.suite.name)}</h1><p>{escape(result.suite.description)}</p>",
        f"<p>{result.successes} of {len(result.episodes)} episodes passed.</p>",
        plot(result),
        f"<table><tr><th>task</th><th>passed</th><th>95 % interval</th><th>counts</th></tr>{rows}</table>",
        f"<p>No pictures: {escape(missing)}</p>" if missing else "",
    ]
    for task in result.tasks:
        parts.append(f"<h2>{escape(task.name)}</h2>")
        if task.name in pictures:
            seed, data = pictures[task.name]
            image = base64.b64encode(data).decode()
            parts.append(f'<p><img alt="seed {seed}" src="data:image/webp;base64,{image}"><br>seed {seed}</p>')
        failed = [episode for episode in result.episodes_of(task.name) if not episode.passed][:SHOWN]
        parts.append("".join(f"<p>seed {episode.seed}: {escape(episode.reason)}</p>" for episode in failed))
    return "\n".join([*parts, "</html>", ""])
