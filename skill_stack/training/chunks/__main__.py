"""Clones a demonstrator into a chunk policy: ``python -m skill_stack.training.chunks go2 reach --install``.

Records walks in simulation, or takes the recordings that are named; learns from them, exports, puts network and hash
into the skill's folder, and measures the skill.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from skill_stack.controllers.foreign.planned_actions import planned_steps
from skill_stack.core.arguments import command_line
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.skills.skill_library import load_library
from skill_stack.training.chunks.chunk_skill import ChunkSkill
from skill_stack.training.chunks.demonstrations import Demonstrations, demonstrate
from skill_stack.training.chunks.demonstrator import command
from skill_stack.training.chunks.export import export
from skill_stack.training.chunks.learn import learn, rows_of
from skill_stack.training.chunks.measure import measure
from skill_stack.training.chunks.settings import ChunkCloneSettings, load_settings
from skill_stack.training.chunks.walks import DemonstratedWalk, walks_in
from skill_stack.training.exporting.install import install_policy
from skill_stack.training.skill_parser import skill_parser
from skill_stack.training.timed_lines import timed_lines


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = skill_parser(
        "chunks",
        "Clone a demonstrator into a policy that answers in chunks of goal values.",
        "go2 reach --out runs/reach --install",
        "a skill with policy.manifest.chunk, and clone.yaml beside it",
    )
    parser.add_argument("--out", type=Path, default=Path("runs/chunks"), help="recordings and network (resumed from)")
    text = "learn from the recordings in a folder instead, what was done there as it was, e.g. by a person"
    parser.add_argument("--recordings", type=Path, metavar="DIR", help=text)
    parser.add_argument(
        "--install", action="store_true", help="also put the network into the skill's folder, measure it"
    )
    parser.add_argument("--measure-only", action="store_true", help="measure the skill as it is installed")
    text = "what a slower network would do: measure with this latency, s, and print; may be given several times"
    parser.add_argument("--latency", type=float, action="append", default=[], metavar="S", help=text)
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when everything requested was done."""
    options = parse(arguments)
    report = timed_lines()
    resources = Resources.from_environment(os.environ)
    folder = resources.find(f"models/{options.robot}/{options.skill}", "skill")
    settings = load_settings(folder)
    worlds = _demonstrations(resources, options)
    if not (options.measure_only or options.latency):
        _clone(worlds, settings, folder, options, report)
    for latency in options.latency:
        _compare(resources, worlds, settings, options, latency)
    if (options.install or options.measure_only) and not options.latency:
        _measure(resources, worlds, settings, folder, options, report)
    return 0


def _demonstrations(resources: Resources, options: argparse.Namespace) -> Demonstrations:
    robot = load_robot(resources.robot(options.robot), resources)
    library = load_library(resources, robot)
    skill = load_skill(resources.find(f"models/{options.robot}/{options.skill}", "skill"))
    return Demonstrations(resources, robot, library, library[ChunkSkill.of(skill).base])


def _clone(
    worlds: Demonstrations, settings: ChunkCloneSettings, folder: Path, options: argparse.Namespace,
    report: Callable[[str], None],
) -> None:  # fmt: skip
    """Recordings, network, file."""
    manifest, chunk, _ = ChunkSkill.of(load_skill(folder))
    walks = _walks(worlds, settings, options, manifest.driven, report)
    scale = np.broadcast_to(np.array(manifest.action.scale, float), len(manifest.driven))
    held = max(round(settings.learn.held_out * len(walks)), 1)
    planned = max(planned_steps(term) for one in manifest.inputs for term in one.terms)
    parts = walks[held:], walks[:held]
    training, judging = (rows_of(some, chunk.steps, scale, planned, settings.learn.takeover) for some in parts)
    network, errors = learn(training, judging, settings.learn, settings.seed, report)
    path = options.out / "policy.onnx"
    digest = export(network, chunk.steps, len(manifest.driven), path)
    arrived = float(np.median([walk.distance for walk in walks]))
    figures = {**errors, "rows": len(training.seen), "demonstrator_distance": arrived}
    (options.out / "learnt.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    report(f"{path}, sha256 {digest[:12]}…, error on other walks {errors['error_held_out']:.4f}")


def _walks(
    worlds: Demonstrations, settings: ChunkCloneSettings, options: argparse.Namespace, goals: tuple[str, ...],
    report: Callable[[str], None],
) -> list[DemonstratedWalk]:  # fmt: skip
    """Walks from the recordings that are named, or from those of the demonstrator, which are made where they lack."""
    record = settings.record
    if options.recordings is not None:
        return walks_in(options.recordings, options.skill, goals, record.period, None, report)
    key = hashlib.sha256(record.model_dump_json().encode() + str(settings.seed).encode()).hexdigest()[:16]
    folder = options.out / f"recordings-{key}"
    folder.mkdir(parents=True, exist_ok=True)
    demonstrate(worlds, record, options.skill, settings.seed, folder, report)
    expert = lambda ahead, aside: command(ahead, aside, worlds.limits)  # noqa: E731
    return walks_in(folder, options.skill, goals, record.period, expert, report)


def _measure(
    resources: Resources,
    worlds: Demonstrations,
    settings: ChunkCloneSettings,
    folder: Path,
    options: argparse.Namespace,
    report: Callable[[str], None],
) -> None:
    """Measures what was learnt, and installs it unless what is there is better; or measures what is installed."""
    library = load_library(resources, load_robot(resources.robot(options.robot), resources))
    path = folder / "policy.onnx" if options.measure_only else options.out / "policy.onnx"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    policy = library[options.skill].policy
    assert policy is not None
    library = library.changed(
        options.skill, policy=policy.model_copy(update={"model": str(path.resolve()), "sha256": digest})
    )
    results = measure(worlds, library, options.skill, settings, report)
    learnt = options.out / "learnt.json"
    results["policy_sha256"] = digest
    results["learning"] = json.loads(learnt.read_text(encoding="utf-8")) if learnt.is_file() else {}
    versions = ("mujoco", "onnxruntime", "numpy", "torch")
    results["versions"] = {name: importlib.metadata.version(name) for name in versions}
    report(f"{results['successes']} of {results['episodes']} arrived")
    install_policy(path, folder, digest, results)


def _compare(
    resources: Resources,
    worlds: Demonstrations,
    settings: ChunkCloneSettings,
    options: argparse.Namespace,
    latency: float,
) -> None:
    """Prints the figures with another latency; ``max_age`` grows with it if necessary."""
    library = load_library(resources, load_robot(resources.robot(options.robot), resources))
    policy = library[options.skill].policy
    assert policy is not None and policy.manifest is not None and policy.manifest.chunk is not None
    chunk = policy.manifest.chunk
    age = min(max(chunk.max_age, latency + 2.0 / policy.manifest.rate), chunk.seconds)
    changed = chunk.model_copy(update={"latency": latency, "max_age": age})
    manifest = policy.manifest.model_copy(update={"chunk": changed})
    library = library.changed(options.skill, policy=policy.model_copy(update={"manifest": manifest}))
    results = measure(worlds, library, options.skill, settings, lambda text: None)
    keys = ("successes", "episodes", "figures")
    print(json.dumps({"latency": latency, "max_age": round(age, 3), **{key: results[key] for key in keys}}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
