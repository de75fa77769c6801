"""``skill-stack``: one command line for people, scripts and tests."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from skill_stack.core.errors import SkillStackError


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of the command line.

    Attributes:
        module: Below ``skill_stack.commands``, with ``add_arguments(parser)`` and ``run(options) -> int``, or with
            ``delegate(argv) -> int`` and ``command_line(argv)``; imported only when it is used.
        summary: What it does, one line.
        example: A command that works.
        owns_terminal: Whether it draws on the terminal or asks for keys, so that nothing else may be shown there.
    """

    module: str
    summary: str
    example: str
    owns_terminal: bool = False

    @property
    def group(self) -> str:
        """One of :data:`GROUPS`."""
        return self.module.partition(".")[0]

    def load(self) -> ModuleType:
        """Its module."""
        return importlib.import_module(f"skill_stack.commands.{self.module}")


GROUPS = {
    "run": "run a robot", "talk": "talk to it", "skills": "what it can do", "sharing": "exchange skills",
    "robots": "robots and cameras",
    "recordings": "look at what was recorded", "train": "learn", "measure": "measure",
    "debug": "find out what happened",
}  # fmt: skip
"""What the verbs of each group are for; the group of a verb is the folder of its module."""
ROS_MODULES = frozenset({"rclpy", "skill_stack_interfaces", "ament_index_python", "geometry_msgs", "std_msgs"})
ROS_MISSING = "ROS 2 is not there: run 'make setup' in a checkout, or source a ROS install, and see 'skill-stack check'"
VERBS: dict[str, Verb] = {
    "demo": Verb("run.demo", "simulate a robot, have words done, report", 'demo go2 "walk to the red ball"', True),
    "up": Verb("run.up", "bring up a deployment and keep it running", "up go2_sim", True),
    "down": Verb("run.down", "end a running stack, or what a crash left of one", "down"),
    "stop": Verb("run.stop_verbs", "stop: the safe stance takes over at once", "stop"),
    "estop": Verb("run.stop_verbs", "emergency stop: damped until a reset", "estop"),
    "reset": Verb("run.stop_verbs", "clear an emergency stop", "reset"),
    "place": Verb("run.place", "say where the robot is, while it stands", "place 1.5 -0.5 1.57"),
    "status": Verb("run.status", "what runs, and how it is", "status --json"),
    "watch": Verb("run.watch", "the running robot on the whole terminal; space stops it", "watch", True),
    "record": Verb("run.record", "recordings: start, stop, mark what shall be kept", 'record mark "the box fell"'),
    "security": Verb(
        "run.security", "keys and permissions of a running stack's ROS (SROS2)", "security keystore ~/skill_stack_keys"
    ),
    "drive": Verb("run.drive", "drive the running robot with arrow keys or a gamepad", "drive --gamepad legged", True),
    "say": Verb("talk.say", "have words done by the running stack", 'say "turn left, then sit down"'),
    "listen": Verb("talk.listen", "talk to the running robot by voice", "listen --file order.wav", True),
    "scene": Verb("talk.scene", "a description in words to a scene file", 'scene "a red cube on a blue box"'),
    "plan": Verb("talk.plan", "words to a checked plan; nothing moves", 'plan --robot go2 "walk to the red ball"'),
    "corrections": Verb("talk.corrections", "what was corrected; list, export, delete", "corrections list"),
    "taught": Verb("talk.taught", "facts that people told; list, forget", "taught list"),
    "memory": Verb("talk.memory", "what the robot remembers of its tasks", "memory search red ball"),
    "lessons": Verb("talk.lessons", "what it learnt from them; edit, pin, delete", "lessons list --json"),
    "skills": Verb("skills.skills", "list skills with measured results", "skills go2"),
    "import": Verb(
        "skills.import_policy", "another project's policy as a skill", "import logs/g1_velocity --robot g1 --name walk"
    ),
    "try": Verb("skills.try_skill", "run one skill in simulation and report", "try go_to target=red_ball"),
    "practise": Verb("skills.practise", "a kept motion as a policy; or practise by itself", "practise go2 --hours 1"),
    "retarget": Verb(
        "skills.retarget",
        "postures of one hand on another, a person's body on a robot; live",
        "retarget leap allegro_right --pose fist",
    ),
    "clip": Verb(
        "skills.clip", "a person's motion for a humanoid, as a file or a skill", "clip wave.bvh g1 --skill hello"
    ),
    "prepare": Verb("skills.prepare", "build engines and measure where each policy runs fastest", "prepare go2"),
    "grasps": Verb("skills.grasps", "where two jaws could take what a camera sees", "grasps red box --picture g.png"),
    "point": Verb(
        "talk.point", "a vision network's answer as a thing and a skill's argument",
        "point 'the mug' --answer 'percent=<point x=\"50\" y=\"25\">' --skill pick_up",
    ),  # fmt: skip
    "pack": Verb("sharing.pack", "skills as one signed file for others", "pack wave --robot go2 --licence Apache-2.0"),
    "install": Verb(
        "sharing.install", "skills of others: checked, shown, put into quarantine", "install go2-wave-1.0.skillpack"
    ),
    "release": Verb("sharing.release", "let an installed skill move a real robot", "release wave --robot go2"),
    "uninstall": Verb("sharing.release", "remove an installed skill", "uninstall wave --robot go2"),
    "publish": Verb(
        "sharing.publish", "a package into a folder with index and page", "publish go2-wave-1.0.skillpack --into shared"
    ),
    "keys": Verb("sharing.keys", "whose packages were accepted here; the own key", "keys list"),
    "robot": Verb("robots.robot", "make a robot of a URDF or a MuJoCo model", "robot new my_arm --from my_arm.urdf"),
    "calibrate": Verb(
        "robots.calibrate",
        "by how much a hand's joints read too much; lens and mounting of a camera",
        "calibrate --robot leap --interface PORT; skill-stack calibrate camera --robot go2 --looks DIR",
    ),
    "looks": Verb("robots.looks", "record what a running camera sees, with poses", "looks DIR --robot go2 --count 20"),
    "config": Verb("robots.config", "show a deployment; where each value comes from", "config show go2_sim --origin"),
    "episodes": Verb(
        "recordings.episodes", "what was recorded: list, find, ask, judge", "episodes ask when did it last push the box"
    ),
    "dataset": Verb(
        "recordings.dataset", "data sets of episodes: export, merge, split, describe", "dataset describe demos"
    ),
    "replay": Verb(
        "recordings.replay", "publish a recording on its own topics", "replay 20260301-101500_go2 --rate 2"
    ),
    "train": Verb("train", "learn a skill", "train go2 walk"),
    "bench": Verb("measure.bench", "measure", "bench tick"),
    "eval": Verb("measure.evaluate", "run a suite of tasks over seeds and count", "eval sit_down --seeds 1-5"),
    "report": Verb("debug.report", "black box, logs, configuration, versions as one zip", "report"),
    "trace": Verb("debug.trace", "the way of a request from the words to the command, with times", "trace --last 3"),
    "check": Verb("debug.check", "what this machine has; a robot too, step by step", "check --robot go2 --yes"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one verb.

    Args:
        argv: Command line without the program's name; None takes that of the process.

    Returns:
        0 when what was asked happened, 1 when it did not, 2 when it could not be understood.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # words may hold bytes that are no text, and are repeated to people
            stream.reconfigure(errors="backslashreplace")
    done = _about_itself(words)
    if done is not None:
        return done
    if words[0] not in VERBS:
        return _complain(_unknown(words[0]), "--json" in words, 2)
    try:
        return _run(*words)
    except SkillStackError as error:
        return _complain(str(error), "--json" in words, 1)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ROS_MODULES:
            raise
        return _complain(f"{ROS_MISSING} ({error.name})", "--json" in words, 1)
    except (OSError, UnicodeError) as error:  # a file that is not what a verb takes it for, wherever it is read
        if isinstance(error, BrokenPipeError):  # the reader of our output has gone
            sys.stderr.close()
            return 1
        return _complain(_told(error), "--json" in words, 1)
    except KeyboardInterrupt:
        return _complain("interrupted", "--json" in words, 130)


def _about_itself(words: Sequence[str]) -> int | None:
    """Completion, help and version; None where a verb is to be run."""
    if "_ARGCOMPLETE" in os.environ:
        from skill_stack.commands.completion import complete

        complete({name: verb.summary for name, verb in VERBS.items()}, command_line)
    if not words or words[0] in ("-h", "--help") or list(words) == ["help"]:
        print(overview())
        return 0 if words else 2
    if words[0] == "help":
        return _help(words[1])
    if words[0] == "--version":
        from skill_stack import __version__

        print(__version__)
        return 0
    return None


def _run(name: str, *words: str) -> int:
    """Runs the verb of a name with its own words."""
    verb = VERBS[name]
    module = verb.load()
    if hasattr(module, "delegate"):  # has a command line of its own
        return int(module.delegate(list(words)))
    parser, left = command_line(name, words)
    options = parser.parse_args(left)
    options.verb = name
    if verb.owns_terminal:
        return int(module.run(options))
    from skill_stack.commands.busy_line import busy_line

    with busy_line(name):
        return _as_json(module, options) if getattr(options, "json_lines", False) else int(module.run(options))


def _as_json(module: ModuleType, options: argparse.Namespace) -> int:
    """Runs a verb without a JSON form of its own: whether it was done, and the lines that it would have printed."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = int(module.run(options))
    print(json.dumps({"done": code == 0, "lines": said.getvalue().splitlines()}, ensure_ascii=False))
    return code


def _add_json(parser: argparse.ArgumentParser) -> None:
    """Adds ``--json`` to a command line, or to each of its sub-commands, where it is missing."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in below:
        for one in action.choices.values():
            _add_json(one)
    if not below and "--json" not in parser._option_string_actions:
        text = "print whether it was done, and its lines, as JSON"
        parser.add_argument("--json", dest="json_lines", action="store_true", help=text)


def command_line(name: str, words: Sequence[str] = ()) -> tuple[argparse.ArgumentParser, Sequence[str]]:
    """What understands the words of a verb, and those of them that it is given.

    Args:
        name: One of :data:`VERBS`.
        words: What follows the verb; benchmarks have command lines of their own.
    """
    verb = VERBS[name]
    module = verb.load()
    if hasattr(module, "command_line"):
        own: tuple[argparse.ArgumentParser, Sequence[str]] = module.command_line(words)
        return own
    from skill_stack.core.arguments import Parser  # on demand: the overview needs nothing

    parser = Parser(
        prog=f"skill-stack {name}", description=verb.summary[0].upper() + verb.summary[1:] + ".",
        epilog=f"Example: skill-stack {verb.example}", allow_abbrev=False,
    )  # fmt: skip
    module.add_arguments(parser)
    if not verb.owns_terminal:
        _add_json(parser)
    return parser, words


def overview(group: str = "") -> str:
    """All verbs, or those of one group, one line each.

    Args:
        group: One of :data:`GROUPS`; empty for all.
    """
    lines, last = [], ""
    for name, verb in VERBS.items():
        if group in ("", verb.group):
            lines.append(f"{'' if verb.group == last else verb.group:8} {name:12} {verb.summary}")
            last = verb.group
    ending = "skill-stack help VERB shows its options and an example, help GROUP one of: " + ", ".join(GROUPS) + "."
    return "\n".join(["usage: skill-stack VERB …", *lines, "", ending])


def _help(name: str) -> int:
    """Options and example of a verb, or the verbs of a group; of a name that is both the verb's."""
    if name in VERBS:
        return main([name, "--help"])
    if name in GROUPS:
        print(overview(name))
        return 0
    return _complain(_unknown(name), False, 2)


def _unknown(name: str) -> str:
    """What would have worked."""
    import difflib  # on demand: every start would pay for it

    near = difflib.get_close_matches(name, VERBS, 3)
    meant = f" Did you mean: {', '.join(near)}?" if near else ""
    return f"there is no verb '{name}'.{meant} Verbs: {', '.join(VERBS)}"


def _told(error: OSError | UnicodeError) -> str:
    """What the operating system says of a file, with its name."""
    if isinstance(error, UnicodeError):
        return f"a text is no UTF-8: {error}"
    named = " and ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
    return f"{named}: {error.strerror}" if named and error.strerror else str(error)


def _complain(text: str, as_json: bool, code: int) -> int:
    """Reports an error where a person or a program looks for it."""
    if as_json:
        print(json.dumps({"error": text}))
    print(f"skill-stack: {text}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
