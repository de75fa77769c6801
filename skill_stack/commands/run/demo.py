"""``skill-stack demo``: brings up a simulated robot, has words done, reports."""

from __future__ import annotations

import argparse
import time

from skill_stack.commands.common import (
    add_deployment_changes,
    add_json,
    deployment_of,
    join_ros,
    note,
    print_json,
    resources,
    simulation_of,
    words_of,
)
from skill_stack.commands.run.bringup_session import bring_up
from skill_stack.commands.run.teams import Team, is_team
from skill_stack.commands.talk.task_report import done, failure_json, outcome_of, print_event, print_result, result_json
from skill_stack.core.errors import SkillStackError
from skill_stack.core.robots.deployment import Deployment, MonitorConfig
from skill_stack.runtime.bringup.bring_up import BringUp, Interrupted

TOGETHER = "walk to the red ball, then sit down"
"""Default words for several robots."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "robot", nargs="?", default="go2", help="name of the robot, or of several below config/teams (default: go2)"
    )
    parser.add_argument("words", nargs="?", default="", help="what it shall do (default: demo of its deployment file)")
    parser.add_argument("--headless", action="store_true", help="no monitor; end after the task")
    add_deployment_changes(parser)
    add_json(parser)
    parser.add_argument("--verbose", action="store_true", help="show the output of every process")


def run(options: argparse.Namespace) -> int:
    """0 when the task succeeded."""
    begin = time.monotonic()
    quiet = MonitorConfig(enabled=False).model_dump() if options.headless else None
    try:
        if is_team(options.robot):
            options.words = options.words or TOGETHER
            with Team(options.robot, options, note, options.headless) as team:
                return _perform_together(team, options, begin)
        deployment = deployment_of(simulation_of(options.robot), options, monitor=quiet)
        options.words = options.words or words_for(deployment)
        with bring_up(deployment, note, options.verbose) as stack:
            code = _perform(stack, deployment.namespace, options, begin)
    except SkillStackError as error:
        if options.json:
            outcome = "interrupted" if isinstance(error, Interrupted) else "failed"
            print_json(failure_json(str(error), time.monotonic() - begin, outcome))
        note(str(error))
        return 1
    return code


def words_for(deployment: Deployment) -> str:
    """The deployment's example words for a demonstration.

    Args:
        deployment: The deployment.

    Raises:
        SkillStackError: It has no content.
    """
    if not deployment.demo:
        raise SkillStackError(f"{deployment.name} says no words for a demonstration: give some, or its key 'demo'")
    return deployment.demo


def _perform_together(team: Team, options: argparse.Namespace, begin: float) -> int:
    """Divides the words among robots that are starting, and waits for Ctrl-C afterwards unless headless."""
    join_ros()
    from skill_stack.nodes.clients.fleet_client import FleetClient

    team.wait_ready()
    with FleetClient(team.file, resources(), note, team.poll) as client:
        note(f"{time.monotonic() - begin:5.1f} s  {words_of(options.words)}")
        result = client.do(words_of(options.words))
    if options.json:
        print_json({**result.to_json(), "outcome": outcome_of(result)})
    else:
        print(f"{result.outcome}: {result.reason}")
    if not options.headless:
        note(f'Go on in another terminal: skill-stack say --robots {options.robot} "…". Ctrl-C ends it.')
        team.run()
    return 0 if done(result) else 1


def _perform(stack: BringUp, namespace: str, options: argparse.Namespace, begin: float) -> int:
    """Runs the words on a stack that is starting, and the prompt afterwards unless headless."""
    join_ros()
    from skill_stack.nodes.clients.client import TaskClient  # imported while the processes start

    with TaskClient(namespace, while_waiting=stack.poll) as client:
        stack.wait_ready()
        note(f"{time.monotonic() - begin:5.1f} s  {words_of(options.words)}")
        result = client.do(words_of(options.words), print_event, source="demo")
        if options.json:
            print_json(result_json(result))
        else:
            print_result(result)
    if not options.headless:
        from skill_stack.commands.talk.prompting import prompt

        prompt(stack, namespace)
    return 0 if done(result) else 1
