"""A person's body on a robot, of ``skill-stack retarget``: whether it can follow a clip, and the stack that does."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from skill_stack.commands.common import attach, join_ros, note, print_json, resources
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library

if TYPE_CHECKING:
    import numpy as np

    from skill_stack.connector.mirroring.correspondence import Correspondence
    from skill_stack.training.clips.human_motion import HumanMotion

SKILL = "follow_body"
"""The skill whose goal values follow a person."""
PERSON = "person"
"""What stands for a person who is seen now; also the usual topic."""


def is_person(source: str) -> bool:
    """Whether what shows is a person, now or in a file."""
    return source == PERSON or Path(source).suffix.lower() in (".bvh", ".npz")


def run_body(options: argparse.Namespace) -> int:
    """Says whether the robot can follow the clip; with ``--live`` it follows, until the clip's end or Ctrl-C.

    Raises:
        DataError: The robot has no correspondence with people, or cannot follow the clip: which frame and joint.
        NotRunning: ``--live`` without a stack.
    """
    if options.target is None or (options.source == PERSON and not options.live):
        raise DataError("give a clip and a robot: retarget person.bvh go2; or with --live: retarget person go2 --live")
    from skill_stack.connector.mirroring.correspondence import load_correspondence, why_refused

    found = resources()
    robot = load_robot(found.robot(options.target), found)
    skill = load_library(found, robot)[SKILL]
    correspondence = load_correspondence(skill, found.find(f"models/{robot.name}/{SKILL}", "skill"))
    clip = None
    if options.source != PERSON:
        from skill_stack.training.clips.person_points import person_points

        motion = _motion(Path(options.source), options.scale)
        clip = person_points(motion), motion.rate
        why = why_refused(correspondence, *clip)
        if why:
            raise DataError(f"{options.source}: '{robot.name}' cannot follow it: {why}")
        note(f"'{robot.name}' can follow all {len(clip[0])} frames, {motion.seconds:.1f} s")
    taken = _led(options, correspondence, clip) if options.live else 0
    if options.json:
        print_json({"frames": len(clip[0]) if clip else 0, "changes": taken})
    return 0


def _motion(path: Path, scale: float) -> HumanMotion:
    from skill_stack.training.clips.bvh import load_bvh
    from skill_stack.training.clips.human_motion import load_positions

    return load_bvh(path, scale) if path.suffix.lower() == ".bvh" else load_positions(path)


def _led(options: argparse.Namespace, correspondence: Correspondence, clip: tuple[np.ndarray, float] | None) -> int:
    """How many changes were passed on."""
    attach(options.namespace).close()
    join_ros()
    from skill_stack.nodes.clients.mirrors.body_mirror import follow

    topic = "" if clip else options.topic or PERSON
    note(f"follows {topic or options.source}; Ctrl-C ends it")
    return follow(options.namespace, correspondence, SKILL, topic, note, clip)
