"""``skill-stack episodes view``: a recording on a page of this machine, or in Rerun."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from skill_stack.commands.common import note, resources
from skill_stack.commands.recordings.replay import named
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.robot_description import description_folder, locate_urdf
from skill_stack.monitor.recording_page import PlottedSignal, RecordingPage, RunTimeline
from skill_stack.monitor.robot_meshes import load_meshes
from skill_stack.monitor.robot_tree import RobotTree, read_tree
from skill_stack.monitor.web_monitor import PageOptions
from skill_stack.recording.datasets.frames import cameras_of, pictures
from skill_stack.recording.reading.episode import Window, episodes_of, seconds
from skill_stack.recording.reading.ticks import TickTable, read_ticks
from skill_stack.recording.recording import Recording

PERIOD = 1 / 15
"""Time between two updates of the page, s."""
_FIELDS = ("position", "velocity", "torque", "base_position", "base_orientation", "base_velocity", "lateness_ms")
_SILENT = ("step_started", "step_ended", "plan")


def view(what: str, folder: Path | None, port: int, rerun: Path | None) -> int:
    """Shows a recording until Ctrl-C, or writes it for Rerun.

    Args:
        what: A file, folder, name of a run, or id of an episode.
        folder: Where recordings are; None for those of this user.
        port: Port of the page.
        rerun: File ``….rrd`` instead of the page.
    """
    recording, window = named(what, folder)
    with recording:
        robot = load_robot(resources().robot(recording.about.robot), resources())
        tree = robot_tree(robot)
        ticks = read_ticks(recording, window=window, fields=_FIELDS)
        line = timeline(recording, ticks, window, robot)
        meshes, problems = load_meshes(tree)
        for problem in problems:
            note(problem)
        if rerun is not None:
            from skill_stack.commands.recordings.rerun_file import write

            write(rerun, line, tree, meshes)
            note(f"written to {rerun}; open it with: rerun {rerun}")
            return 0
        page = RecordingPage(PageOptions(port=port, title=line.title), tree, meshes, line)
        note(f"{page.url} shows {line.title}; Ctrl-C ends it")
        try:
            while True:
                time.sleep(PERIOD)
                page.advance(PERIOD)
        except KeyboardInterrupt:
            return 0
        finally:
            page.close()


def robot_tree(robot: RobotSpec) -> RobotTree:
    """Links and meshes of a robot."""
    share = description_folder(robot.source.package) if robot.source.package else ""
    return read_tree(locate_urdf(robot).read_text(encoding="utf-8").replace("package://", f"{share}/"))


def timeline(run: Recording, ticks: TickTable, window: Window, robot: RobotSpec) -> RunTimeline:
    """What the page shows of a run, or of one episode in it."""
    begin = float(ticks.times[0])
    end = float(ticks.times[-1])
    steps = tuple(
        (max(step.begin - begin, 0.0), min(step.end, end) - begin, step.outcome, step.words)
        for one in episodes_of(run)
        for step in one.steps
        if step.end > begin and step.begin < end
    )
    events = tuple(
        (seconds(one) - begin, f"{one.kind.value}: {one.text}")
        for one in run.events()
        if one.kind.value not in _SILENT and begin - 1.0 <= seconds(one) <= end + 1.0
    )
    cameras = cameras_of(run)
    found = (
        [(at - begin, picture) for at, picture in pictures(run, next(iter(cameras.values())), (begin, end))]
        if cameras
        else []
    )

    def picture(at: float) -> np.ndarray | None:
        place = int(np.searchsorted([one for one, _ in found], at, side="right")) - 1
        return found[max(place, 0)][1] if found else None

    return RunTimeline(
        title=run.name, times=ticks.times - begin, joints=ticks.joints, positions=ticks.columns["position"],
        base=np.nan_to_num(ticks.columns["base_position"]), orientations=ticks.columns["base_orientation"],
        signals=signals(ticks, robot), steps=steps, events=events, picture=picture,
    )  # fmt: skip


def signals(ticks: TickTable, robot: RobotSpec) -> Mapping[str, PlottedSignal]:
    """What can be plotted, with the limits of the robot."""
    limits = {joint.name: joint for joint in robot.joints}
    of = ticks.columns
    out = {"speed of the base": PlottedSignal("m/s", np.linalg.norm(of["base_velocity"], axis=1))}
    out["height of the base"] = PlottedSignal("m", of["base_position"][:, 2])
    out["lateness of the loop"] = PlottedSignal("ms", of["lateness_ms"])
    for column, name in enumerate(ticks.joints):
        joint = limits.get(name)
        lower, upper = (joint.lower, joint.upper) if joint else (None, None)
        effort = joint.effort if joint else None
        out[f"{name} position"] = PlottedSignal("rad", of["position"][:, column], lower, upper)
        out[f"{name} torque"] = PlottedSignal("N·m", of["torque"][:, column], -effort if effort else None, effort)
    return out
