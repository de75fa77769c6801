"""``skill-stack listen``: talk to the running robot, or have a WAV file understood."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from skill_stack.commands.common import add_json, add_namespace, block_of, join_ros, print_json, resources
from skill_stack.core.data_file import load_model
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.runtime.bringup.run_file import RunFile
from skill_stack.voice.capture import played
from skill_stack.voice.heard import Recogniser, Utterance
from skill_stack.voice.loudness import Fault
from skill_stack.voice.recognisers import KINDS, make_recogniser
from skill_stack.voice.spoken_grammar import SpokenGrammar
from skill_stack.voice.talk import TELL, Talk
from skill_stack.voice.voice_settings import VoiceSettings

Grammar = Callable[[Iterable[str]], SpokenGrammar]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_namespace(parser)
    kinds = ", ".join(f"{name} ({kind.model})" if kind.model else name for name, kind in KINDS.items())
    parser.add_argument("--recogniser", default=next(iter(KINDS)), metavar="NAME", help=f"{kinds}; default: the first")
    parser.add_argument("--model", type=Path, metavar="DIR", help="its model, which you bring")
    parser.add_argument("--device", default="", help="microphone, e.g. plughw:1 (default: that of the system)")
    parser.add_argument("--wake", default="", metavar="WORDS", help="also begin by this phrase, e.g. 'hello robot'")
    parser.add_argument("--quiet", action="store_true", help="do not say outcomes aloud")
    parser.add_argument("--robot", default="", help="the robot (default: that which runs; go2 with --file)")
    parser.add_argument("--file", type=Path, metavar="FILE.wav", help="print what is said in a file; nothing moves")
    parser.add_argument("--scene", default="playground", help="with --file: whose names are expected")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when the person leaves, or a file was understood; SkillStackError without terminal, library or model."""
    found = resources()
    settings = load_model(VoiceSettings, found.find("config/voice.yaml", "settings of voice"))
    robot = options.robot or RunFile(block_of(options.namespace)).about.get("robot", "")
    if options.file is not None:
        return _file(options, found, settings, robot or "go2")
    if not sys.stdin.isatty():
        raise SkillStackError("talking needs a terminal; for a recording: skill-stack listen --file FILE.wav")
    if not robot:
        raise SkillStackError("no robot runs here under that namespace; --robot names one of another machine")
    grammar = _grammar(found, robot, settings)
    recogniser = make_recogniser(options.recogniser, options.model)
    recogniser.bias(grammar(()))
    join_ros()
    from skill_stack.nodes.voice.listen_client import listen

    ear = ["--namespace", options.namespace, "--wake", options.wake, "--device", options.device]
    return listen(options.namespace, ear, recogniser, settings, grammar, not options.quiet)


def _grammar(found: Resources, robot: str, settings: VoiceSettings) -> Grammar:
    """Gives what can be said to a robot, for names of things."""
    library = load_library(found, load_robot(found.robot(robot), found))
    return lambda names: SpokenGrammar.of_robot(library, names, settings)


def _file(options: argparse.Namespace, found: Resources, settings: VoiceSettings, robot: str) -> int:
    """Prints what is said in a file."""
    scene = set_up(load_scene(found.scene(options.scene)), 0).graph()
    names = [name for thing in scene.objects.values() for name in (thing.label, *thing.names)]
    recogniser = make_recogniser(options.recogniser, options.model)
    unknown = recogniser.bias(_grammar(found, robot, settings)(names))
    heard, fault = understood(recogniser, settings, options.file)
    if options.json:
        sure = None if math.isnan(heard.confidence) else round(heard.confidence, 3)
        print_json({
            "text": heard.text, "confidence": sure, "alternatives": [list(one) for one in heard.alternatives],
            "fault": fault, "unknown_words": list(unknown),
        })  # fmt: skip
    else:
        print(heard.text)
        if fault:
            print(TELL[fault], file=sys.stderr)
    return 0 if fault is None else 1


def understood(recogniser: Recogniser, settings: VoiceSettings, file: Path) -> tuple[Utterance, Fault | None]:
    """The first sentence of a file, and what is wrong with it."""
    done: list[tuple[Utterance, Fault | None]] = []
    talk = Talk(recogniser, settings, lambda text: None, lambda heard, fault: done.append((heard, fault)))
    talk.press()
    for piece in played(file, paced=False):
        if talk.listening:
            talk.take(piece)
    talk.ended()
    return done[0]
