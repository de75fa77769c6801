"""Named steps with a log, a stamp and a running clock, several at once; standard library alone."""

from __future__ import annotations

import hashlib
import itertools
import json
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

TAIL_LINES = 30
TICK_SECONDS = 0.5


class StepFailed(Exception):
    """A command of a step failed; the message holds the end of its log and what to try."""


def digest(*parts: object) -> str:
    """Returns a short hash of the given values; a path stands for the contents of that file or folder."""
    sha = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            for file in sorted(_files(part)):
                sha.update(str(file.relative_to(part.parent)).encode() + b"\0" + file.read_bytes() + b"\0")
        else:
            sha.update(json.dumps(part, sort_keys=True).encode() + b"\0")
    return sha.hexdigest()[:16]


def _files(path: Path) -> Iterable[Path]:
    if path.is_file():
        return [path]
    return [f for f in path.rglob("*") if f.is_file() and "__pycache__" not in f.parts]


class Steps:
    """Runs steps, several at once from several threads, and remembers finished ones.

    Args:
        folder: where stamps and logs go.

    Attributes:
        stopped: whether `stop` was called; no step begins then.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = itertools.count(1)
        self._running: dict[str, tuple[float, subprocess.Popen]] = {}  # by label: start, s, and process
        self._live = sys.stdout.isatty()
        self.stopped = False

    def stamp(self, name: str) -> Path:
        """Returns the file that holds the key with which step `name` was last finished."""
        return self.folder / f"{name}.stamp"

    def done(self, name: str, key: str) -> bool:
        """Tells whether step `name` was finished with this very key."""
        stamp = self.stamp(name)
        return stamp.is_file() and stamp.read_text(encoding="utf-8") == key

    def finish(self, name: str, key: str) -> None:
        """Remembers that step `name` is finished; the stamp appears whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        half = self.stamp(name).with_suffix(".half")
        half.write_text(key, encoding="utf-8")
        half.replace(self.stamp(name))

    def run(
        self, title: str, command: Sequence[object], hint: str = "", environment: Mapping[str, str] | None = None
    ) -> None:
        """Runs one command under a line with its elapsed time; the output goes to a log.

        Args:
            title: what the line says.
            command: program and arguments.
            hint: what to try when it fails.
            environment: variables of the command; None for those of this process.

        Raises:
            StepFailed: the command ended with another code than 0, or all steps were stopped.
        """
        if self.stopped:
            raise StepFailed(f"'{title}' was not begun")
        self.folder.mkdir(parents=True, exist_ok=True)
        label = f"[{next(self._count)}] {title}"
        log = self.folder / (title.replace(" ", "-").replace("/", "-") + ".log")
        begin = time.monotonic()
        if not self._live:
            print(f"{label} ...", flush=True)
        words = [str(word) for word in command]
        with log.open("w", encoding="utf-8") as out:
            out.write("$ " + shlex.join(words) + "\n")
            out.flush()
            process = subprocess.Popen(
                words, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )
            self._running[label] = begin, process
            try:
                code = self._wait(label, process, log)
            except BaseException:  # interrupted: leave no child behind
                process.terminate()
                process.wait()
                raise
            finally:
                del self._running[label]
        if code:
            raise StepFailed(_failure(title, code, log, hint))
        start = "\r\033[K" if self._live else ""
        print(f"{start}{label}: {time.monotonic() - begin:.1f} s", flush=True)

    def stop(self) -> None:
        """Ends the commands that run, and begins no other; their steps fail."""
        self.stopped = True
        for _, process in [*self._running.values()]:
            process.terminate()

    def _wait(self, label: str, process: subprocess.Popen, log: Path) -> int:
        while True:
            try:
                return process.wait(TICK_SECONDS)
            except subprocess.TimeoutExpired:
                running = [*self._running.items()]
                if self._live and running[0][0] == label:  # the oldest step draws the line of all
                    clocks = ", ".join(f"{name}: {time.monotonic() - since:.0f} s" for name, (since, _) in running)
                    print("\r\033[K" + f"{clocks}  {_last_line(log)}"[:110], end="", flush=True)


def _last_line(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 400))
        lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip()[:70] if lines else ""


def _failure(title: str, code: int, log: Path, hint: str) -> str:
    tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    text = "\n".join(f"    {line}" for line in tail)
    advice = f"\n{hint}" if hint else ""
    return f"{text}\n\n'{title}' failed with exit code {code}; the whole log: {log}{advice}"
