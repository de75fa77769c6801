"""``skill-stack clip``: retargets a person's motion to a humanoid, as a file for trackers or as a skill."""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path

import numpy as np

from skill_stack.commands.common import add_json, note, print_json, resources
from skill_stack.core.arguments import positive
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot_file import load_robot

PARTS = ("waist", "arms")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("motion", type=Path, help="what a person did: .bvh, or .npz with joints, positions and fps")
    parser.add_argument("robot", help="humanoid that takes it over, e.g. g1")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the clip there (.npz)")
    parser.add_argument("--skill", metavar="NAME", help="make a skill of it, in the overlay")
    parser.add_argument("--folder", type=Path, help="with --skill: folder of skills instead of the overlay's")
    parser.add_argument("--scale", type=positive, default=0.01, help="metres per unit of a .bvh (default: %(default)s)")
    parser.add_argument("--rate", type=positive, default=50.0, metavar="HZ", help="frames per second (default: 50)")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Retargets it; prints the errors of elbows and hands.

    Raises:
        DataError: The file is wrong, or nothing is to be written.
        UnknownName: The person lacks a joint, or the robot a group.
    """
    if options.out is None and options.skill is None:
        raise DataError("say what to make of it: --out clip.npz, --skill NAME, or both")
    if importlib.util.find_spec("onnx") is None:
        raise DataError("clips need the extra 'motion': make setup EXTRAS=motion")
    from skill_stack.training.clips.bvh import load_bvh
    from skill_stack.training.clips.carrying_over import carry_over
    from skill_stack.training.clips.clip_skill import write_motion, write_skill
    from skill_stack.training.clips.human_motion import load_positions

    found = resources()
    robot = load_robot(found.robot(options.robot), found)
    bvh = options.motion.suffix.lower() == ".bvh"
    motion = load_bvh(options.motion, options.scale) if bvh else load_positions(options.motion)
    clip = carry_over(motion, robot, options.rate, note)
    written = []
    if options.out is not None:
        write_motion(clip, options.out)
        written.append(str(options.out))
    if options.skill is not None:
        folder = options.folder or found.overlay / "models" / robot.name
        written.append(str(write_skill(clip, robot, folder / options.skill, options.motion.name, PARTS)))
    result = {
        "frames": len(clip.joint_pos),
        "seconds": round(motion.seconds, 3),
        "mean_error_m": round(float(clip.error.mean()), 4),
        "p95_error_m": round(float(np.quantile(clip.error, 0.95)), 4),
        "fastest_joint_radps": round(float(np.abs(clip.joint_vel).max()), 2),
        "written": written,
    }
    if options.json:
        print_json(result)
    else:
        off = f"{1e3 * clip.error.mean():.1f} mm (95 %: {1e3 * np.quantile(clip.error, 0.95):.1f})"
        print(f"{len(clip.joint_pos)} frames, {motion.seconds:.1f} s; elbows and hands {off} off")
        print("\n".join(written))
    return 0
