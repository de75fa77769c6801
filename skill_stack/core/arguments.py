"""Argument types of all command lines: numbers are finite, counts are whole, no value is empty."""

from __future__ import annotations

import argparse
import functools
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skill_stack.core.errors import SkillStackError

NAMESPACE = re.compile(r"^/?([A-Za-z][A-Za-z0-9_]*(/[A-Za-z][A-Za-z0-9_]*)*)?/?$")
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose ``type=float`` is a finite number and ``type=int`` one of 0 or above; refuses empty
    words.

    An empty namespace means none, so that it may be given as such.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        """Takes what :class:`argparse.ArgumentParser` does; parsers of sub-commands are of this kind too."""
        super().__init__(*args, **options)
        self.register("type", float, number)
        self.register("type", int, count)

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        if "" in arg_strings and action.dest != "namespace":
            self.error(f"argument {'/'.join(action.option_strings) or action.metavar or action.dest}: is empty")
        return super()._get_values(action, arg_strings)


def command_line(main: Callable[[list[str] | None], int]) -> Callable[..., int]:
    """A command line that says in one line what is wrong, and ends without a traceback at Ctrl-C.

    Args:
        main: Reads arguments, those of the process if they are None; returns the exit code.

    Returns:
        The same; 1 where it raises a SkillStackError.
    """

    @functools.wraps(main)
    def told(arguments: list[str] | None = None) -> int:
        try:
            return main(arguments)
        except SkillStackError as error:
            print(error, file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
            return INTERRUPTED

    return told


def number(text: str) -> float:
    """A finite number; for ``type=``."""
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"needs a number, not '{text}'") from None
    if problem := _implausible(value):
        raise argparse.ArgumentTypeError(f"needs a number that can be: {text}: {problem}")
    return value


def _implausible(value: float) -> str:
    """What is wrong with a number, or an empty string."""
    from skill_stack.core.quantity import implausible  # on demand: a stop takes no number, and shall start at once

    return implausible(value)


def positive(text: str) -> float:
    """A finite number above 0; for ``type=``."""
    value = number(text)
    if not value > 0.0:
        raise argparse.ArgumentTypeError(f"needs a number above 0, not {text}")
    return value


def whole(text: str) -> int:
    """A whole number of either sign; for ``type=``."""
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"needs a whole number, not '{text}'") from None
    if problem := _implausible(value):
        raise argparse.ArgumentTypeError(f"needs a number that can be: {problem}")
    return value


def count(text: str) -> int:
    """A whole number of 0 or above, as counts and seeds are; for ``type=``."""
    value = whole(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"needs a whole number of 0 or above, not {value}")
    return value


def at_least_one(text: str) -> int:
    """A whole number of 1 or above; for ``type=``."""
    value = whole(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"needs a whole number of 1 or above, not {value}")
    return value


def namespace(text: str) -> str:
    """A ROS namespace, or an empty text for none; for ``type=``."""
    if not NAMESPACE.match(text):
        raise argparse.ArgumentTypeError(f"'{text}' is no namespace; write letters, digits and _, for example robot1")
    return text


def existing(text: str) -> Path:
    """An existing file; for ``type=``."""
    path = Path(text)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "there is no such file"
        raise argparse.ArgumentTypeError(f"{text}: {what}; a file is needed")
    return path
