"""``skill-stack point``: a vision network's answer to "where is …?" as a thing or place, and as a skill's argument."""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skill_stack.commands.common import (
    add_json,
    add_namespace,
    chosen_look,
    join_ros,
    note,
    print_json,
    resources,
    words_of,
)  # fmt: skip
from skill_stack.core.errors import DataError, ResourceNotFound
from skill_stack.core.plan import PlanNode
from skill_stack.core.plan_file import plan_text

if TYPE_CHECKING:
    from skill_stack.core.world.camera_frame import CameraFrame
    from skill_stack.core.world.scene import SceneGraph
    from skill_stack.perception.recognition.place_lookup import HeatPointer
    from skill_stack.perception.recognition.pointing_answers import Pointer, Points
    from skill_stack.runtime.line.pointed_out import PointedOut

WAIT, STEADY = 30.0, 10.0
"""Longest wait for a model, and for the scene of the running robot, s."""
SCHEMA = {
    "type": "object",
    "properties": {"points": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}}},
    "required": ["points"],
}
"""Form of an answer, for servers that enforce one."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("words", help="what to point to, e.g. 'the red mug'")
    parser.add_argument(
        "--answer", action="append", default=[], metavar="CONVENTION=TEXT",
        help="what a network answered: its points in pixels, unit, percent, thousand or thousand_yx; several are fused",
    )  # fmt: skip
    parser.add_argument(
        "--model", action="append", default=[], metavar="CONVENTION=URL",
        help="ask an OpenAI-compatible server, with :NAME behind it for one of its models",
    )  # fmt: skip
    parser.add_argument(
        "--map", action="append", default=[], type=Path, metavar="FILE",
        help="a what-and-where network that shows where on the table something is, from above",
    )  # fmt: skip
    parser.add_argument("--looks", type=Path, metavar="DIR", help="a recording (default: the running robot's camera)")
    parser.add_argument("--robot", default="", help="the robot (default: the one that runs)")
    parser.add_argument("--camera", default="", help="its camera (default: the first)")
    parser.add_argument("--skill", default="", help="skill that is to act on it, e.g. pick_up")
    parser.add_argument("--do", action="store_true", help="have the running robot do it")
    add_namespace(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when something was pointed out, and done where that was asked for.

    Raises:
        DataError: No network gave a usable answer, nothing is there, or the skill acts on nothing; says which.
    """
    _check(options)
    from skill_stack.perception.recognition.pointing_answers import point
    from skill_stack.perception.threads import one_thread
    from skill_stack.runtime.line.pointed_out import pointed_out

    one_thread()
    pointers: list[Points] = [*_pointers(options)]
    words, (frame, robot) = words_of(options.words), chosen_look(options)
    pointers += _maps(options, frame)
    found, wrong = point(pointers, frame, _jpeg(frame) if options.model else b"", words)
    if wrong:
        note(wrong)
    if found is None or found.position is None:
        raise DataError(wrong if found is None else f"no depth was measured at pixel {found.pixel}")
    meant = pointed_out(found.position, _scene(options, frame))
    step = _step(options.skill, robot, meant) if options.skill else None
    said = {
        "pixel": [round(value, 1) for value in found.pixel], "confidence": round(found.confidence, 3),
        "point": [round(value, 4) for value in found.position], "frame": frame.frame, "thing": meant.thing,
        "step": {"skill": step.skill, "arguments": dict(step.arguments)} if step is not None else None,
    }  # fmt: skip
    _tell(options, meant, said)
    return _done(options, step) if options.do and step is not None else 0


def _check(options: argparse.Namespace) -> None:
    if importlib.util.find_spec("cv2") is None:
        raise ResourceNotFound("perception needs OpenCV: make setup")
    if options.do and (options.looks is not None or not options.skill):
        raise DataError("--do needs --skill, and a running robot instead of --looks")


def _tell(options: argparse.Namespace, meant: PointedOut, said: dict[str, Any]) -> None:
    if options.json:
        print_json(said)
        return
    x, y, z = meant.point
    what = meant.thing.replace("_", " ") or "a place without a known thing"
    print(f"{what}, at {x:.3f} {y:.3f} {z:.3f} m in {said['frame']}; agreed on by {said['confidence']:.0%}")
    if said["step"]:
        told = ", ".join(f"{name} {value}" for name, value in said["step"]["arguments"].items())
        print(f"{said['step']['skill']}: {told}")


def _pointers(options: argparse.Namespace) -> list[Pointer]:
    """The networks; raises DataError where none is named or a convention is unknown."""
    from skill_stack.perception.recognition.pointing_answers import CONVENTIONS, Pointer

    found = []
    asked = [*((one, _given) for one in options.answer), *((one, _asked) for one in options.model)]
    for number, (text, ask) in enumerate(asked, 1):
        name, _, rest = text.partition("=")
        if name not in CONVENTIONS or not rest:
            raise DataError(f"'{text[:60]}': a convention, '=', and the rest; conventions: {', '.join(CONVENTIONS)}")
        found.append(Pointer(ask(rest), name, f"network {number}"))  # type: ignore[arg-type]
    if not found and not options.map:
        raise DataError(
            'which network? Give --answer percent=\'<point x="50" y="25">\', --model percent=URL or --map FILE'
        )
    return found


def _maps(options: argparse.Namespace, frame: CameraFrame) -> list[HeatPointer]:
    """The what-and-where networks, which see the look from above."""
    if not options.map:
        return []
    from skill_stack.perception.networks.opening import open_heat_map
    from skill_stack.perception.recognition.place_lookup import HeatPointer
    from skill_stack.perception.scene.look_observer import LookObserver

    seen = LookObserver().look(frame)
    return [HeatPointer(open_heat_map(path), frame, seen, path.name) for path in options.map]


def _given(answer: str) -> Callable[[bytes, str], str]:
    return lambda picture, question: answer


def _asked(address: str) -> Callable[[bytes, str], str]:
    """Asks a server."""
    from skill_stack.planner.model.chat_client import ChatClient
    from skill_stack.planner.model.endpoint import ModelEndpoint
    from skill_stack.planner.model.picture import ModelPicture
    from skill_stack.planner.model.transport import Transport

    client = ChatClient(ModelEndpoint.at(address), os.environ, Transport(time.monotonic))

    def ask(picture: bytes, question: str) -> str:
        messages = [{"role": "user", "content": question}]
        deadline = time.monotonic() + WAIT
        return client.complete(messages, SCHEMA, ModelPicture(picture), deadline, threading.Event()).text

    return ask


def _jpeg(frame: CameraFrame) -> bytes:
    from PIL import Image

    data = io.BytesIO()
    Image.fromarray(frame.colour).save(data, "JPEG", quality=90)
    return data.getvalue()


def _scene(options: argparse.Namespace, frame: CameraFrame) -> SceneGraph:
    """What the running robot knows; of a recording what its look shows."""
    if options.looks is not None:
        from skill_stack.perception.scene.look_observer import LookObserver
        from skill_stack.runtime.line.pointed_out import seen_scene

        return seen_scene(LookObserver().look(frame))
    join_ros()
    from skill_stack.nodes.clients.client import TaskClient
    from skill_stack.nodes.clients.steady_scene import newest_scene

    with TaskClient(options.namespace) as client:
        return newest_scene(client, STEADY)


def _step(skill: str, robot: str, meant: PointedOut) -> PlanNode:
    """The skill with what was pointed out as its argument; raises DataError where it takes none."""
    from skill_stack.core.robots.robot_file import load_robot
    from skill_stack.core.skills.skill_library import load_library
    from skill_stack.runtime.line.pointed_out import skill_arguments

    if not robot:
        raise DataError("give --robot NAME, whose skill it is")
    library = load_library(resources(), load_robot(resources().robot(robot), resources()))
    return PlanNode("skill", skill=skill, arguments=skill_arguments(library[skill], meant, {}))


def _done(options: argparse.Namespace, step: PlanNode) -> int:
    """Has the running robot do it."""
    from skill_stack.commands.talk.task_report import done, print_event, print_result
    from skill_stack.nodes.clients.client import TaskClient

    text = plan_text(PlanNode("sequence", (step,)), instruction=f"{step.skill}: {options.words}")
    with TaskClient(options.namespace) as client:
        result = client.do(text, (lambda *told: None) if options.json else print_event)
    if not options.json:
        print_result(result)
    return 0 if done(result) else 1
