"""``skill-stack publish``: a package into a folder with an index and a page, such as a git work tree."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from skill_stack.commands.common import add_json, note, print_json
from skill_stack.commands.sharing.sharing_here import opened
from skill_stack.sharing.package_index import PAGE, publish


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("package", type=Path, help="file that skill-stack pack made")
    parser.add_argument("--into", type=Path, required=True, metavar="DIR", help="the folder; nothing is sent anywhere")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when the folder has it; DataError when package or index are wrong."""
    package, data = opened(options.package)
    written = publish(package, data, options.into)
    if options.json:
        print_json({"files": [str(path) for path in written]})
        return 0
    print(f"{package.manifest.file_name} is in {options.into}; look at {options.into / PAGE}")
    if any((folder / ".git").exists() for folder in (options.into.resolve(), *options.into.resolve().parents)):
        names = " ".join(shlex.quote(path.relative_to(options.into).as_posix()) for path in written)
        place = shlex.quote(str(options.into))
        note(f"to commit it: git -C {place} add {names} && git -C {place} commit")
    return 0
