"""``skill-stack release``: lets an installed skill move real robots; ``uninstall`` removes one."""

from __future__ import annotations

import argparse
import shutil

from skill_stack.commands.common import add_json, print_json, resources
from skill_stack.commands.sharing.sharing_here import agreed, installed, now
from skill_stack.core.errors import DataError
from skill_stack.core.skill_origin import content_hash, write_origin
from skill_stack.core.skills.skill import load_skill


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("skill", help="name of the installed skill")
    parser.add_argument("--robot", default="go2", help="name of the robot (default: go2)")
    parser.add_argument("--untried", action="store_true", help="release: also without a passed trial in simulation")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when it was done, 1 when the person declined; DataError when the skill was not installed or not tried."""
    found = resources()
    folder, origin = installed(found, options.robot, options.skill)
    told = {"skill": options.skill, "robot": options.robot, "author": origin.author, "key": origin.key}
    if options.verb == "uninstall":
        done = agreed(f"Delete {folder}?", options.yes)
        if done:
            shutil.rmtree(folder)
        return _report(options.json, {**told, "removed": done}, f"{folder} is removed" if done else "it stays")
    spec, content = load_skill(folder), content_hash(folder)
    tried = origin.tried == content
    if not tried and not options.untried:
        was = "was changed since its trial" if origin.tried else "was not tried here"
        words = f"{options.skill} --robot {options.robot}"
        raise DataError(f"'{options.skill}' {was}: skill-stack try {words}, or --untried to release it all the same")
    if not options.json:
        print(f"'{options.skill}' of {origin.author} ({origin.key}), version {origin.version}; hazard {spec.hazard}")
        print(f"tried: {origin.trial}" if tried else "never tried here")
    done = agreed(f"Let it move a real {options.robot}?", options.yes)
    if done:
        write_origin(folder, origin.model_copy(update={"released": content, "released_at": now()}))
    text = "it is released, as long as no file of it changes" if done else "it stays in quarantine"
    return _report(options.json, {**told, "tried": tried, "released": done}, text)


def _report(as_json: bool, told: dict[str, object], text: str) -> int:
    """Tells what was done; returns 0 when it was."""
    print_json(told) if as_json else print(text)
    return 0 if told.get("released") or told.get("removed") else 1
