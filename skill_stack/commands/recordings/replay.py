"""``skill-stack replay``: a recording published on its own topics."""

from __future__ import annotations

import argparse
from pathlib import Path

from skill_stack.commands.common import add_json, join_ros, note, print_json
from skill_stack.commands.recordings.catalogue_here import add_folder, opened
from skill_stack.core.arguments import positive
from skill_stack.recording.reading.episode import ALWAYS, NS, Window
from skill_stack.recording.recording import Recording


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares what is replayed, and how."""
    parser.add_argument("what", metavar="FILE", help="a file, the folder or name of a run, or the id of an episode")
    parser.add_argument("--rate", type=positive, default=1.0, metavar="N", help="times its speed (default: 1)")
    parser.add_argument("--topic", action="append", metavar="TOPIC", help="only this topic; may be given several times")
    add_folder(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when something was published."""
    recording, window = named(options.what, options.folder)
    with recording:
        join_ros()
        from skill_stack.nodes.clients.replay import replay  # ROS takes its settings from the environment when imported

        topics = None if options.topic is None else [f"/{one.lstrip('/')}" for one in options.topic]
        begin, end = recording.span
        seconds = min(end * NS, window[1]) - max(begin * NS, window[0])
        note(f"{options.what} takes {seconds / options.rate:.0f} s; Ctrl-C ends it")
        count = replay(recording, options.rate, window, topics, note)
    if options.json:
        print_json({"messages": count, "seconds": round(seconds / options.rate, 3)})
    else:
        note(f"{count} messages published")
    return 0 if count else 1


def named(what: str, folder: Path | None) -> tuple[Recording, Window]:
    """A recording by file, folder, name of a run, or id of an episode, which gives its window too."""
    if Path(what).exists():
        return Recording(Path(what)), ALWAYS
    with opened(folder) as catalogue:
        if any(one.name == what for one in catalogue.runs()):
            return catalogue.run(what), ALWAYS
        one = catalogue.episode(what)
        return catalogue.run(one.run), one.window
