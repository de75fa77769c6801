"""``skill-stack prepare``: builds engines for a robot's policies, and measures on which provider each runs fastest."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from skill_stack.commands.common import add_json, note, print_json, resources
from skill_stack.controllers.foreign.foreign_network import ForeignNetwork
from skill_stack.controllers.policies.network import Network
from skill_stack.controllers.providers.choice import ProviderChoice
from skill_stack.controllers.providers.free_selector import FreeSelector
from skill_stack.controllers.providers.prepared import signature
from skill_stack.controllers.providers.provider import available
from skill_stack.controllers.providers.selector import ENGINES, ProviderSelector
from skill_stack.controllers.providers.trial import TOLERANCE, ProviderTrial
from skill_stack.core.errors import SkillStackError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.policy_part import PolicyPart
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import load_library

HEAD = ("skills", "provider", "ms", "deviation", "")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("robot", help="name of the robot")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when every skill can be used and every network evaluated; ResourceNotFound when there is no such robot."""
    found = resources()
    folder = found.writable_folder(ENGINES)
    selector = ProviderSelector("auto", folder)
    robot = load_robot(found.robot(options.robot), found)
    entries = load_library(found, robot).entries.values()
    results, failed = [], False
    for entry in entries:
        if not entry.usable and not entry.elsewhere:
            failed = True
            note(f"{entry.name}: {entry.reason}")
    for names, entry in _networks(entries):
        try:
            results.append((names, _prepare(entry, selector)))
        except SkillStackError as error:
            failed = True
            note(f"{', '.join(names)}: {error}")
    where = {"conditions": signature(available()), "folder": str(folder), "tolerance": TOLERANCE}
    if options.json:
        print_json({"robot": options.robot, **where, "networks": [_plain(*result) for result in results]})
    else:
        _print(results)
        print(f"\n{where['conditions']}; engines and results in {folder}")
        print(f"deviation: largest difference from the CPU's output over 1 + its size; up to {TOLERANCE:g} is taken")
    return 1 if failed else 0


def _networks(entries: Iterable[SkillEntry]) -> Iterator[tuple[list[str], SkillEntry]]:
    """Each network once, with the names of the skills that use it."""
    users: dict[str, list[SkillEntry]] = {}
    for entry in entries:
        if entry.usable and entry.spec is not None and entry.spec.policy is not None and entry.folder is not None:
            users.setdefault(entry.spec.policy.sha256, []).append(entry)
    for same in users.values():
        yield [entry.name for entry in same], same[0]


def _prepare(entry: SkillEntry, selector: ProviderSelector) -> ProviderChoice:
    assert entry.spec is not None and entry.spec.policy is not None and entry.folder is not None
    part = entry.spec.policy
    if part.manifest is not None:
        return _with_manifest(entry.folder / part.model, part)
    return Network(entry.folder / part.model, part.sha256, part.rate).prepare(selector)


def _with_manifest(model: Path, part: PolicyPart) -> ProviderChoice:
    """Networks beside the loop are measured when their worker starts, too; those in it stay on the CPU."""
    manifest = part.manifest
    assert manifest is not None
    network = ForeignNetwork(model, part.sha256, manifest)
    if manifest.chunk is None:
        return ProviderChoice("cpu", "a policy with a manifest is evaluated on the CPU", (ProviderTrial("cpu", True),))
    return FreeSelector("auto").select(model, network.session)[0]


def _plain(names: list[str], choice: ProviderChoice) -> dict[str, Any]:
    return {"skills": names, **choice.to_json()}


def _print(results: list[tuple[list[str], ProviderChoice]]) -> None:
    rows = [HEAD]
    for names, choice in results:
        for number, trial in enumerate(choice.trials):
            milliseconds = "" if trial.milliseconds is None else f"{trial.milliseconds:.3f}"
            off = "" if trial.deviation is None else f"{trial.deviation:.1e}"
            chosen = f"chosen: {choice.why}" if trial.provider == choice.provider else trial.reason
            rows.append((", ".join(names) if number == 0 else "", trial.provider, milliseconds, off, chosen))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]
    for row in rows:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[-1]]).rstrip())
