"""``skill-stack episodes view``: a recording on a page of this machine, or in Rerun."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import numpy as np

from skill_stack.commands.common import note, resources
from skill_stack.commands.recordings.catalogue_here import local_now, opened
from skill_stack.commands.recordings.replay import named
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.robot_description import description_folder, locate_urdf
from skill_stack.language import bases
from skill_stack.monitor.episode_list import ListedEpisode
from skill_stack.monitor.recording_page import RecordingPage
from skill_stack.monitor.robot_meshes import LinkMesh, load_meshes
from skill_stack.monitor.robot_tree import RobotTree, read_tree
from skill_stack.monitor.shown_run import PlottedSignal, RunTimeline, ShownRun
from skill_stack.monitor.web_monitor import PageOptions
from skill_stack.recording.catalogue.question import QuestionReader, question_words
from skill_stack.recording.datasets.frames import cameras_of, pictures
from skill_stack.recording.reading.episode import RecordedTask, Window, episodes_of, seconds
from skill_stack.recording.reading.ticks import TickTable, read_ticks
from skill_stack.recording.recording import Recording

PERIOD = 1 / 15
"""Time between two updates of the page, s."""
_FIELDS = ("position", "velocity", "torque", "base_position", "base_orientation", "base_velocity", "lateness_ms")
_SILENT = ("step_started", "step_ended", "plan")


def view(what: str, folder: Path | None, port: int, rerun: Path | None, live: str = "") -> int:
    """Shows recordings until Ctrl-C, or writes one for Rerun.

    Args:
        what: A file, folder, name of a run, or id of an episode; empty for a list that begins with the newest one.
        folder: Where recordings are; None for those of this user.
        port: Port of the page.
        rerun: File ``….rrd`` instead of the page.
        live: Address of the page of the running robot, for a link; empty for none.
    """
    source = RecordedEpisodes(folder)
    if not what:
        _, newest = source.find("", 1)
        if not newest:
            raise DataError("no task was recorded yet; a run is listed once it has ended")
        what = newest[0].id
    if rerun is None:
        page = RecordingPage(PageOptions(port=port, title="recordings"), source.open(what), source, live)
        print(page.url, flush=True)
        note("shows what was recorded; Ctrl-C ends it")
        return _serve(page)
    from skill_stack.commands.recordings.rerun_file import write  # needs an extra

    shown = source.open(what)
    write(rerun, shown.timeline, shown.tree, shown.meshes)
    note(f"written to {rerun}; open it with: rerun {rerun}")
    return 0


def _serve(page: RecordingPage) -> int:
    """Lets the page's time pass while a browser shows it, until Ctrl-C."""
    try:
        while True:
            time.sleep(PERIOD)
            if page.watched:
                page.advance(PERIOD)
    except KeyboardInterrupt:
        return 0
    finally:
        page.close()


class RecordedEpisodes:
    """See :class:`skill_stack.monitor.episode_list.EpisodeSource`: the recordings of a folder."""

    def __init__(self, folder: Path | None) -> None:
        """Takes the folder; None for the recordings of this user."""
        self._folder = folder
        self._robots: dict[str, tuple[RobotSpec, RobotTree, tuple[LinkMesh, ...]]] = {}

    def find(self, words: str, most: int) -> tuple[str, tuple[ListedEpisode, ...]]:
        """What is found by words, as ``skill-stack episodes find`` and ``ask`` do; the newest for no words."""
        with opened(self._folder) as catalogue:
            there = {one.id: one for one in catalogue.episodes()}
            if not words:
                return "", tuple(map(_listed, list(there.values())[: -most - 1 : -1]))
            reader = QuestionReader(question_words(), bases)
            asked = reader.read(words, local_now())
            if asked.kind != "which":  # words alone, not a question
                answer = reader.answer(catalogue, words, local_now())
                return answer.text, tuple(map(_listed, answer.episodes[:most]))
            places, exact = reader.find(catalogue, asked.words or tuple(words.split()))
            found = list(dict.fromkeys(one.episode for one in places if one.episode in there))[:most]
            said = "" if exact or not found else "no episode has all of these words; the nearest:"
            return said, tuple(_listed(there[one]) for one in found)

    def open(self, episode: str) -> ShownRun:
        """What is shown of a file, run or episode; raises DataError."""
        recording, window = named(episode, self._folder)
        with recording:
            robot, tree, meshes = self._robot(recording.about.robot)
            ticks = read_ticks(recording, window=window, fields=_FIELDS)
            if not len(ticks):
                raise DataError(f"{episode} has no control ticks: there is nothing to be shown")
            return ShownRun(tree, meshes, timeline(recording, ticks, window, robot, episode))

    def _robot(self, name: str) -> tuple[RobotSpec, RobotTree, tuple[LinkMesh, ...]]:
        if name not in self._robots:
            robot = load_robot(resources().robot(name), resources())
            tree = robot_tree(robot)
            meshes, problems = load_meshes(tree)
            for problem in problems:
                note(problem)
            self._robots[name] = robot, tree, tuple(meshes)
        return self._robots[name]


def _listed(one: RecordedTask) -> ListedEpisode:
    when = datetime.fromtimestamp(one.begin).strftime("%d %b %H:%M")
    return ListedEpisode(one.id, f"{when} {one.instruction[:42]}, {one.outcome}", one.outcome)


def robot_tree(robot: RobotSpec) -> RobotTree:
    """Links and meshes of a robot."""
    share = description_folder(robot.source.package) if robot.source.package else ""
    return read_tree(locate_urdf(robot).read_text(encoding="utf-8").replace("package://", f"{share}/"))


def timeline(run: Recording, ticks: TickTable, window: Window, robot: RobotSpec, title: str) -> RunTimeline:
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
        title=title, times=ticks.times - begin, joints=ticks.joints, positions=ticks.columns["position"],
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
