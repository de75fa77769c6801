"""``skill-stack mirror``: the robot of the running stack follows a person's body, live or in a clip."""

from __future__ import annotations

import argparse
from pathlib import Path

from skill_stack.commands.common import add_json, add_namespace, attach, join_ros, note, print_json, resources
from skill_stack.core.arguments import positive
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library

SKILL = "follow_body"
"""The skill whose goal values follow a person."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("robot", help="robot that follows, e.g. go2")
    parser.add_argument("clip", nargs="?", type=Path, help="what a person did: .bvh, or .npz with joints and positions")
    parser.add_argument("--topic", default="person", help="without a clip: joints of a person (default: %(default)s)")
    parser.add_argument("--check", action="store_true", help="only say whether the robot can follow the clip")
    parser.add_argument("--scale", type=positive, default=0.01, help="metres per unit of a .bvh (default: %(default)s)")
    add_namespace(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Follows until the clip's end or Ctrl-C; with ``--check`` moves nothing.

    Raises:
        DataError: The robot has no correspondence with people, or cannot follow the clip: which frame and joint.
        NotRunning: There is no stack.
    """
    from skill_stack.connector.mirroring.correspondence import load_correspondence, why_refused

    found = resources()
    robot = load_robot(found.robot(options.robot), found)
    skill = load_library(found, robot)[SKILL]
    correspondence = load_correspondence(skill, found.find(f"models/{robot.name}/{SKILL}", "skill"))
    clip = None
    if options.clip is not None:
        from skill_stack.training.clips.bvh import load_bvh
        from skill_stack.training.clips.human_motion import load_positions
        from skill_stack.training.clips.person_points import person_points

        bvh = options.clip.suffix.lower() == ".bvh"
        motion = load_bvh(options.clip, options.scale) if bvh else load_positions(options.clip)
        clip = person_points(motion), motion.rate
        why = why_refused(correspondence, *clip)
        if why:
            raise DataError(f"{options.clip}: '{robot.name}' cannot follow it: {why}")
        note(f"{len(clip[0])} frames, {motion.seconds:.1f} s, can be followed")
    elif options.check:
        raise DataError("--check needs a clip")
    if options.check:
        return 0
    attach(options.namespace).close()
    join_ros()
    from skill_stack.nodes.clients.body_mirror import follow

    note(f"follows {options.clip or options.topic}; Ctrl-C ends it")
    taken = follow(options.namespace, correspondence, SKILL, "" if clip else options.topic, note, clip)
    if options.json:
        print_json({"changes": taken})
    return 0
