"""An imported policy of another project: time from its skill folder to the first action, and time of the import."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import median_row
from skill_stack.controllers.foreign.folded import load_network
from skill_stack.controllers.foreign.foreign_runner import ForeignRunner
from skill_stack.controllers.foreign.moment import at_rest
from skill_stack.controllers.importers.draft import Plain
from skill_stack.controllers.importers.network_fold import fold
from skill_stack.controllers.importers.registry import read
from skill_stack.controllers.importers.skill_folder import NewSkill, write
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.core.skills.skill import load_skill

ROBOT = "go2"
LIMIT = 500.0
"""Longest time from a skill folder to its policy's first action, ms."""
RATE = 50.0  # Hz
HIDDEN = (512, 256, 128)
"""Widths of the layers that most exported walking policies have, e.g. those of Isaac Lab and unitree_rl_gym."""
FRAMES = 5
"""Frames that it sees, as unitree_rl_lab's does."""
CYCLES = 100
"""Runs that are timed of each network, by turns."""
LEAST = 3
"""Imports at least, so that there is a spread."""
NAME = "imported"


def measure(seconds: float) -> list[Row]:
    """Imports a synthetic policy repeatedly, and each time brings the folder to its first action.

    Args:
        seconds: How long, s.

    Raises:
        SkillStackError: The policy's first action is not finite.
    """
    robot = load_robot(Resources.from_environment(os.environ).robot(ROBOT))
    imports: list[float] = []
    starts: list[float] = []
    with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as name:
        folder = Path(name)
        model = _export(folder / "policy.onnx", robot.size)
        conventions = _conventions(robot)
        end = time.perf_counter() + seconds
        while len(starts) < LEAST or time.perf_counter() < end:
            begin = time.perf_counter()
            made = _import(model, conventions, robot, folder / "models")
            between = time.perf_counter()
            _first_action(made, robot)
            starts.append(time.perf_counter() - between)
            imports.append(between - begin)
        runs = _runs(made, robot)
    widths = "-".join(str(width) for width in HIDDEN)
    note = f"{len(starts)} times: folder read, network loaded and warmed, one action; layers {widths}"
    return [
        replace(median_row("skill folder to first action", np.array(starts), "ms", 1e3, LIMIT), note=note),
        Row("skill folder to first action, first of a process", 1e3 * starts[0], "ms"),
        median_row("import: export read, conventions checked and folded, folder written", np.array(imports), "ms", 1e3),
        *runs,
    ]


def _import(model: Path, conventions: Plain, robot: RobotSpec, models: Path) -> Path:
    def folded(path: Path, manifest: PolicyManifest) -> PolicyManifest:
        return fold(path, manifest, robot, path.parent).manifest

    draft = read(model, robot).with_(conventions)
    new = NewSkill(NAME, robot.name)
    return write(draft, draft.manifest(), new, models, replace=True, fold=folded)[0]


def _first_action(folder: Path, robot: RobotSpec) -> None:
    """The work of a controller with a new folder before its first command."""
    spec = load_skill(folder)
    assert spec.policy is not None and spec.policy.manifest is not None
    policy, manifest = spec.policy, spec.policy.manifest
    runner = ForeignRunner(spec, robot, load_network(folder / policy.model, policy.sha256, manifest, robot))
    reading = at_rest(spec.policy.manifest, robot).reading
    runner.start(reading, None)
    targets = runner.run(reading, {"vx": 0.5, "vy": 0.0, "wz": 0.0}, 1.0 / RATE)
    if not np.isfinite(targets.q).all():
        raise SkillStackError("the imported policy's first action is not finite")


def _runs(folder: Path, robot: RobotSpec) -> list[Row]:
    """Time of a run of the exported and of the folded network, after sleep."""
    spec = load_skill(folder)
    assert spec.policy is not None and spec.policy.manifest is not None
    policy, manifest = spec.policy, spec.policy.manifest
    reading = at_rest(manifest, robot).reading
    times: list[list[float]] = [[], []]
    runners = [
        ForeignRunner(spec, robot, load_network(folder / policy.model, policy.sha256, one, robot))
        for one in (manifest.model_copy(update={"folded": None}), manifest)
    ]
    goals = {"vx": 0.5, "vy": 0.0, "wz": 0.0}
    for _ in range(CYCLES):
        for runner, taken in zip(runners, times, strict=True):
            time.sleep(1.0 / (2.0 * RATE))
            begin = time.perf_counter()
            runner.run(reading, goals, 1.0 / RATE)
            taken.append(time.perf_counter() - begin)
    exported, folded = (np.array(one) for one in times)
    ratio = float(np.median(folded) / np.median(exported))
    note = f"{FRAMES} frames, {CYCLES} runs each by turns, after a sleep of {500.0 / RATE:g} ms"
    return [
        replace(median_row("run of an imported policy as it was exported", exported, "µs", 1e6), note=note),
        median_row("run of it with its conventions folded in", folded, "µs", 1e6),
        Row("folded over exported", ratio, "x", 1.0),
    ]


def _conventions(robot: RobotSpec) -> Plain:
    terms = {"base_ang_vel": 0.25, "projected_gravity": 1.0, "velocity_commands": 2.0, "joint_pos_rel": 1.0,
             "joint_vel_rel": 0.05, "last_action": 1.0}  # fmt: skip
    units = {"vx": "m/s", "vy": "m/s", "wz": "rad/s"}
    return {
        "rate": RATE,
        "joint_names": list(robot.joint_names),
        "default_joint_pos": robot.pose("default").tolist(),
        "stiffness": robot.column("kp").tolist(),
        "damping": robot.column("kd").tolist(),
        "inputs": [{"name": "obs", "terms": [
            {"term": term, "scale": scale, "history": FRAMES} for term, scale in terms.items()
        ]}],
        "action": {"kind": "default_plus_scaled", "scale": 0.25},
        "commands": [{"name": name, "unit": unit, "lower": -1.0, "upper": 1.0} for name, unit in units.items()],
    }  # fmt: skip


def _export(path: Path, joints: int) -> Path:
    """A network with random weights, of the size that walking policies have; its actions are small."""
    rng = np.random.default_rng(0)
    sizes = (FRAMES * (9 + 3 * joints), *HIDDEN, joints)
    nodes, weights, before = [], [], "obs"
    for layer, (seen, wide) in enumerate(zip(sizes, sizes[1:])):
        last = layer == len(sizes) - 2
        values = rng.normal(0.0, 0.5 / np.sqrt(seen), (seen, wide)).astype(np.float32)
        weights.append(numpy_helper.from_array(values, f"w{layer}"))
        out = "actions" if last else f"z{layer}"
        nodes.append(helper.make_node("MatMul", [before, f"w{layer}"], [out]))
        if not last:
            before = f"h{layer}"
            nodes.append(helper.make_node("Elu", [out], [before]))
    ports = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size])
        for name, size in (("obs", sizes[0]), ("actions", joints))
    ]
    graph = helper.make_graph(nodes, "policy", ports[:1], ports[1:], weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))
    return path
