"""``skill-stack grasps``: proposes grasps of two jaws for what a camera sees."""

from __future__ import annotations

import argparse
import importlib.util
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skill_stack.commands.common import add_json, add_namespace, chosen_look, note, print_json, resources, words_of
from skill_stack.core.arguments import whole
from skill_stack.core.errors import DataError, ResourceNotFound, SkillStackError

if TYPE_CHECKING:
    from skill_stack.core.robots.gripper import Gripper
    from skill_stack.core.world.camera_frame import CameraFrame
    from skill_stack.perception.grasps.proposing import Reach
    from skill_stack.perception.scene.look_observer import Observation

Place = tuple[float, float, float]
MANY = 30
"""Grasps among which the nearest to a part are chosen."""


class NoGrasp(SkillStackError):
    """No requested object can be grasped."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("words", nargs="*", help="what to take, e.g. red box (default: everything that is seen)")
    parser.add_argument("--looks", type=Path, metavar="DIR", help="a recording (default: the running robot's camera)")
    parser.add_argument("--look", type=whole, default=-1, metavar="N", help="which look of it (default: the last)")
    parser.add_argument("--robot", default="", help="robot whose gripper.yaml counts, and whose reach is checked")
    parser.add_argument("--camera", default="", help="its camera (default: the first)")
    parser.add_argument("--most", type=int, default=3, metavar="N", help="grasps of each thing (default: 3)")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw them into the picture, e.g. grasps.png")
    add_namespace(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Prints grasps, the best first; 0 when there is one.

    Raises:
        DataError: There is no look that could be used.
        NoGrasp: The requested thing is not detected, or cannot be grasped; a push that would help is named.
    """
    if importlib.util.find_spec("cv2") is None:
        raise ResourceNotFound("perception needs OpenCV: make setup")
    if options.most < 1:
        raise DataError(f"--most {options.most}: at least 1")
    from skill_stack.perception.grasps.proposing import propose
    from skill_stack.perception.scene.look_observer import LookObserver
    from skill_stack.perception.threads import one_thread
    from skill_stack.runtime.line.pointed_out import seen_scene

    one_thread()
    frame, robot = chosen_look(options, options.look)
    gripper, reach = _gripper(robot)
    seen = LookObserver().look(frame)
    names = list(seen_scene(seen).objects)
    wanted, point = _wanted(words_of(" ".join(options.words)), seen, names)
    found = {n: propose(seen, gripper, [n], reach, options.most if point is None else MANY) for n in wanted}
    if point is not None:  # a part was named: the nearest to it
        found = {n: sorted(all_, key=lambda one: math.dist(one.position, point)) for n, all_ in found.items()}
        found = {n: each[: options.most] for n, each in found.items()}
    if options.picture is not None:
        from skill_stack.perception.grasps.drawing import drawn, save_picture

        best = sorted((one for grasps in found.values() for one in grasps), key=lambda one: -one.score)
        save_picture(options.picture, drawn(frame, best, gripper))
        note(f"drawn into {options.picture}")
    push = _push(seen, found, names, gripper, reach) if options.words else None
    _tell(options, frame, {names[n]: grasps for n, grasps in found.items()}, push)
    return 0 if any(found.values()) else 1


def _gripper(robot: str) -> tuple[Gripper, Reach | None]:
    """The gripper of a robot with what it reaches, or the default one, which reaches everywhere."""
    from skill_stack.core.robots.gripper import Gripper, load_gripper
    from skill_stack.core.robots.robot_file import load_robot

    gripper = load_gripper(resources().robot(robot)) if robot else None
    if gripper is None:
        note(f"{'robot ' + robot + ' has no gripper.yaml: ' if robot else ''}a gripper of 80 mm; reach is not checked")
        return Gripper(), None
    spec = load_robot(resources().robot(robot), resources())
    if spec.fixed is None:
        note("where the robot's base is among these grasps is not known; reach is not checked")
        return gripper, None
    from skill_stack.runtime.episodes.grasp_reach import GraspReach

    return gripper, GraspReach(spec, gripper)


def _wanted(words: str, seen: Observation, names: list[str]) -> tuple[list[int], Place | None]:
    """The requested objects, and the point of a named part, m."""
    from skill_stack.perception.grasps.proposing import graspable
    from skill_stack.perception.scene.affordances import affordances

    if not words:
        return [n for n, one in enumerate(seen.things) if graspable(one)], None
    from skill_stack.language import load_lexicon
    from skill_stack.runtime.line.grounding import Grounder
    from skill_stack.runtime.line.pointed_out import seen_scene

    scene = seen_scene(seen)
    parts: dict[str, dict[str, Place]] = {
        name: {part: _place(one.point) for part, one in affordances(seen, n).items()} for n, name in enumerate(names)
    }
    meant = Grounder(load_lexicon()).ground(words, scene, parts=parts)
    if meant.status != "found" or meant.point is None:
        raise NoGrasp(meant.answer)
    whole = scene[meant.name].position
    return [names.index(meant.name)], meant.point if math.dist(meant.point, whole) > 1e-6 else None


def _place(point: Any) -> Place:
    x, y, z = (float(value) for value in point)
    return x, y, z


def _push(
    seen: Observation, found: dict[int, Any], names: list[str], gripper: Gripper, reach: Reach | None
) -> dict[str, Any] | None:
    """A push that helps where nothing can be grasped; none for what is only out of reach."""
    from skill_stack.perception.grasps.proposing import propose
    from skill_stack.perception.grasps.separating import push_apart

    for number, grasps in found.items():
        if grasps:
            continue
        if reach is not None and propose(seen, gripper, [number], most=1):
            note(f"{names[number]}: jaws could take it, but it is out of reach")
            continue
        push = push_apart(seen, number, gripper, reach)
        if push is not None:
            ends = {"start": [round(v, 4) for v in push.start], "end": [round(v, 4) for v in push.end]}
            return {"thing": names[push.thing], **ends, "score": round(push.score, 3)}
    return None


def _tell(
    options: argparse.Namespace, frame: CameraFrame, found: dict[str, Any], push: dict[str, Any] | None
) -> None:
    if options.json:
        grasps = {name: [one.to_json() for one in each] for name, each in found.items()}
        print_json({"frame": frame.frame, "stamp": frame.stamp, "grasps": grasps, "push": push})
        return
    for name, grasps in found.items():
        if not grasps:
            print(f"{name:20} nothing that jaws could take")
        for one in grasps:
            x, y, z = one.position
            way = "from above" if one.approach[2] < -0.95 else "from the side"
            place = f"at {x:.3f} {y:.3f} {z:.3f} m in {frame.frame}"
            print(f"{name:20} {one.score:.2f}  {place}, {one.width * 1e3:.0f} mm wide, {way}")
    if push is not None:
        why = "then it can be taken" if push["score"] else "to see whether it comes apart"
        print(f"push {push['thing']} from {push['start']} to {push['end']} m, {why}")
