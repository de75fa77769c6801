"""``skill-stack try``: runs one skill in simulation, in this process, and reports."""

from __future__ import annotations

import argparse
import time
from typing import Any

from skill_stack.commands.common import add_json, print_json, resources
from skill_stack.core.errors import DataError
from skill_stack.core.robot import load_robot
from skill_stack.core.scene_file import load_scene, set_up
from skill_stack.core.skill import SkillSpec
from skill_stack.core.skill_library import load_library


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("skill", help="name of the skill")
    parser.add_argument("arguments", nargs="*", metavar="NAME=VALUE", help="its arguments, e.g. target=red_ball")
    parser.add_argument("--robot", default="go2", help="name of the robot (default: go2)")
    parser.add_argument("--scene", default="playground", help="name or file of the scene")
    parser.add_argument("--seed", type=int, default=0, help="varies the scene and the physics")
    parser.add_argument("--rate", type=float, help="rate of the control loop, Hz (default: the robot's own)")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when the skill succeeded; UnknownName or DataError when skill or arguments are wrong."""
    found = resources()
    robot = load_robot(found.robot(options.robot)).at_rate(options.rate)
    library = load_library(found, robot)
    arguments = dict(map(_pair, options.arguments))
    library[options.skill].complete(arguments)  # wrong arguments are an error before anything is loaded
    setup = set_up(load_scene(found.scene(options.scene)), options.seed)

    from skill_stack.runtime.line import Line

    spec = library[options.skill]
    lies = "lie" in robot.poses and (spec.kind != "policy" or spec.enter_through is not None)
    began: dict[str, Any] = {"pose": "lie"} if lies else {"pose": "default", "hung": _gantry(spec)}
    result = Line(robot, library, setup, clock=time.perf_counter, **began).run_skill(options.skill, arguments)
    if options.json:
        print_json(result.to_json())
    else:
        for step in result.steps:
            print(f"  {step.skill}: {step.outcome} after {step.seconds:.1f} s {step.reason}".rstrip())
        took = f"{result.simulated_seconds:.1f} s simulated in {result.seconds:.1f} s"
        print(f"{result.outcome}: {result.reason} ({took})")
    return 0 if result.outcome == "succeeded" else 1


def _gantry(spec: SkillSpec) -> dict[str, float]:
    """Joint positions, rad, in which a robot hangs until the skill drives it that does not begin on the ground."""
    manifest = spec.policy.manifest if spec.policy is not None else None
    return {} if manifest is None else dict(zip(manifest.joint_names, manifest.default_joint_pos))


def _pair(text: str) -> tuple[str, Any]:
    """Name and value of one argument; what reads as a number is one."""
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise DataError(f"'{text}' is not an argument; write NAME=VALUE, for example target=red_ball")
    try:
        return name, float(value)
    except ValueError:
        return name, value
