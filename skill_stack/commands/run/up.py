"""``skill-stack up``: brings up a deployment and keeps it running."""

from __future__ import annotations

import argparse
import contextlib

from skill_stack.commands.common import add_deployment_changes, add_json, deployment_of, note, print_json
from skill_stack.commands.run.bringup_session import bring_up
from skill_stack.commands.run.startup_report import StartupReport
from skill_stack.commands.run.teams import Team, is_team
from skill_stack.core.processes.realtime import end_promptly
from skill_stack.core.robots.deployment import Deployment
from skill_stack.runtime.bringup.bring_up import Interrupted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("deployment", help="name below config/deployments or config/teams, or a file of the former")
    add_deployment_changes(parser)
    add_json(parser)
    parser.add_argument("--verbose", action="store_true", help="show the output of every process")
    text = "start all but the ROS nodes, which process PID starts, and end with it; for ros2 launch"
    parser.add_argument("--launched-by", type=int, default=0, metavar="PID", help=text)


def run(options: argparse.Namespace) -> int:
    """Runs until Ctrl-C or SIGTERM, which is a normal end."""
    if is_team(options.deployment):
        return _run_team(options)
    deployment = deployment_of(options.deployment, options)
    if options.launched_by:
        return _run_launched(deployment, options)
    stack = bring_up(deployment, note, options.verbose)
    try:
        with stack:
            stack.wait_ready()
            if options.json:
                about = {"deployment": deployment.name, "robot": deployment.robot, "namespace": deployment.namespace}
                print_json({"up": True, **about, "logs": str(stack.log_folder)})
            note(f"{deployment.name} is up; logs in {stack.log_folder}. Ctrl-C ends it.")
            note('Talk to it from another terminal: skill-stack say "walk to the red ball"')
            stack.run(StartupReport(deployment.namespace, deployment.robot, note))
    except Interrupted as end:
        note(str(end))
    return 0


def _run_launched(deployment: Deployment, options: argparse.Namespace) -> int:
    """The part of ``ros2 launch`` that is no node: starts, watches and ends it as without launch."""
    stack = bring_up(deployment, _note_if_heard, options.verbose, options.launched_by)
    try:
        with stack:
            stack.run()
    except Interrupted as end:
        _note_if_heard(str(end))
    end_promptly()
    return 0


def _note_if_heard(text: str) -> None:
    """Prints a text for the person; a closed output must not prevent the robot from being damped."""
    with contextlib.suppress(OSError):
        note(text)


def _run_team(options: argparse.Namespace) -> int:
    """The same for several robots in one simulated world."""
    try:
        with Team(options.deployment, options, note) as team:
            team.wait_ready()
            names = ", ".join(one.name for one in team.file.robots)
            if options.json:
                print_json({"up": True, "team": options.deployment, "robots": [one.name for one in team.file.robots]})
            note(f"{options.deployment} is up: {names}. Ctrl-C ends it.")
            say = f"skill-stack say --robots {options.deployment}"
            note(f'Talk to them from another terminal: {say} "both of you, turn left"')
            team.run()
    except Interrupted as end:
        note(str(end))
    return 0
