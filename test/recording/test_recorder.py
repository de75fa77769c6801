"""The recorder: one run after the other, room on the disk, disks that fail, and what happened as events."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from rosbags.highlevel import AnyReader

from skill_stack.core.processes.journal import Journal
from skill_stack.core.shared_memory.black_box import BlackBox, box_path
from skill_stack.core.shared_memory.block_name import truth_beside
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.truth_channel import TruthChannel
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.recording import disk_stream
from skill_stack.recording.cdr import CdrWriter
from skill_stack.recording.disk_stream import Written
from skill_stack.recording.format import KEPT, About, EventKind, topic
from skill_stack.recording.reading.episode import episodes_of
from skill_stack.recording.reading.ticks import read_ticks
from skill_stack.recording.recorder import Clocks, RunRecorder
from skill_stack.recording.recording import Recording
from skill_stack.recording.review.judges import TaskJudge
from skill_stack.recording.review.spoilt import checked, limits
from skill_stack.recording.run_writer import RunContent
from skill_stack.recording.schemas import Schemas
from skill_stack.recording.shelf import DiskRoom, OtherRecorder, Shelf
from test.core.shared_memory.test_black_box import parts, robot  # noqa: F401
from test.eventually import eventually
from test.recording.test_format import PREFIXES

STRING = "std_msgs/msg/String"
EFFECTS = ("near(robot, $target)",)
SCENE = SceneGraph({"ball": SceneObject("ball", "ball", (3.0, 0.0, 0.1), (0.2, 0.2, 0.2))})
PLENTY = DiskRoom(1e9, 0.0, 0.0)


def string(text: str) -> bytes:
    cdr = CdrWriter()
    cdr.text(text)
    return cdr.done()


class Rig:
    """A recorder with clocks that a test moves."""

    def __init__(self, robot, folder: Path, room: DiskRoom = PLENTY, opened: Callable = Written) -> None:  # noqa: F811
        self.block, self.robot = folder / "a block", robot
        self.channels = RobotChannels.open(self.block, robot)
        self.box = BlackBox(box_path(self.block), robot)
        self.shelf = Shelf(folder / "my recordings", room)
        self.wall, self.mono, self.ticks = 1e9, 100.0, 0
        clocks = Clocks(lambda: self.wall, lambda: self.mono, lambda: "20260102-030405")
        blocks = {robot.main_part: self.block}
        judge = TaskJudge(lambda skill: EFFECTS, SCENE)
        self.recorder = RunRecorder(self.shelf, self.content, self.channels, blocks, clocks, opened, judge)

    def content(self, started: int) -> RunContent:
        about = About(self.robot.name, "", "test", started, True, {"body": 50.0}, "body")
        return RunContent(about, Schemas(PREFIXES).definition, {"robot.yaml": b"name: tiny"})

    def run(self, seconds: float) -> None:
        """Writes ticks and has the recorder look ten times a second."""
        for _ in range(round(seconds * 10)):
            for _ in range(5):
                self.ticks += 1
                self.mono += 0.02
                self.wall += 0.02
                self.box.write(*parts(self.robot, self.ticks), 0, self.mono)
            self.recorder.look()

    def hear(self, text: str, at: str = "/chatter") -> None:
        self.recorder.take(at, STRING, string(text), int(self.wall * 1e9), int(self.wall * 1e9))


@pytest.fixture
def rig(robot, tmp_path: Path) -> Rig:  # noqa: F811
    return Rig(robot, tmp_path)


def numbers(path: Path) -> list[int]:
    with Recording(path) as recording:
        return [one.message.sequence for one in recording.messages([topic("", "body", "control_tick")])]


def test_a_run_has_every_tick_and_opens_in_an_independent_reader(rig: Rig) -> None:
    rig.run(1.0)
    assert rig.recorder.start() == ""
    for word in ("before", "once"):
        rig.recorder.take("/latched", STRING, string(word), 1, 1, latched=True)
        rig.recorder.take("/tf_static", STRING, string(word), 1, 1, latched=True)
    rig.run(2.0)
    rig.hear("hello")
    first = rig.recorder.writer.path
    rig.recorder.stop()
    assert rig.recorder.start() == "" and rig.recorder.writer.path.parent.name == "20260102-030405_tiny-2"
    second = rig.recorder.writer.path
    rig.run(0.5)
    rig.recorder.close()
    assert numbers(first) == list(range(1, 151)), "those of the last two seconds before it too"
    with AnyReader([first.parent]) as reader:
        heard = {one.topic: one.msgtype for one in reader.connections}
        for connection, _, data in reader.messages():
            reader.deserialize(data, connection.msgtype)
    assert heard["/body/control_tick"] == "skill_stack_interfaces/msg/ControlTick" and heard["/chatter"] == STRING
    with Recording(second) as recording:
        assert {"/latched": 1, "/tf_static": 2}.items() <= recording.counts.items(), "what is latched begins every run"
        assert recording.about.deployment == "test" and recording.attachment("robot.yaml") == b"name: tiny"


def test_what_happened_is_found_as_events(rig: Rig) -> None:
    rig.recorder.start()
    journal = Journal(rig.block, "planner")
    for stage, name, of, details in [
        ("words", "words-1", "", {"text": "sit", "source": "cli"}),
        ("plan", "plan-a", "words-1", {"status": "plan", "plan": {"tree": []}}),
        ("request", "plan-a/1", "plan-a", {"skill": "sit", "arguments": {"height": 0.1}}),
        ("outcome", "plan-a/1", "", {"skill": "sit", "outcome": "failed", "reason": "it tilts", "seconds": 2.0}),
        ("finish", "plan-a", "words-1", {"outcome": "failed", "reason": "it tilts", "seconds": 3.0}),
        ("finish", "words-2", "words-2", {"outcome": "question", "reason": "which ball?", "seconds": 0.1}),
    ]:
        journal.note(stage, name, rig.mono, rig.wall, of, **details)
    rig.channels.words.request_estop("local")
    rig.run(0.2)
    for _ in range(2):  # once more for want of an answer
        assert rig.recorder.mark("the box fell", "page") == ""
    path = rig.recorder.writer.path
    rig.recorder.close()
    with Recording(path) as recording:
        events = recording.events()
    found = {event.kind: event for event in events}
    assert found[EventKind.INSTRUCTION].text == found[EventKind.PLAN].text == "sit"
    assert found[EventKind.STEP_STARTED].payload["arguments"] == {"height": 0.1}
    assert (
        found[EventKind.STEP_ENDED].payload["outcome"] == "failed" and found[EventKind.STEP_ENDED].task_id == "plan-a"
    )
    assert found[EventKind.OUTCOME].text == "it tilts" and found[EventKind.ANSWER].payload["status"] == "question"
    assert found[EventKind.ESTOP].payload == {"count": 1} and found[EventKind.MARK].text == "the box fell"
    assert found[EventKind.REASON].payload == {"part": "body", "mode": "active", "skill": "walk"}
    assert (path.parent / KEPT).read_text() == "the box fell\n"


def test_a_task_is_judged_by_the_truth_when_it_ends(rig: Rig) -> None:
    rig.recorder.start()
    journal, truth = Journal(rig.block, "planner"), TruthChannel(truth_beside(rig.block))
    for name, x in (("there", 2.5), ("away", 0.0)):
        for stage, one, of, details in [
            ("words", f"words-{name}", "", {"text": "go", "source": "cli"}),
            ("plan", name, f"words-{name}", {"status": "plan", "plan": {"tree": []}}),
            ("request", f"{name}/1", name, {"skill": "go_to", "arguments": {"target": "ball"}}),
            ("outcome", f"{name}/1", "", {"skill": "go_to", "outcome": "succeeded", "reason": "", "seconds": 1.0}),
            ("finish", name, f"words-{name}", {"outcome": "succeeded", "reason": "", "seconds": 1.0}),
        ]:
            truth.vector[:7] = x, 0.0, 0.3, 1.0, 0.0, 0.0, 0.0
            truth.write(rig.ticks, rig.mono, False, 4)
            journal.note(stage, one, rig.mono, rig.wall, of, **details)
            rig.run(0.1)
    path = rig.recorder.writer.path
    rig.recorder.close()
    truth.close()
    with Recording(path) as recording:
        found = {one.instruction + one.task: one.events[-1] for one in episodes_of(recording)}
        assert recording.counts["/simulation/truth"] == 10
    told = {name: (one.kind.value, one.payload["by"], one.payload["verdict"]) for name, one in found.items()}
    assert told == {"gowords-there": ("verdict", "truth", "good"), "gowords-away": ("verdict", "truth", "bad")}


def test_only_one_recorder_at_a_time(rig: Rig) -> None:
    rig.shelf.claim("87")
    other = Shelf(rig.shelf.folder, PLENTY)
    with pytest.raises(OtherRecorder, match=f"process {os.getpid()} records this robot already"):
        other.claim("87")
    other.claim("88")
    rig.shelf.release()
    other.claim("87")


def test_the_oldest_make_room_and_what_a_person_keeps_stays(robot, tmp_path: Path) -> None:  # noqa: F811
    rig = Rig(robot, tmp_path, DiskRoom(25_000, 0.0, 0.0))
    paths = []
    for number in range(4):
        assert rig.recorder.start(f"2026010{number}-000000_tiny") == "", number
        rig.run(0.1)
        if number == 0:
            rig.recorder.keep("important")
        paths.append(rig.recorder.writer.path)
        rig.recorder.stop()
        paths[-1].with_name("padding").write_bytes(bytes(10_000))
    assert paths[0].exists() and paths[-1].exists() and not paths[1].exists()


def test_old_runs_go(robot, tmp_path: Path) -> None:  # noqa: F811
    rig = Rig(robot, tmp_path, DiskRoom(1e9, 86400.0, 0.0))
    rig.recorder.start("20260101-000000_tiny")
    path = rig.recorder.writer.path
    rig.run(0.1)
    rig.recorder.stop()
    os.utime(path.parent, (rig.wall - 90_000, rig.wall - 90_000))
    assert rig.shelf.make_room(rig.wall) == "" and not path.exists()


@pytest.mark.parametrize(
    "room, free, words",
    [(DiskRoom(1e9, 0, 5e9), 1e9, "1.0 GB are free on the disk, keep_free_gb is 5.0"), (PLENTY, 1e12, "")],
)
def test_without_room_nothing_is_recorded(robot, tmp_path: Path, room, free, words) -> None:  # noqa: F811
    rig = Rig(robot, tmp_path)
    rig.recorder._shelf = Shelf(tmp_path / "full", room, lambda folder: int(free))
    assert rig.recorder.start() == words
    assert rig.recorder.state()["recording"] is not bool(words)
    if words:
        assert words in rig.recorder.mark("now", "cli")


class Failing(Written):
    """A disk that takes some bytes and then an error."""

    def __init__(self, path: Path, error: OSError, after: int = 3000) -> None:
        super().__init__(path)
        self.error, self.left = error, after

    def write(self, data: bytes) -> None:
        self.left -= len(data)
        if self.left < 0:
            super().write(data[: len(data) // 2])
            raise self.error
        super().write(data)


@pytest.mark.parametrize("number, words", [(28, "No space left"), (30, "Read-only file system"), (5, "Input/output")])
def test_a_disk_that_fails_ends_the_recording_alone(robot, tmp_path: Path, number: int, words: str) -> None:  # noqa: F811
    rig = Rig(robot, tmp_path, opened=lambda path: Failing(path, OSError(number, os.strerror(number)), 20_000))
    rig.recorder.start()
    path = rig.recorder.writer.path

    def ended() -> bool:
        rig.run(0.5)
        rig.hear("goes on")
        return rig.recorder.writer is None

    eventually(ended, 20.0)
    assert words in rig.recorder.reason
    rig.hear("nobody listens")  # and nothing raises
    found = numbers(path)
    assert found == list(range(1, len(found) + 1)), "what was there is kept"


class Stuck(Written):
    """A disk that does not answer until it is told to."""

    gate: list[bool] = []

    def write(self, data: bytes) -> None:
        eventually(lambda: bool(self.gate), 20.0)
        super().write(data)


def test_a_disk_that_is_too_slow_ends_the_recording(robot, tmp_path: Path, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setattr(disk_stream, "BACKLOG", 50_000)
    monkeypatch.setattr(disk_stream, "PATIENCE", 0.1)
    Stuck.gate.clear()
    rig = Rig(robot, tmp_path, opened=Stuck)
    rig.recorder.start()
    for _ in range(200):
        rig.run(0.5)
        if rig.recorder.writer is None:
            break
    Stuck.gate.append(True)
    assert "too slow" in rig.recorder.reason


class Throttled(Written):
    """A disk that takes no more bytes than it is allowed to."""

    left = 0.0

    def write(self, data: bytes) -> None:
        eventually(lambda: Throttled.left >= len(data), 60.0)
        Throttled.left -= len(data)
        super().write(data)


@pytest.mark.parametrize("coming, ends", [(0.5e6, False), (4e6, True)])
def test_a_disk_that_becomes_slow_holds_what_it_can(robot, tmp_path: Path, monkeypatch, coming, ends) -> None:  # noqa: F811
    """From 50 MB/s to 1 MB/s, while more or less than that comes each second."""
    monkeypatch.setattr(disk_stream, "BACKLOG", 6_000_000)
    Throttled.left = 0.0
    rig, noise = Rig(robot, tmp_path, opened=Throttled), np.random.default_rng(1)
    rig.recorder.start()
    writer = rig.recorder.writer

    def second(rate: float) -> None:
        for _ in range(5):
            rig.recorder.take("/large", STRING, string("x") + noise.bytes(round(coming / 5)), int(rig.wall * 1e9), 0)
            rig.run(0.2)
            Throttled.left += rate / 5

    for _ in range(3):
        second(50e6)
        eventually(lambda: writer.backlog == 0, 20.0)  # seconds here are shorter than those of the writing thread
    Throttled.left, seconds = 0.0, 0
    while rig.recorder.writer is not None and seconds < 8:
        second(1e6)
        seconds += 1
    assert (rig.recorder.writer is None) == ends
    assert not ends or ("too slow" in rig.recorder.reason and 1 <= seconds < 8)
    Throttled.left = 1e12
    rig.recorder.close()
    found = numbers(writer.path)
    assert found == list(range(1, len(found) + 1)) and len(found) >= (150 if ends else 550)


def test_of_a_huge_file_what_is_asked_for_is_read_alone(rig: Rig) -> None:
    rig.recorder.start()
    noise = np.random.default_rng(1)
    for _ in range(30):
        rig.recorder.take("/large", STRING, string("x") + noise.bytes(4_000_000), int(rig.wall * 1e9), 0)
        rig.run(1.0)
    path = rig.recorder.writer.path
    rig.recorder.close()
    assert path.stat().st_size > 115_000_000

    def read() -> int:
        (line,) = [one for one in Path("/proc/self/io").read_text().splitlines() if one.startswith("rchar")]
        return int(line.split()[1])

    before = read()
    with Recording(path) as recording:
        begin, _ = recording.span
        ticks = read_ticks(recording, window=(begin * 1e-9 + 20.0, begin * 1e-9 + 21.0), fields=("sequence",))
        assert len(ticks) == 50 and recording.events()
    assert read() - before < 0.25 * path.stat().st_size


def test_a_folder_that_cannot_be_written_is_said(robot, tmp_path: Path) -> None:  # noqa: F811
    rig = Rig(robot, tmp_path)
    (rig.shelf.folder / "20260102-030405_tiny").write_text("no folder")
    assert rig.recorder.start("20260102-030405_tiny/inside") != ""
    assert "nothing can be recorded into" in rig.recorder.reason


@pytest.mark.parametrize("jump", [-3600.0, -0.5, 0.5, 86400.0])
def test_a_clock_that_jumps_moves_nothing_into_another_episode(rig: Rig, jump: float) -> None:
    rig.recorder.start()
    journal = Journal(rig.block, "planner")

    def task(name: str, seconds: float) -> None:
        journal.note("words", name, rig.mono, rig.wall, text=name, source="cli")
        rig.run(seconds / 2)
        rig.wall += jump  # each task has a jump in it
        rig.run(seconds / 2)
        journal.note("finish", name, rig.mono, rig.wall, outcome="succeeded", reason="", seconds=seconds)
        rig.hear(f"after {name}")

    task("first", 1.0)
    rig.run(0.2)
    task("second", 2.0)
    path = rig.recorder.writer.path
    rig.recorder.close()
    assert numbers(path) == list(range(1, 161))
    with Recording(path) as recording:
        begin, end = recording.span
        assert 3.1e9 < end - begin < 3.3e9
        first, second = episodes_of(recording)
        tables = [read_ticks(recording, window=one.window, fields=("sequence",)) for one in (first, second)]
        found = [one.columns["sequence"].astype(int).tolist() for one in tables]
        assert found[0][:49] == list(range(1, 50)) and set(found[0][49:]) <= {50}  # the last lies on the border
        assert found[1][1:98] == list(range(found[1][0] + 1, found[1][0] + 98)) and found[1][0] in (60, 61)
        stamps = [np.diff(one.stamps) for one in tables]  # the stamp of a message still is what the clock said
        assert all(abs(steps[np.abs(steps).argmax()] - jump) < 0.1 for steps in stamps)
        heard = [one.time * 1e-9 for one in recording.messages(["/chatter"])]
        assert heard == pytest.approx([first.end, second.end])
        checks = checked(((recording, one) for one in (first, second)), limits())
        assert all("clock_jump" in {finding.check for finding in some} for some in checks.values())


def test_a_recorder_that_was_frozen_for_half_a_minute_loses_nothing(rig: Rig) -> None:
    rig.recorder.start()
    look = rig.recorder.look
    rig.recorder.look = lambda: None
    rig.run(30.0)
    rig.recorder.look = look
    rig.run(0.1)
    path = rig.recorder.writer.path
    assert rig.recorder.state()["lost_ticks"] == 0
    rig.recorder.close()
    assert numbers(path) == list(range(1, 1506))


def test_a_fast_topic_and_large_pictures_fit_beside_one_another(rig: Rig) -> None:
    rig.recorder.start()
    picture = bytes(30_000_000)
    for number in range(1000):
        rig.hear(str(number), "/fast")
        if number % 500 == 0:
            rig.recorder.take("/large", STRING, string("x") + picture, int(rig.wall * 1e9), 0)
    path = rig.recorder.writer.path
    rig.recorder.close()
    with Recording(path) as recording:
        assert recording.counts["/fast"] == 1000 and recording.counts["/large"] == 2
        assert [one.message.data for one in recording.messages(["/fast"])] == [str(n) for n in range(1000)]


def test_a_running_recording_can_be_read(rig: Rig) -> None:
    rig.recorder.start()
    rig.run(2.0)

    def found() -> list[int]:
        return numbers(rig.recorder.writer.path)

    eventually(lambda: len(found()) >= 50, 10.0)
    assert json.loads(json.dumps(rig.recorder.state()))["recording"] is True
    rig.recorder.close()


def test_a_reader_that_looks_while_a_run_begins_spoils_nothing(rig: Rig, monkeypatch) -> None:
    lock = disk_stream.fcntl.flock

    def looked_at(handle: int, kind: int) -> None:
        for path in rig.shelf.runs():
            Recording(path).close()
        lock(handle, kind)

    monkeypatch.setattr(disk_stream, "fcntl", SimpleNamespace(flock=looked_at, LOCK_EX=disk_stream.fcntl.LOCK_EX))
    rig.recorder.start()
    rig.run(1.0)
    file = rig.recorder.writer.path
    rig.recorder.close()
    assert numbers(file)
