"""RunRecorder: one run after the other of one robot, from shared memory and from what it is handed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError, StaleData
from skill_stack.core.rotation import yaw_of
from skill_stack.core.shared_memory.black_box import BlackBoxFollower, box_path
from skill_stack.core.shared_memory.block_name import truth_beside
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.truth_channel import Truth, TruthChannel
from skill_stack.core.world.scene import Pose2
from skill_stack.recording.cdr import CdrWriter
from skill_stack.recording.control_ticks import TickEncoder
from skill_stack.recording.disk_stream import Written
from skill_stack.recording.format import (
    CONTROL_TICK,
    CONTROL_TICK_TYPE,
    JOINT_NAMES,
    JOINT_NAMES_TYPE,
    KEPT,
    RUN_EVENT_TYPE,
    RUN_EVENTS,
    TRUTH,
    TRUTH_TYPE,
    EventKind,
    RunEvent,
    run_name,
    topic,
)
from skill_stack.recording.latched import LatchedMessage, LatchedMessages
from skill_stack.recording.review.judges import TaskJudge
from skill_stack.recording.run_log import NS, FlagEvents, JournalFollower, TickEvents, event_message
from skill_stack.recording.run_writer import RunContent, RunWriter
from skill_stack.recording.shelf import Shelf

EVERY = 0.05
"""Time between two looks at shared memory, s."""
FLUSH = 0.5
"""Time after which a chunk is closed, s: what a killed recorder loses."""
ROOM = 30.0
"""Time between two looks at the room on the disk, s."""
PAST = 2.0
"""Control ticks of the past that a recording begins with, s."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of a recorder.

    Attributes:
        wall: Wall time, s since 1970.
        mono: Monotonic time, s.
        stamp: Local time as ``YYYYmmdd-HHMMSS``.
    """

    wall: Callable[[], float]
    mono: Callable[[], float]
    stamp: Callable[[], str]


class PartFollower:
    """Control ticks of one part."""

    def __init__(self, part: str, block: Path) -> None:
        """Takes a part.

        Args:
            part: Its name.
            block: Its shared block.
        """
        self.part = part
        self._path = box_path(block)
        self._box: BlackBoxFollower | None = None
        self._encoder: TickEncoder | None = None
        self._events = TickEvents(part)
        self._lost = 0

    @property
    def lost(self) -> int:
        """Ticks that were overwritten before they were read."""
        return self._lost + (self._box.lost if self._box is not None else 0)

    def forget(self) -> None:
        """Begins anew with the next read."""
        if self._box is not None:
            self._box.close()
        self._box, self._lost = None, 0

    def read(self, wall: float, epoch: float, now: int) -> Iterator[tuple[str, str, int, bytes] | RunEvent]:
        """What is new: messages as (topic below the namespace, type, time, data), and events.

        Args:
            wall: Wall time when monotonic time was zero, s, as the clock on the wall goes now.
            epoch: The same as it was when the run began.
            now: Time in the recording, ns.
        """
        if self._box is None or self._box.replaced:
            yield from self._rest(wall, epoch)
            yield from self._open(now)
        yield from self._rest(wall, epoch)

    def _open(self, now: int) -> Iterator[tuple[str, str, int, bytes]]:
        if self._box is not None:
            self._lost += self._box.lost
            self._box.close()
            self._box = None
        try:
            box = BlackBoxFollower(self._path)
            box = BlackBoxFollower(self._path, round(PAST * box.rate))
        except (FileNotFoundError, DataError, ValueError):
            return
        self._box = box
        cdr = CdrWriter()
        cdr.text(self.part)
        cdr.texts(box.joints)
        cdr.texts(box.feet)
        cdr.texts(box.touch)
        cdr.number("d", box.rate)
        yield f"{self.part}/{JOINT_NAMES}", JOINT_NAMES_TYPE, now, cdr.done()

    def _rest(self, wall: float, epoch: float) -> Iterator[tuple[str, str, int, bytes] | RunEvent]:
        if self._box is None:
            return
        rows = self._box.read()
        if not len(rows):
            return
        if self._encoder is None or self._encoder.kind != rows.dtype:
            self._encoder = TickEncoder(self.part, rows.dtype)
        encoded = self._encoder.encode(rows, wall, epoch)
        name = f"{self.part}/{CONTROL_TICK}"
        for time, data in encoded:
            yield name, CONTROL_TICK_TYPE, time, data
        yield from self._events.read(rows, [time for time, _ in encoded])


class RunRecorder:
    """Records a robot; call :meth:`look` about every :data:`EVERY` s.

    Attributes:
        writer: The file that is being written, or None.
        reason: Why nothing is recorded; empty while it is.
    """

    def __init__(
        self,
        shelf: Shelf,
        content: Callable[[int], RunContent],
        channels: RobotChannels,
        blocks: dict[str, Path],
        clocks: Clocks,
        opened: Callable[[Path], Written] = Written,
        judge: TaskJudge | None = None,
    ) -> None:
        """Prepares; records nothing yet.

        Args:
            shelf: Where recordings lie; claimed.
            content: What a recording has beside its messages, by the wall time at which it begins, ns.
            channels: The robot's main block.
            blocks: Blocks of its parts by name.
            clocks: The clocks.
            opened: Opens a file.
            judge: Says how tasks went, as they end; it gets the truth of a simulator.
        """
        self.writer: RunWriter | None = None
        self.reason = "not begun"
        self._shelf, self._content, self._clocks, self._opened = shelf, content, clocks, opened
        self._channels, self._judge = channels, judge
        self._parts = [PartFollower(part, block) for part, block in blocks.items()]
        main = channels.block.path
        self._journal = JournalFollower(main)
        self._flags = FlagEvents(channels.flags())
        self._driver = ""
        self._truth_path = truth_beside(main)
        self._truth: TruthChannel | None = None
        self._truth_number = -1
        self._namespace = ""
        self._started = self._flushed = self._roomed = self._epoch = 0.0
        self._latched = LatchedMessages()

    def start(self, name: str = "") -> str:
        """Begins a run.

        Args:
            name: Name of its folder; empty for one made of time and robot.

        Returns:
            Why it was not begun; empty when it was, or when one is recorded already.
        """
        if self.writer is not None:
            return ""
        wall = self._clocks.wall()
        content = self._content(int(wall * NS))
        about = content.about
        self._namespace = about.namespace
        name = name or run_name(self._clocks.stamp(), about.robot, about.namespace)
        try:
            self.reason = self._shelf.make_room(wall)
            if self.reason:
                return self.reason
            folder = self._free_name(name)
            self.writer = RunWriter(folder, content, self._opened)
        except OSError as error:
            self.reason = f"nothing can be recorded into {self._shelf.folder}: {error.strerror or error}"
            return self.reason
        self._started = self._flushed = self._roomed = self._clocks.mono()
        self._epoch = wall - self._started
        for part in self._parts:
            part.forget()
        for one in self._latched.messages():
            self.writer.add(one.topic, one.kind, int(wall * NS), one.data, qos=one.qos)
        self.look()
        return ""

    def _now(self) -> int:
        """Time in the recording, ns: the wall time at which it began, and what monotonic time has passed since."""
        return int((self._clocks.mono() + self._epoch) * NS)

    def _free_name(self, name: str) -> Path:
        """A folder that is not there yet: two runs may begin within one second."""
        number = 1
        folder = self._shelf.folder / name
        while folder.exists():
            number += 1
            folder = self._shelf.folder / f"{name}-{number}"
        return folder

    def stop(self, why: str = "stopped by a person") -> None:
        """Ends the run."""
        if self.writer is not None:
            self.look()
            writer, self.writer, self.reason = self.writer, None, why
            writer.finish()

    def take(
        self, at: str, kind: str, data: bytes, received: int, sent: int, latched: bool = False, qos: str = ""
    ) -> None:
        """Records a message of a topic.

        Args:
            at: Name of the topic.
            kind: Its type.
            data: The message in CDR.
            received: Wall time at which it was received, ns; the file has it as :meth:`_now` would.
            sent: Wall time at which it was published, ns.
            latched: Whether later runs begin with it too.
            qos: Its offered quality of service, for the first message.

        Raises:
            DataError: The type is not known.
        """
        if latched:
            self._latched.take(LatchedMessage(at, kind, data, qos))
        if self.writer is not None:
            self.writer.add(at, kind, received + self._now() - int(self._clocks.wall() * NS), data, sent, qos)

    def note(self, event: RunEvent) -> None:
        """Records an event, and what is to be said of a task that it ends."""
        for one in (event, *(self._judge.hear(event) if self._judge is not None else ())):
            if self.writer is not None:
                self.writer.add(topic(self._namespace, RUN_EVENTS), RUN_EVENT_TYPE, one.time, event_message(one))

    def mark(self, text: str, source: str) -> str:
        """Marks this moment and keeps the run; why not, or empty."""
        if self.writer is None:
            return f"nothing is recorded: {self.reason}"
        self.note(RunEvent(self._now(), EventKind.MARK, "", text, {"source": source}))
        self.writer.flush()
        return self.keep(text or "marked")

    def keep(self, why: str) -> str:
        """Protects the run from the ring; why not, or empty."""
        if self.writer is None:
            return f"nothing is recorded: {self.reason}"
        path, line = self.writer.path.parent / KEPT, f"{why}\n"
        try:
            with path.open("a+", encoding="utf-8") as file:
                file.seek(0)
                if line not in file:  # who asked twice for want of an answer has one reason
                    file.write(line)
        except OSError as error:
            return f"the run cannot be kept: {error.strerror or error}"
        return ""

    def look(self) -> None:
        """Records what is new in shared memory, and flushes."""
        writer = self.writer
        if writer is None:
            return
        wall, mono = self._clocks.wall(), self._clocks.mono()
        now = int((mono + self._epoch) * NS)
        for part in self._parts:
            for found in part.read(wall - mono, self._epoch, now):
                if isinstance(found, RunEvent):
                    self.note(found)
                else:
                    writer.add(topic(self._namespace, found[0]), *found[1:])
        self._look_at_truth(now)
        for event in (*self._journal.read(self._epoch), *self._flags.read(self._channels.flags(), now)):
            self.note(event)
        self._take_over(now)
        if mono - self._flushed >= FLUSH:
            self._flushed = mono
            writer.flush()
        if mono - self._roomed >= ROOM:
            self._roomed = mono
            self._look_for_room(wall)
        if writer.trouble and self.writer is not None:
            self.writer, self.reason = None, writer.trouble
            writer.finish()

    def _look_for_room(self, wall: float) -> None:
        try:
            why = self._shelf.make_room(wall)
        except OSError as error:
            why = f"the recordings cannot be read: {error.strerror or error}"
        if why and self.writer is not None:
            writer, self.writer, self.reason = self.writer, None, why
            writer.finish()

    def _take_over(self, now: int) -> None:
        """Notes when somebody else than the plan begins or ends to drive."""
        try:
            setpoint = self._channels.read_setpoint()
        except StaleData:
            return
        source = setpoint.source if setpoint is not None else ""
        if source != self._driver and "teleop" in (source, self._driver):
            begins = source == "teleop"
            self.note(RunEvent(now, EventKind.TAKEOVER, payload={"source": "teleop", "begins": begins}))
        self._driver = source

    def _look_at_truth(self, now: int) -> None:
        if self._truth is None:
            if not self._truth_path.exists():
                return
            try:
                self._truth = TruthChannel(self._truth_path)
            except (DataError, OSError):
                return
        truth = self._truth.read()
        if truth is not None and truth.sequence != self._truth_number and self.writer is not None:
            self._truth_number = truth.sequence
            self.writer.add(topic(self._namespace, TRUTH), TRUTH_TYPE, now, truth_message(truth, now))
            if self._judge is not None:
                self._judge.feel(truth, self._believed())

    def _believed(self) -> Pose2 | None:
        """Where the robot believes to be, in odom; None before it says so."""
        try:
            status = self._channels.read_status()
        except StaleData:
            return None
        if status is None:
            return None
        x, y, _ = status.base_position.tolist()
        return Pose2(x, y, yaw_of(status.orientation))

    def state(self) -> dict[str, Any]:
        """What is recorded, for people and programs."""
        writer = self.writer
        return {
            "recording": writer is not None,
            "file": str(writer.path) if writer is not None else "",
            "seconds": round(self._clocks.mono() - self._started, 1) if writer is not None else 0.0,
            "bytes": writer.size if writer is not None else 0,
            "messages": writer.messages if writer is not None else 0,
            "lost_ticks": sum(part.lost for part in self._parts),
            "trouble": "" if writer is not None else self.reason,
        }

    def close(self) -> None:
        """Ends the run and lets another recorder begin."""
        self.stop("the recorder ended")
        self._shelf.release()


def truth_message(truth: Truth, now: int) -> bytes:
    """Truth as a nav_msgs/Odometry from ``world`` to ``base``: pose in the world, velocity in the base frame."""
    cdr = CdrWriter()
    cdr.time(now)
    cdr.text("world")
    cdr.text("base")
    w, x, y, z = truth.orientation
    cdr.number("d", *truth.position, x, y, z, w, *[0.0] * 36, *truth.linear, *truth.angular, *[0.0] * 36)
    return cdr.done()
