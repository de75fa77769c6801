"""``skill-stack retarget``: postures of one hand on another, once, measured, or live; a person's body on a robot."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from skill_stack.commands.common import add_json, add_namespace, attach, join_ros, note, print_json, resources
from skill_stack.commands.skills.retarget_body import is_person, run_body
from skill_stack.core.arguments import positive
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot

if TYPE_CHECKING:
    from skill_stack.connector.retargeting.synergy_space import SynergySpace

HANDS = ("allegro_right", "allegro_left", "leap")
"""The hands that the shipped space is fitted to."""
OTHERS = ("dex3_right", "parallel_gripper")
"""Hands of fewer fingers, which take part where errors are measured."""
SEED = 2
"""Seed of the measured postures; the shipped space was made with 1."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("source", nargs="?", help="hand that shows it, e.g. leap; or person, or a .bvh or .npz of one")
    parser.add_argument(
        "target", nargs="?", help="hand that takes it, e.g. allegro_right, PART of ROBOT as ROBOT:PART, or a robot"
    )
    parser.add_argument("--pose", default="fist", help="a named pose of the source (default: %(default)s)")
    parser.add_argument(
        "--joints", nargs="+", metavar="NAME=RAD", help="joints of the source that differ from the pose"
    )
    parser.add_argument("--synergies", type=int, default=0, metavar="N", help="use the first N only (default: all)")
    parser.add_argument(
        "--measure", type=int, metavar="N", help="errors over N postures each way, between two hands or all"
    )
    parser.add_argument("--fit", type=Path, metavar="FILE", help="compute the synergies of some hands, and write them")
    parser.add_argument("--live", action="store_true", help="lead what the running stack has; a hand by SOURCE alone")
    parser.add_argument("--topic", help="with --live: joints of the source (default: hand_input, of a person: person)")
    parser.add_argument("--skill", help="with --live: skill of the hand that takes coordinates (default: take_posture)")
    parser.add_argument("--scale", type=positive, default=0.01, help="metres per unit of a .bvh (default: %(default)s)")
    add_namespace(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Prints the target's joints, or the table of errors; or commands a hand until Ctrl-C.

    Raises:
        DataError: No such joint, a robot that is no hand, or a hand is missing.
        NotRunning: ``--live`` without a stack.
    """
    if options.source is not None and is_person(options.source):
        return run_body(options)
    from skill_stack.connector.retargeting.shared_space import shared_space

    space = shared_space()
    if options.synergies:
        if not 1 <= options.synergies <= space.size:
            raise DataError(f"--synergies {options.synergies}: there are {space.size}")
        space = space.first(options.synergies)
    if options.fit is not None:
        return _fit(options.fit)
    if options.measure is not None:
        return _measure(options, space)
    if options.source is None or (options.target is None) != options.live:
        raise DataError(
            "give the hand that shows and the one that takes, or one and --live: retarget leap allegro_right"
        )
    if options.live:
        return _live(options, space)
    return _once(options, space)


def _hand(name: str) -> RobotSpec:
    """A hand, or one part of a robot as ``ROBOT:PART``."""
    robot_name, _, part = name.partition(":")
    found = resources()
    robot = load_robot(found.robot(robot_name), found)
    return robot.part(part) if part else robot


def _posture(robot: RobotSpec, pose: str, changed: Sequence[str]) -> dict[str, float]:
    """Joint positions by name, rad."""
    values = dict(zip(robot.joint_names, robot.pose(pose).tolist()))
    for text in changed:
        name, _, value = text.partition("=")
        if name not in values:
            raise DataError(f"'{robot.name}' has no joint '{name}'; there are {', '.join(values)}")
        try:
            values[name] = float(value)
        except ValueError as error:
            raise DataError(f"--joints {text}: write NAME=RAD, e.g. {name}=0.4") from error
    return values


def _once(options: argparse.Namespace, space: SynergySpace) -> int:
    from skill_stack.connector.retargeting.hand_shape import HandShape
    from skill_stack.connector.retargeting.retargeter import Retargeter

    source, target = _hand(options.source), _hand(options.target)
    shown, taking = HandShape(source), Retargeter(target, space)
    tips = shown.tips(source.by_name(_posture(source, options.pose, options.joints or ())))
    coordinates = space.encode(tips, shown.which)
    joints = taking.joints(coordinates)
    wanted, both = taking.shape.own(tips, shown.which), [finger in shown.which for finger in taking.shape.which]
    off = float(abs(taking.shape.tips(joints) - wanted)[both].max()) * taking.shape.finger_length
    found = taking.shape.positions(joints)
    if options.json:
        print_json({"synergies": coordinates.tolist(), "joints": found, "largest_error_m": off})
        return 0
    print("synergies  " + "  ".join(f"{value:+.2f}" for value in coordinates))
    for name, value in found.items():
        print(f"  {name:<16}{value:+.3f} rad")
    print(f"no coordinate of a fingertip is off by more than {1000 * off:.1f} mm")
    return 0


def _measure(options: argparse.Namespace, space: SynergySpace) -> int:
    from skill_stack.runtime.episodes.retargeting_error import measured

    if options.measure < 1:
        raise DataError(f"--measure {options.measure}: at least 1 posture")
    names = (*HANDS, *OTHERS) if options.target is None else (options.source, options.target)
    found = measured([_hand(name) for name in names], space, options.measure, SEED)
    if options.json:
        print_json({"synergies": space.size, "postures": options.measure, "pairs": [asdict(one) for one in found]})
        return 0
    print(f"{space.size} synergies, {options.measure} postures of each hand; errors of fingertips, mm")
    print(f"  {'from':<18}{'to':<18}{'mean':>8}{'p95':>8}{'out of reach':>14}{'pinch':>8}")
    for one in found:
        figures = [f"{1000 * value:.1f}" for value in (one.mean, one.p95, one.reach, one.pinch)]
        print(f"  {one.source:<18}{one.target:<18}{figures[0]:>8}{figures[1]:>8}{figures[2]:>14}{figures[3]:>8}")
    return 0


def _fit(path: Path) -> int:
    import yaml

    from skill_stack.connector.retargeting.shared_space import computed_space

    space = computed_space([_hand(name) for name in HANDS])
    path.write_text(yaml.safe_dump(space.model_dump(mode="json"), sort_keys=False, default_flow_style=None, width=110))
    print(f"{space.size} synergies explain {100 * space.explained:.1f} % of the variance; written to {path}")
    return 0


def _live(options: argparse.Namespace, space: SynergySpace) -> int:
    attach(options.namespace).close()
    join_ros()
    from skill_stack.nodes.clients.mirrors.hand_mirror import SHOWN, SKILL, mirror

    topic = options.topic or SHOWN
    note(f"leads the hand by joints of '{options.source}' on {topic}; Ctrl-C ends it")
    mirror(options.namespace, _hand(options.source), space, topic, note, skill=options.skill or SKILL)
    return 0
