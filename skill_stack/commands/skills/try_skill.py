"""``skill-stack try``: runs one skill in simulation, in this process, and reports."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skill_stack import __version__
from skill_stack.commands.common import add_json, note, print_json, resources
from skill_stack.connector.action_port import NoActions, within_reach
from skill_stack.core.arguments import positive
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skill_origin import content_hash, origin_of, quarantine, write_origin
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene_file import SceneSetup, load_scene, set_up

if TYPE_CHECKING:
    from skill_stack.runtime.line.line import LineResult
    from skill_stack.runtime.policy_check.convention_check import Suspect
    from skill_stack.runtime.policy_check.skill_trial import TryFigures

AT_ONCE = 2.5
"""Time within which a fall indicates a wrong convention rather than a weak policy, s."""
HARDEST = 3  # joints that are shown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("skill", help="name of the skill")
    parser.add_argument("arguments", nargs="*", metavar="NAME=VALUE", help="its arguments, e.g. target=red_ball")
    parser.add_argument("--robot", default="go2", help="name of the robot (default: go2)")
    parser.add_argument(
        "--scene", help="name or file of the scene (default: playground; open where it needs no thing and may walk)"
    )
    parser.add_argument("--seed", type=int, default=0, help="varies the scene and the physics")
    parser.add_argument(
        "--then", nargs="+", action="append", default=[], metavar="NAME=VALUE",
        help="and once it has succeeded, the same skill with these arguments; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--noise", type=float, metavar="FACTOR",
        help="factor on the declared noise of the sensors; 0 shows what the policy does by perfect ones "
        "(default: that of the scene)",
    )  # fmt: skip
    parser.add_argument("--rate", type=positive, help="rate of the control loop, Hz (default: the robot's own)")
    parser.add_argument("--seconds", type=positive, help="end after so long, s (default: the skill's own time limit)")
    parser.add_argument("--picture", type=Path, metavar="FILE.png", help="also render a strip of pictures of the run")
    parser.add_argument("--no-suspects", action="store_true", help="do not look why an imported policy falls at once")
    parser.add_argument("--episode", type=int, metavar="SEED", help="repeat a measured episode and judge it")
    parser.add_argument(
        "--measured", type=int, nargs="?", const=20, metavar="N", help="repeat so many measured episodes (default: 20)"
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when the skill succeeded; UnknownName or DataError when skill or arguments are wrong."""
    found = resources()
    if options.episode is not None or options.measured is not None:
        from skill_stack.commands.skills.try_measured import repeat

        return repeat(options, found)
    robot = load_robot(found.robot(options.robot), found).at_rate(options.rate)
    library = within_reach(load_library(found, robot), NoActions().lack)
    arguments = dict(map(_pair, options.arguments))
    goals = library[options.skill].complete(arguments)  # wrong arguments are an error before anything is loaded
    if options.seconds is not None:
        library = library.changed(options.skill, timeout=options.seconds)
    more = [dict(map(_pair, words)) for words in options.then]
    for asked in more:
        library[options.skill].complete(asked)
    if options.scene is None:
        options.scene = _scene(robot, library[options.skill])
    setup = _setup(options, found)

    from skill_stack.runtime.policy_check.convention_check import suspects
    from skill_stack.runtime.policy_check.skill_trial import try_once

    result, line = try_once(robot, library, setup, options.skill, arguments, clock=time.perf_counter)
    results = [result]
    for asked in more:
        if results[-1].outcome == "succeeded":
            results.append(line.run_skill(options.skill, asked))
    figures = line.figures({name: value for name, value in goals.items() if isinstance(value, float)})
    suspicious: list[Suspect] = []
    odd = "" if options.no_suspects else _odd(result, figures)
    if odd:
        note(f"{odd}; trying its conventions the other way:")
        suspicious = suspects(robot, library, setup, options.skill, arguments, lambda what: note(f"  {what}"))
    picture = _picture(options, line)
    _keep_trial(result.outcome == "succeeded", library, options)
    if options.json:
        _print_json(results, figures, suspicious, picture)
    else:
        _show(results, figures, suspicious)
    return 0 if len(results) == 1 + len(more) and results[-1].outcome == "succeeded" else 1


def _keep_trial(passed: bool, library: SkillLibrary, options: argparse.Namespace) -> None:
    """Notes a passed trial of a skill that is in quarantine, if it was not made easier than the skill's own use."""
    skill = options.skill
    folder = library.entries[skill].folder
    if not passed or options.seconds is not None or options.noise is not None or folder is None:
        return
    origin = origin_of(folder)
    if origin is None or not quarantine(folder):
        return
    words = " ".join([skill, *options.arguments])
    trial = f"{words} in scene '{options.scene}', seed {options.seed}, version {__version__}"
    write_origin(folder, origin.model_copy(update={"tried": content_hash(folder), "trial": trial}))
    note(f"it is in quarantine and may be released now: skill-stack release {skill} --robot {options.robot}")


def _scene(robot: RobotSpec, skill: SkillSpec) -> str:
    """The default scene: long dances and walks need one without objects."""
    needs_things = any(parameter.type == "object" for parameter in skill.goal)
    return "open" if robot.feet and not needs_things else "playground"


def _setup(options: argparse.Namespace, found: Resources) -> SceneSetup:
    """The world, with the requested noise."""
    setup = set_up(load_scene(found.scene(options.scene)), options.seed)
    if options.noise is None:
        return setup
    if options.noise < 0.0:
        raise DataError(f"--noise {options.noise:g}: a factor of 0 or above")
    return setup.model_copy(update={"noise": options.noise})


def _odd(result: LineResult, figures: TryFigures) -> str:
    """Signs of a wrong convention, or an empty text."""
    from skill_stack.runtime.policy_check.convention_check import moves_wrongly

    if figures.fell_after is not None and figures.fell_after <= AT_ONCE:
        return f"it fell after {figures.fell_after:.1f} s"
    if result.outcome == "failed" and figures.seconds <= AT_ONCE:
        return f"it was stopped after {figures.seconds:.1f} s"
    return "it did not go where it was told" if figures.fell_after is None and moves_wrongly(figures) else ""


def _print_json(results: list[LineResult], figures: TryFigures, suspicious: list[Suspect], picture: str) -> None:
    runs = [one.to_json() for one in results]
    suspected = [{"convention": one.what, "stood": one.stood, "error": one.error} for one in suspicious]
    print_json({**runs[-1], "runs": runs, "figures": figures.to_json(), "suspects": suspected, "picture": picture})


def _show(results: list[LineResult], figures: TryFigures, suspicious: list[Suspect]) -> None:
    for step in (step for result in results for step in result.steps):
        print(f"  {step.skill}: {step.outcome} after {step.seconds:.1f} s {step.reason}".rstrip())
    for name, (asked, done, rmse) in figures.tracking.items():
        unit = "rad/s" if name == "wz" else "m/s"
        print(f"  {name}: asked {asked:.2f}, done {done:.2f} {unit} (error {rmse:.3f} over half a second)")
    fell = "did not fall" if figures.fell_after is None else f"fell after {figures.fell_after:.1f} s"
    print(f"  way {figures.distance:.1f} m; largest tilt {figures.tilt:.2f} rad; {fell}")
    hardest = sorted(figures.torque.items(), key=lambda one: -one[1])[:HARDEST]
    shares = ", ".join(f"{name} {100 * share:.0f} %" for name, share in hardest)
    print(f"  torque of its limit: {shares}; at it {100 * figures.at_limit:.1f} % of the time")
    most = ", ".join(f"{name} {count}×" for name, count in list(figures.limited.items())[:HARDEST])
    print(f"  targets beyond the joints' range {100 * figures.beyond_range:.1f} %; safety limited: {most or 'nothing'}")
    print(f"  tick {1e6 * figures.tick[0]:.0f} µs (p99 {1e6 * figures.tick[1]:.0f} µs), in this process")
    for result in results:
        took = f"{result.simulated_seconds:.1f} s simulated in {result.seconds:.1f} s"
        print(f"{result.outcome}: {result.reason} ({took})")
    for one in suspicious:
        print(f"  suspicious: {one}")


def _picture(options: argparse.Namespace, line: Any) -> str:
    """Renders the requested pictures; returns where they are."""
    if not options.picture:
        return ""
    from skill_stack.hardware.rendering.picture_strip import save_strip

    try:
        save_strip(options.robot, options.scene, options.seed, line.pictures(), options.picture)
    except SkillStackError as error:
        note(str(error))
        return ""
    note(f"pictures: {options.picture}")
    return str(options.picture)


def _pair(text: str) -> tuple[str, Any]:
    """Name and value of one argument; what reads as a number is one."""
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise DataError(f"'{text}' is not an argument; write NAME=VALUE, for example target=red_ball")
    try:
        return name, float(value)
    except ValueError:
        return name, value
