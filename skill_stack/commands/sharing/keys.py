"""``skill-stack keys``: whose packages were accepted here, and the own key."""

from __future__ import annotations

import argparse

from skill_stack.commands.common import add_json, print_json
from skill_stack.commands.sharing.sharing_here import keys
from skill_stack.core.errors import DataError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("action", choices=["list", "remove"], nargs="?", default="list", help="default: list")
    parser.add_argument("author", nargs="?", help="whose key is forgotten; its installed skills stay as they are")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when it was done; UnknownName when there is no such author."""
    known = keys()
    if options.action == "remove":
        if options.author is None:
            raise DataError("say whose: skill-stack keys remove AUTHOR; skill-stack keys lists them")
        gone = known.remove(options.author)
        rows = [gone]
    else:
        rows = list(known.keys)
    if options.json:
        print_json([{**one.model_dump(mode="json"), "fingerprint": one.fingerprint} for one in rows])
        return 0
    for one in rows:
        said = "forgotten: " if options.action == "remove" else ""
        print(f"{said}{one.author:24} {one.fingerprint} since {one.since}{' (yours)' * one.own}")
    if not rows:
        print("no key was accepted yet")
    return 0
