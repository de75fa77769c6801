"""A page fed by a scripted robot, and a real browser that looks at it."""

import contextlib
import math
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.mujoco.robot_description import description_folder, locate_urdf
from skill_stack.monitor.page.actions import PageActions
from skill_stack.monitor.page.drivers import REST
from skill_stack.monitor.plan_view import PlanView, StepView, TreeNodeView
from skill_stack.monitor.robot_meshes import load_meshes
from skill_stack.monitor.robot_tree import read_tree
from skill_stack.monitor.status_board import StatusBoard
from skill_stack.monitor.web_monitor import PageOptions, WebMonitor

RESOURCES = Resources.from_environment(os.environ)
GO2 = load_robot(RESOURCES.robot("go2"))
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=900,560",
    "--disable-features=BackForwardCache", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
)  # fmt: skip


def status(at: float, mode: ControlMode = ControlMode.ACTIVE, **changes) -> SkillStatus:
    """A status of a robot that walks forward at 0.5 m/s."""
    values = {
        "task_time": at, "part": "body", "skill": "walk", "phase": "trot", "mode": mode, "reason": "",
        "progress": 0.0, "request_id": "p1/0", "setpoint_sequence": 1, "sample_sequence": 1,
        "base_position": np.array([0.5 * at, 0.0, 0.3]), "orientation": np.array([1.0, 0, 0, 0]),
        "base_velocity": np.array([0.5, 0.0, 0.0]), "yaw_rate": 0.02, "tilt": 0.03, "tick_ms": 0.4,
        "lateness_ms": 0.1, "deadline_misses": 0, "stop_count": 0,
    }  # fmt: skip
    return SkillStatus(**(values | changes))


def gait(at: float) -> dict[str, float]:
    """Joint positions of something like a trot."""
    out = {}
    for joint in GO2.joint_names:
        phase = 2 * math.pi * 2 * at + (math.pi if joint[:2] in ("FR", "RL") else 0.0)
        swing = {"thigh": 0.25 * math.sin(phase), "calf": 0.3 * math.cos(phase)}
        out[joint] = GO2.poses["default"][joint] + swing.get(joint.split("_")[1], 0.0)
    return out


def plan() -> PlanView:
    """Two steps, the first running."""
    steps = (StepView("go_to", {"target": "red_ball"}, "running", "you asked for it"),
             StepView("sit", {}, "", "you asked for it"))  # fmt: skip
    leaves = tuple(TreeNodeView("skill", one.text, one.status, one.why, one.skill) for one in steps)
    words = "walk to the red ball, then sit down"
    tree = TreeNodeView("sequence", children=leaves)
    return PlanView("p1", words, "plan", "2 steps: go to the red ball, sit", steps, ("near(robot, red_ball)",), tree)


def playground() -> SceneGraph:
    """The scene that comes with the stack."""
    return set_up(load_scene(RESOURCES.scene("playground")), 0).graph()


class Page:
    """A monitor, its board, and what people requested on it.

    Attributes:
        asked: Requests in their order.
        driven: Velocities that reached the robot, and whether the hand is near it.
        why: Why every request fails; empty while they do not.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.driven: list[tuple[tuple[float, float, float], bool]] = []
        self.plotted: frozenset[str] = frozenset()
        self.why = ""
        share = description_folder(GO2.source.package)
        tree = read_tree(locate_urdf(GO2).read_text().replace("package://", f"{share}/"))
        actions = PageActions(
            ask=lambda kind, robot: self._take(f"<{kind}>" if robot == "all" else f"<{kind} {robot}>"),
            say=lambda words, sure: self._take(words if sure else f"{words} (unsure)"),
            start=lambda name, arguments, sure: self._take(f"{name} {dict(arguments)}{'' if sure else ' (unsure)'}"),
            drive=self._drive,
            keep=lambda: self._take("<keep>"),
            recordings=lambda: self._take("<recordings>"),
            forget=lambda number: self._take(f"<forget {number}>"),
            preview=lambda: self._take("<preview>"),
            plot=self._plot,
            picture=lambda name: b"jpeg" if name == "front" else None,
            map=lambda: b"png",
            step_picture=lambda plan, step: b"jpeg" if (plan, step) == ("p1", 0) else None,
            report=lambda: b"zip",
        )
        about = {"name": "go2", "kind": "go2", "drive": {"vx": [-0.6, 0.6], "vy": [-0.6, 0.6], "wz": [-0.8, 0.8]}}
        self.monitor = WebMonitor(PageOptions(port=0, title="go2"), tree, load_meshes(tree)[0], actions, about)
        self.board = StatusBoard()
        self.board.note_odom(Pose2(-0.4, -0.2, 0.3))
        self.board.note_scene(playground())
        self.board.note_plan(plan())

    def _take(self, asked: str) -> str:
        self.asked.append(asked)
        return self.why

    def _drive(self, velocity: tuple[float, float, float], near: bool) -> bool:
        self.driven.append((velocity, near))
        return velocity != REST

    def _plot(self, names: frozenset[str]) -> None:
        self.plotted = names

    def feed(self, at: float, **changes) -> None:
        """Shows the robot as it is after ``at`` seconds."""
        self.board.note_status(status(at, **changes), time.monotonic())
        self.board.note_joints(gait(at))
        self.show()

    def show(self, later: float = 0.0) -> None:
        """Updates the page as if it were ``later`` seconds later."""
        self.monitor.update(self.board.snapshot(time.monotonic() + later))


@pytest.fixture
def page() -> Iterator[Page]:
    """A page with a robot that stands in the playground."""
    page = Page()
    page.feed(0.0)
    yield page
    page.monitor.close()


@contextlib.contextmanager
def new_chromium(profile: Path, *flags: str) -> Iterator:
    """Chromium without a screen; the test is skipped where there is none."""
    if not (CHROMIUM and DRIVER):
        pytest.skip("chromium and chromedriver are not installed (Debian: apt install chromium chromium-driver)")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, *flags, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture(scope="package")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """A browser for all tests of a package."""
    with new_chromium(tmp_path_factory.mktemp("browser") / "profile") as driver:
        yield driver


@pytest.fixture
def browser(chromium):
    """The browser, which shows nothing before and after the test."""
    chromium.get("about:blank")
    yield chromium
    chromium.get("about:blank")
