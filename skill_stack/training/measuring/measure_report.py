"""Measured results as a page for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def markdown(results: dict[str, Any], robot: str) -> str:
    """Renders what ``measure`` returned.

    Args:
        results: The results.
        robot: Name of the robot.
    """
    lines = _summary(results, robot)
    pairs = zip(results["tracking"], results["tracking_varied"])
    lines += _table(
        ["command", "mean, nominal robot", "largest error", "mean, varied robot", "largest error"],
        [
            [_triple(one["command"]), *(text for row in (one, other) for text in (_triple(row["mean"]), _largest(row)))]
            for one, other in pairs
        ],
    )
    lines += ["", "## Abrupt changes", "Settled: from then on the mean over the next 0.4 s stays within 0.15.", ""]
    lines += _table(
        ["from", "to", "settled after, s", "largest tilt, rad"],
        [
            [_triple(row["from"]), _triple(row["to"]), row["settled_after_s"], row["largest_tilt"]]
            for row in results["changes"]
        ],
    )
    lines += ["", "## Standing, 20 s", ""]
    standing = ["seed", "pushed", "survived", "drift_m", "mean_joint_speed", "largest_tilt", "mean_height"]
    lines += _table(standing, [[row[key] for key in standing] for row in results["standing"]])
    lines += ["", "## Long runs", "RMS errors begin one second after each command change and include the pushes.", ""]
    keys = ["seed", "friction", "added_mass", "latency_ms", "pushes", "seconds", "survived", "largest_tilt"]
    lines += _table(
        [*keys, "RMS error"], [[*(row[key] for key in keys), _triple(row["rms_error"])] for row in results["long_runs"]]
    )
    return "\n".join(lines) + "\n"


def _summary(results: dict[str, Any], robot: str) -> list[str]:
    """Title, figures in words, and the head of the first table."""
    summary, settings = results["summary"], results["settings"]
    worst, varied = summary["largest_tracking_error"], summary["largest_tracking_error_varied"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    noise = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in settings["noise"].items())
    ranges = settings["variation"]
    return [
        f"# {robot}: the policy of `{results['skill']}`, measured",
        "",
        f"Made by `python -m skill_stack.training.measure {robot} {results['skill']} --seeds {summary['episodes']}`; "
        f"policy sha256 `{results['policy_sha256'][:16]}…`; {versions}.",
        "",
        f"- **Long runs**: {summary['successes']} of {summary['episodes']} stayed up for {settings['seconds']:g} s "
        f"with random commands, pushes of {settings['push_speed']:g} m/s every "
        f"{settings['push_interval'][0]:g}–{settings['push_interval'][1]:g} s, friction "
        f"{ranges['foot_friction'][0]:g}–{ranges['foot_friction'][1]:g}, {ranges['added_mass'][0]:+g} to "
        f"{ranges['added_mass'][1]:+g} kg, {settings['latency'][0] * 1e3:g}–{settings['latency'][1] * 1e3:g} ms "
        "latency.",
        f"- **Tracking**: largest mean error {worst['vx']:.3f} m/s in vx, {worst['vy']:.3f} m/s in vy, "
        f"{worst['wz']:.3f} rad/s in wz on the nominal robot; {varied['vx']:.3f}, {varied['vy']:.3f}, "
        f"{varied['wz']:.3f} on varied robots; limits {settings['linear_limit']:g} m/s and "
        f"{settings['angular_limit']:g} rad/s {'hold' if summary['tracking_holds'] else 'do not hold everywhere'}.",
        f"- **Standing**: {summary['standing_survived']} with and without pushes; "
        f"**abrupt changes**: {summary['changes_survived']}; **stopping at once** from random commands on varied "
        f"robots, half a minute long: {summary['stopping_survived']}, "
        f"{sum(row['stops'] for row in results['stopping'])} stops.",
        f"- Noise on what the policy sees (standard deviation): {noise}. Velocities are the simulator's truth.",
        "",
        "## Tracking",
        "Mean over a run without its beginning; m/s, m/s, rad/s.",
        "",
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    def line(cells: Sequence[Any]) -> str:
        texts = [("yes" if cell else "no") if isinstance(cell, bool) else str(cell) for cell in cells]
        return f"| {' | '.join(texts)} |"

    return [line([name.replace("_", " ") for name in head]), line(["---"] * len(head)), *map(line, rows)]


def _largest(row: dict[str, Any]) -> str:
    return f"{max(row['error'].values()):.3f}"


def _triple(values: dict[str, float]) -> str:
    return ", ".join(f"{value:g}" for value in values.values())
