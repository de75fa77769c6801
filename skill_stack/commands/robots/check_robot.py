"""``skill-stack check --robot``: checks a robot step by step before it is driven, and writes a report."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from skill_stack.commands.common import block_of, note, print_json, resources, simulation_of
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.processes.realtime import enter_real_time
from skill_stack.core.robots.deployment import Deployment, load_deployment
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.robots.hardware import Hardware
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.runtime.bringup.processes import simulated
from skill_stack.runtime.checkup.bench import Bench
from skill_stack.runtime.checkup.machine_steps import can_interface, network, real_time, serial_port, versions
from skill_stack.runtime.checkup.operator import CheckupOperator, Nobody
from skill_stack.runtime.checkup.result import CheckupReport, Result
from skill_stack.runtime.checkup.walk_through import link, listening, moving, starting

PRIORITY = 50  # under SCHED_FIFO, as the control process
STAND = "bench"
"""Scene in which a simulated robot is checked: on a stand, its feet free."""
LIES = "Does the robot lie on its belly, as after the vendor's lying down (no: it hangs)?"
_MARKS = {"good": "good", "bad": "BAD ", "open": "open"}


def run(options: argparse.Namespace) -> int:
    """0 when nothing failed.

    Raises:
        SkillStackError: The check could not be made; the message states what would have worked.
    """
    deployment = _deployment(options)
    simulation = simulated(deployment)
    if options.yes and not simulation:
        raise DataError("--yes is for simulated robots: on a real one a person must watch")
    if not options.yes and not sys.stdin.isatty():
        raise DataError("a person must answer at a terminal; for a simulated robot say --yes")
    robot = load_robot(resources().robot(deployment.robot), resources())
    operator: CheckupOperator = Nobody() if options.yes else Terminal(attended=not simulation)
    now = datetime.now().astimezone()
    path = _report_path(options.report, f"check-{robot.name}-{deployment.driver}-{now:%Y%m%d-%H%M%S}.md")
    results: list[Result] = []
    for result in _steps(deployment, robot, operator):
        results.append(result)
        if not options.json:
            _print(result)
    who = "a person watched" if operator.attended else "nobody watched"
    report = CheckupReport(robot.name, deployment.driver, now.isoformat(timespec="seconds"), who, tuple(results))
    path.write_text(report.to_markdown(), encoding="utf-8")
    path.with_suffix(".json").write_text(json.dumps(report.to_json(), indent=2) + "\n", encoding="utf-8")
    if options.json:
        print_json({**report.to_json(), "report": str(path)})
    note(f"report: {path}")
    return 0 if report.good else 1


class Terminal:
    """A person at the terminal.

    Attributes:
        attended: Whether that person has the robot before them.
    """

    def __init__(self, attended: bool) -> None:
        """Takes whether the person can see the robot."""
        self.attended = attended

    def tell(self, text: str) -> None:
        """Prints a text."""
        note(text)

    def confirm(self, question: str) -> bool:
        """Asks a question; any answer but yes counts as no."""
        return _ask(f"{question} [y/N] ").strip().lower() in ("y", "yes")

    def wait(self, task: str) -> None:
        """Requests an action of the person, and waits for Enter."""
        _ask(f"{task}; then press Enter. ")


def _ask(text: str) -> str:
    """Prompts on standard error, so that standard output holds results alone."""
    print(text, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline()


def _deployment(options: argparse.Namespace) -> Deployment:
    """The deployment with the driver to be checked."""
    name = options.deployment or (options.robot if options.interface else simulation_of(options.robot))
    deployment = load_deployment(resources().deployment(name), interface=options.interface)
    if deployment.robot != options.robot:
        raise DataError(f"deployment '{name}' is of robot '{deployment.robot}', not '{options.robot}'")
    return deployment


def _steps(deployment: Deployment, robot: RobotSpec, operator: CheckupOperator) -> Iterator[Result]:
    """Every step in order; prerequisites are checked first."""
    yield versions()
    yield real_time()
    if simulated(deployment):
        from skill_stack.runtime.checkup.simulated_device import SimulatedDevice

        device = SimulatedDevice(robot, set_up(load_scene(resources().scene(STAND)), 0))
        yield from _device_steps(Bench(robot, device, device.clock, device.sleep), device, operator, ())
        return
    reached = _reached(deployment, robot)
    yield reached
    if reached.verdict == "bad":
        return
    channels = RobotChannels.open(block_of(deployment.namespace), robot)
    try:
        driver = _open(deployment, robot, channels)
    except SkillStackError as error:
        yield Result(
            "driver", "bad", str(error), "correct the deployment's driver_settings, or install what is missing"
        )
        return
    enter_real_time(PRIORITY)  # what it does not permit is a step of its own
    bench = Bench(robot, driver, time.monotonic, time.sleep)
    poses = robot.builtin.safe_poses if robot.builtin else ()
    yield from _device_steps(bench, driver, operator, poses)


def _reached(deployment: Deployment, robot: RobotSpec) -> Result:
    """Whether the connection to the robot exists: a serial port, a CAN interface, or a network."""
    settings = deployment.driver_settings
    if "port" in settings:
        return serial_port(str(settings["port"]))
    if "channel" in settings:
        return can_interface(str(settings["channel"]))
    return network(str(settings.get("interface", "")), robot.builtin.network if robot.builtin else "")


def _open(deployment: Deployment, robot: RobotSpec, channels: RobotChannels) -> Hardware:
    """The driver, with a lease of its own; refuses while a stack drives."""
    control = channels.words.registered("control")
    if control.alive:
        raise DataError(f"the stack drives this robot (process {control.pid}); end it with: skill-stack down")
    lease = channels.words.take_lease("control")
    return open_driver(robot, deployment.driver, channels, lease, deployment.driver_settings)


def _device_steps(
    bench: Bench, driver: Hardware, operator: CheckupOperator, poses: tuple[str, ...]
) -> Iterator[Result]:
    """The steps with the robot itself; in any case it is left as its driver leaves it."""
    results: list[Result] = []
    try:
        joints = bool(driver.capabilities.commanded)
        if joints:
            results.append(starting(bench, driver, operator))
            yield results[0]
            if results[0].verdict == "bad":
                return
        lies = bool(poses) and operator.confirm(LIES)
        for result in listening(bench, operator, poses if lies else ()):
            results.append(result)
            yield result
        if joints:
            yield from moving(bench, operator, results)
        else:
            yield Result("joints", "open", "the robot's own controller moves them", "check them with control: joints")
        yield link(driver)
    finally:
        bench.release()


def _print(result: Result) -> None:
    print(f"{_MARKS[result.verdict]}  {result.step:24} {result.found}", flush=True)
    if result.verdict != "good" and result.advice:
        print(f"{'':30} → {result.advice}", flush=True)


def _report_path(wanted: str | None, usual: str) -> Path:
    """Path of the report, tested before anything else.

    Raises:
        DataError: It cannot be written there.
    """
    path = Path(wanted) if wanted else resources().writable_folder("reports") / usual
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        raise DataError(f"the report cannot be written to {path}: {error.strerror}") from error
    return path
