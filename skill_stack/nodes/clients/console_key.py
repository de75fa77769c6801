"""The console of this user, from which hazardous requests can be confirmed."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.planner.dialogue.console import Console
from skill_stack.planner.dialogue.records.places import CONSOLE_KEY, FOLDER


def _say(text: str) -> None:
    print(f"skill-stack: {text}", file=sys.stderr)


def console_of(resources: Resources, complain: Callable[[str], object] = _say) -> Console | None:
    """The console of this user, or None where its key cannot be used; then nothing can be confirmed from here.

    Args:
        resources: Where the key lies.
        complain: Takes why it cannot be used.
    """
    try:
        return Console.load(resources.writable_folder(FOLDER) / CONSOLE_KEY, os.environ, secrets.token_hex)
    except DataError as error:
        complain(f"nothing hazardous can be confirmed: {error}")
        return None
