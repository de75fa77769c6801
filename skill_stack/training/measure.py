"""Measuring a walking policy: ``python -m skill_stack.training.measure go2 walk --seeds 20 --json``.

Tracking, survival under pushes and disturbances, standing, and abrupt changes; in the runtime model, through ONNX
Runtime, the contract and the observation code that the control loop uses. Velocities are the simulator's truth.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skill_stack.core.arguments import Parser, command_line
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.evaluation.measured import commit_here, seeds_text
from skill_stack.training.exporting.policy import LoadedPolicy
from skill_stack.training.measuring.measure_report import markdown
from skill_stack.training.measuring.measure_settings import AXES, CHANGES, MeasureSettings
from skill_stack.training.measuring.measurement import PolicyMeasurement


def measure(
    robot: RobotSpec, skill: str, path: Path, settings: MeasureSettings, report: Callable[[str], None]
) -> dict[str, Any]:
    """Runs all measurements of a policy.

    Args:
        robot: The robot.
        skill: Name of the skill.
        path: The ONNX file.
        settings: What is measured.
        report: Takes progress lines.

    Returns:
        Everything measured, with settings and versions, ready for JSON.

    Raises:
        SkillStackError: The policy cannot be loaded or does not fit.
    """
    measurement = PolicyMeasurement(robot, LoadedPolicy(path, robot), settings)
    report("tracking")
    tracking, varied = (measurement.tracking(varied) for varied in (False, True))
    report("abrupt changes")
    changes = [measurement.change(first, second) for first, second in CHANGES]
    report("standing")
    standing = [measurement.standing(seed, pushed) for seed in range(5) for pushed in (False, True)]
    report("stopping")
    stopping = [measurement.stopping(seed) for seed in range(settings.seeds)]
    survival = []
    for seed in range(settings.seeds):
        survival.append(measurement.survival(seed))
        report(f"long run {seed}: {survival[-1]['seconds']} s")
    runs = {
        "tracking": tracking,
        "tracking_varied": varied,
        "changes": changes,
        "stopping": stopping,
        "standing": standing,
        "long_runs": survival,
    }
    return {
        "skill": skill,
        "body": robot.name,
        "episodes": len(survival),
        "successes": sum(row["survived"] for row in survival),
        "seeds": seeds_text(range(settings.seeds)),
        "commit": commit_here(),
        "policy_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "summary": _summary(runs, settings),
        **runs,
        "settings": settings.model_dump(mode="json"),
        "versions": {name: importlib.metadata.version(name) for name in ("mujoco", "onnxruntime", "numpy")},
    }


def _summary(runs: dict[str, list[dict[str, Any]]], settings: MeasureSettings) -> dict[str, Any]:
    """Main figures, by kind of run."""
    worst, worst_varied = (
        {axis: max(row["error"][axis] for row in runs[kind]) for axis in AXES}
        for kind in ("tracking", "tracking_varied")
    )
    limits = {"vx": settings.linear_limit, "vy": settings.linear_limit, "wz": settings.angular_limit}
    survived = {
        f"{kind}_survived": f"{sum(row['survived'] for row in runs[kind])} of {len(runs[kind])}"
        for kind in ("changes", "stopping", "standing")
    }
    return {
        "episodes": len(runs["long_runs"]),
        "successes": sum(row["survived"] for row in runs["long_runs"]),
        "largest_tracking_error": worst,
        "largest_tracking_error_varied": worst_varied,
        "tracking_holds": all(max(worst[axis], worst_varied[axis]) <= limits[axis] for axis in AXES),
        **survived,
    }


def _table(results: dict[str, Any]) -> str:
    lines = [f"{key}: {value}" for key, value in results["summary"].items()]
    for row in (*results["tracking"], *results["tracking_varied"]):
        lines.append(f"  command {tuple(row['command'].values())}: mean {tuple(row['mean'].values())}")
    for row in (*results["changes"], *results["stopping"], *results["standing"]):
        lines.append(f"  {row}")
    for row in results["long_runs"]:
        lines.append(f"  {row}")
    return "\n".join(lines)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Command line; exit code 0 only when every limit holds."""
    parser = Parser(
        description="Measure a walking policy in the runtime model.",
        epilog="example: python -m skill_stack.training.measure go2 walk --seeds 20 --json",
    )
    parser.add_argument("robot")
    parser.add_argument("skill")
    parser.add_argument("--seeds", type=int, default=20, help="number of one-minute runs")
    parser.add_argument("--policy", type=Path, help="ONNX file (default: the skill's policy.onnx)")
    parser.add_argument("--out", type=Path, help="also write the results to this JSON file")
    parser.add_argument("--markdown", type=Path, help="also write a page for people to this file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    resources = Resources.from_environment(os.environ)

    def report(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    robot = load_robot(resources.robot(options.robot))
    folder = resources.find(f"models/{options.robot}/{options.skill}", "skill")
    path = options.policy or folder / "policy.onnx"
    results = measure(robot, options.skill, path, MeasureSettings(seeds=options.seeds), report)
    text = json.dumps(results, indent=1)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(markdown(results, options.robot), encoding="utf-8")
    print(text if options.json else _table(results))
    summary = results["summary"]
    return 0 if summary["tracking_holds"] and summary["successes"] == summary["episodes"] else 2


if __name__ == "__main__":
    sys.exit(main())
