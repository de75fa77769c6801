"""PageVoice: what people say into a browser, heard by processes of the robot's machine."""

from __future__ import annotations

import json
import queue
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.core.shared_memory.robot_stop import StopKind
from skill_stack.core.stop_words import find_stop
from skill_stack.voice.hearing_process import Told, frame
from skill_stack.voice.voice_process import EAR, HEARING, VoiceProcess

WAITING = 400
"""Most pieces of audio that wait for a process: half a minute of it."""
_TAIL = bytes(16000)  # half a second of silence: the last word ends before it is heard
_LATE = "the robot's machine is too slow for the microphone: try again, or type it"

Tell = Callable[[Mapping[str, Any]], object]


@dataclass(frozen=True, slots=True)
class PageHearer:
    """What is done with what is heard; all of it is called from threads of the processes.

    Attributes:
        stop: Stops or damps: ``stop`` or ``estop``.
        heard: Takes words, which nobody has sent yet.
        names: Gives what things are called now.
    """

    stop: Callable[[StopKind], object]
    heard: Callable[[str], object]
    names: Callable[[], Iterable[str]]


class PageVoice:
    """See :class:`skill_stack.monitor.page.actions.PageMicrophone`.

    The processes are started by the first sentence, and stay. The ear gets the audio first, and stops the robot by
    itself; the recogniser cannot hold it up.
    """

    def __init__(self, ear: Sequence[str], hearing: Sequence[str], hearer: PageHearer) -> None:
        """Prepares.

        Args:
            ear: Command line of the ear.
            hearing: Command line of the process with the recogniser.
            hearer: What is done with what is heard.
        """
        self._arguments = {EAR: [*ear, "--pipe"], HEARING: list(hearing)}
        self._hearer = hearer
        self._processes: dict[str, VoiceProcess] = {}
        self._tell: Tell | None = None
        self._waits = False
        self._kept: deque[tuple[int, bytes]] | None = None  # while it waits: the audio, and where in the ear's it ends
        self._eared = self._woken = 0  # bytes that the ear got, and had got when it heard the wake word
        self._names = b""
        self._work: queue.Queue[tuple[Told | None, bytes]] = queue.Queue(WAITING)
        self._thread = WorkerThread("page voice", self._run)
        self._thread.start()

    def begin(self, tell: Tell) -> str:
        """Begins a sentence; why not, or an empty string."""
        self._tell, self._waits = tell, False
        return self._put("begin")

    def wait(self, tell: Tell) -> str:
        """Begins a sentence once the wake word is heard; why not, or an empty string."""
        self._tell, self._waits = tell, True
        return self._put("names")

    def take(self, samples: bytes) -> str:
        """Takes audio; why not, or an empty string."""
        return self._put("audio", samples)

    def end(self) -> None:
        """Ends the sentence, or the waiting for one."""
        self._put("end")

    def close(self) -> None:
        """Ends the processes."""
        self._tell = None
        while self._put(None):
            self._work.get_nowait()
        self._thread.join()

    def _put(self, kind: Told | None, samples: bytes = b"") -> str:
        try:
            self._work.put_nowait((kind, samples))
        except queue.Full:
            return _LATE
        return ""

    def _run(self) -> None:
        """Passes on what comes; starting a process takes longer than the page's thread may wait."""
        while (work := self._work.get())[0] is not None:
            self._pass(*work)
        for process in list(self._processes.values()):
            process.close()

    def _pass(self, kind: Told | None, samples: bytes) -> None:
        assert kind is not None
        if kind in ("begin", "names"):
            self._feed(EAR, b"", start=True)
            names = json.dumps(sorted(set(self._hearer.names()))).encode()
            if HEARING not in self._processes or names != self._names:
                self._names = names
                self._feed(HEARING, frame("names", names), start=True)
        whole = True
        if kind in ("audio", "end"):
            whole = self._feed(EAR, samples or _TAIL)
            self._eared += len(samples or _TAIL)
        if kind == "names":
            self._kept = deque(maxlen=WAITING)
        elif kind == "audio" and self._kept is not None:
            self._kept.append((self._eared, samples))
        else:
            whole &= self._feed(HEARING, frame(kind, samples))
            whole &= kind != "begin" or self._repeat()
            self._kept = None
        if not whole:
            self._told({"event": "problem", "text": _LATE})
        if kind == "end" and self._waits:  # there was no sentence whose end would be told
            self._waits = False
            self._told({"event": "done", "text": "", "confidence": 0.0, "others": [], "fault": ""})

    def _repeat(self) -> bool:
        """Gives the recogniser what was said since the wake word: the ear may have been late."""
        whole = True
        for end, samples in self._kept or ():
            whole &= end <= self._woken or self._feed(HEARING, frame("audio", samples))
        return whole

    def _feed(self, module: str, data: bytes, start: bool = False) -> bool:
        """Feeds a process, which is started where that is wanted and it does not run."""
        process = self._processes.get(module)
        if process is None and start:
            note = self._note_ear if module == EAR else self._note_hearing
            self._eared = 0 if module == EAR else self._eared
            process = self._processes[module] = VoiceProcess(module, self._arguments[module], note, waiting=WAITING)
        return process is None or not data or process.put(data)

    def _note_ear(self, event: Mapping[str, Any]) -> None:
        if event["event"] in ("stop", "estop"):  # the ear has stopped this robot; there may be others
            self._stop(event["event"], event["phrase"])
        elif event["event"] == "wake" and self._waits:
            self._waits, self._woken = False, event["at"]
            self._put("begin")
        elif event["event"] == "problem":
            self._gone(EAR, event)

    def _note_hearing(self, event: Mapping[str, Any]) -> None:
        kind, text = event["event"], event.get("text", "")
        if kind == "problem":
            self._gone(HEARING, event)
            return
        if kind == "done":
            stop = find_stop(text)
            if stop is not None and stop != "ending":  # the ear may have missed it
                self._stop(stop, text)
            elif text:
                self._hearer.heard(text)
        self._told({key: value for key, value in event.items() if key != "t"})

    def _stop(self, kind: StopKind, words: str) -> None:
        self._hearer.stop(kind)
        self._told({"event": kind, "text": words})

    def _gone(self, module: str, event: Mapping[str, Any]) -> None:
        """A process has ended: the next sentence starts it again."""
        self._processes.pop(module, None)
        self._told({"event": "problem", "text": event["text"]})

    def _told(self, event: Mapping[str, Any]) -> None:
        tell = self._tell
        if tell is not None:
            tell(event)
