"""Several robots in one simulated world: their deployments, brought up and ended together."""

from __future__ import annotations

import argparse
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

from skill_stack.commands.common import resources, simulation_of
from skill_stack.commands.run.bringup_session import bring_up
from skill_stack.core.errors import DataError
from skill_stack.core.robots.deployment import Companion, Deployment, MonitorConfig, load_deployment
from skill_stack.planner.fleet.fleet_file import FleetFile, FleetMember, load_fleet
from skill_stack.runtime.bringup.bring_up import POLL, BringUp

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def is_team(name: str) -> bool:
    """Whether a name, or the name of a file, is that of several robots."""
    return name in {path.stem for path in resources().list("config/teams")}


def deployments_of(path: Path, file: FleetFile, options: argparse.Namespace, quiet: bool) -> list[Deployment]:
    """A deployment for each robot of a file, all in the world of the first one's simulator.

    Args:
        path: Where the file is.
        file: The robots.
        options: Those of :func:`skill_stack.commands.common.add_deployment_changes`.
        quiet: Without monitors.

    Raises:
        DataError: A robot has skills alone and nothing to simulate, or an option is for one robot.
        ResourceNotFound: There is no simulation of a robot.
    """
    for option in ("namespace", "interface", "replay"):
        if getattr(options, option, None):
            raise DataError(f"--{option} is for one robot; {path.name} names several")
    if bodiless := [one.name for one in file.robots if not one.robot or one.at is None]:
        raise DataError(f"{path.name}: 'robot' and 'at' are needed to simulate {', '.join(bodiless)}")
    beside = path.parent / file.scene
    scene = options.scene or (str(beside) if file.scene and beside.is_file() else file.scene) or None
    found, first = resources(), file.robots[0]
    pace = {"real": "real_time", "max": "lock_step", None: None}[options.speed]
    companions = tuple(
        Companion(robot=one.robot, namespace=one.place, start=_start(one)).model_dump() for one in file.robots[1:]
    )
    return [
        load_deployment(
            found.deployment(simulation_of(one.robot)),
            name=one.name,
            namespace=one.place,
            scene=scene,
            seed=options.seed,
            pace=pace,
            viewer=options.viewer if one is first else None,
            start=_start(one),
            beside=companions if one is first else None,
            simulated_elsewhere=one is not first,
            monitor=MonitorConfig(enabled=False).model_dump() if quiet else None,
        )
        for one in file.robots
    ]


def _start(one: FleetMember) -> tuple[float, float, float]:
    assert one.at is not None
    return one.at


class Team:
    """The stacks of several robots in one world. Use it as a context manager: leaving it ends them all.

    Attributes:
        file: The robots.
        stacks: Their stacks, in the order of the file.
    """

    def __init__(
        self, name: str, options: argparse.Namespace, report: Callable[[str], None], quiet: bool = False
    ) -> None:
        """Prepares; starts nothing.

        Args:
            name: Name or path of the file of robots.
            options: Options that replace single values of their deployments.
            report: Takes one line for the person at the terminal.
            quiet: Without monitors.

        Raises:
            SkillStackError: The file, a robot or an option is wrong.
        """
        path = resources().team(name)
        self.file = load_fleet(path)
        verbose = bool(getattr(options, "verbose", False))
        self.stacks: Sequence[BringUp] = [
            bring_up(one, _signed(report, one.namespace), verbose)
            for one in deployments_of(path, self.file, options, quiet)
        ]
        self._handlers: dict[int, object] = {}

    def __enter__(self) -> Team:
        """Starts everything; the robot with the shared simulator starts last.

        Raises:
            AlreadyRunning: One of the namespaces is up already.
        """
        self._handlers = {number: signal.getsignal(number) for number in _SIGNALS}
        try:
            for stack in reversed(self.stacks):
                stack.__enter__()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends everything."""
        self.end()

    def end(self) -> None:
        """Ends the other robots first, then the one with the shared simulator."""
        for stack in reversed(self.stacks):
            stack.end()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._handlers = {}

    def wait_ready(self) -> None:
        """Waits until every process of every robot works.

        Raises:
            BringUpFailed: One ended, or did not get that far in time.
            Interrupted: Someone asked to end.
        """
        for stack in self.stacks:
            stack.wait_ready()

    def poll(self) -> None:
        """One look at every process; see :meth:`skill_stack.runtime.bringup.bring_up.BringUp.poll`."""
        for stack in self.stacks:
            stack.poll()

    def run(self) -> None:
        """Keeps everything running until an end is requested.

        Raises:
            BringUpFailed: A process ended without which a deployment cannot run.
            Interrupted: Someone asked to end.
        """
        while True:
            self.poll()
            time.sleep(POLL)


def _signed(report: Callable[[str], None], name: str) -> Callable[[str], None]:
    return lambda line: report(f"{name}: {line}")
