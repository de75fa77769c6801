"""Completion of verbs, options and names in the shell, through argcomplete.

``eval "$(register-python-argcomplete skill-stack)"`` switches it on in bash and zsh,
``register-python-argcomplete --shell fish skill-stack | source`` in fish.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import argcomplete

from skill_stack.commands.common import resources

CommandLine = Callable[[str, Sequence[str]], tuple[argparse.ArgumentParser, Sequence[str]]]
NAMED_IN = {"robot": "urdf", "deployment": "config/deployments", "suite": "config/scenarios"}
"""Folders with the names for an argument, by argument."""


def complete(verbs: Mapping[str, str], command_line: CommandLine) -> None:
    """Answers the shell and ends the process.

    Args:
        verbs: What each verb does, by its name.
        command_line: Returns the parser of one verb; called only for the verb on the line.
    """
    said = os.environ.get("COMP_LINE", "").split()[1:]
    parser = argparse.ArgumentParser(prog="skill-stack")
    below = parser.add_subparsers()
    for name, summary in verbs.items():
        if said[:1] == [name]:
            own, _ = command_line(name, said[1:])
            _with_names(own)
            below.add_parser(name, parents=[own], add_help=False)
        else:
            below.add_parser(name, help=summary)
    argcomplete.autocomplete(parser)


def _with_names(parser: argparse.ArgumentParser) -> None:
    """Makes arguments for a robot, a deployment or a suite complete to existing names."""
    for action in parser._actions:
        folder = NAMED_IN.get(action.dest)
        if folder is not None and action.choices is None:
            taken: Any = action
            taken.completer = _names(folder)


def _names(folder: str) -> Callable[..., list[str]]:
    return lambda **_: [path.name.removesuffix(".yaml") for path in resources().list(folder)]
