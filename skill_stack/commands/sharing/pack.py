"""``skill-stack pack``: skill folders as one signed file."""

from __future__ import annotations

import argparse
from pathlib import Path, PurePosixPath
from typing import Any

from skill_stack import __version__
from skill_stack.commands.common import add_json, note, print_json, resources
from skill_stack.commands.sharing.sharing_here import keys, limits, now
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skill_origin import ORIGIN
from skill_stack.core.skills.skill import HAZARDS
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary, load_library, needed_skills
from skill_stack.core.skills.skill_results import read_results
from skill_stack.sharing.author_key import AuthorKey, fingerprint
from skill_stack.sharing.known_keys import KnownKeys
from skill_stack.sharing.package_manifest import LICENCE, PackageManifest, SharingLimits
from skill_stack.sharing.skill_package import build, read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("skill", nargs="+", help="names of the skills; the first names the package")
    parser.add_argument("--robot", default="go2", help="name of the robot (default: go2)")
    parser.add_argument("--licence", required=True, metavar="SPDX", help="their licence, e.g. Apache-2.0")
    parser.add_argument("--licence-file", type=Path, metavar="FILE", help="its text, put into the package")
    parser.add_argument("--version", default="1.0", help="version of the package (default: 1.0)")
    parser.add_argument("--author", help="your name; said once, with the key that is made then")
    parser.add_argument("--picture", type=Path, action="append", default=[], metavar="FILE", help="may be repeated")
    parser.add_argument("--into", type=Path, default=Path(), metavar="DIR", help="folder for the file (default: here)")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when the file is written; DataError when a skill cannot be used or shared."""
    found, most = resources(), limits()
    library = load_library(found, load_robot(found.robot(options.robot), found))
    entries = [_entry(library, name) for name in dict.fromkeys(options.skill)]
    contents: dict[str, bytes] = {}
    for entry in entries:
        contents |= _files(entry, most)
    contents |= {f"pictures/{path.name}": path.read_bytes() for path in options.picture}
    if options.licence_file:
        contents[LICENCE] = options.licence_file.read_bytes()
    known = keys()
    key = AuthorKey.load(known.folder)
    author = _author(options.author, known, key)
    about = {**_about(library, entries), "author": author, "licence": options.licence, "version": options.version}
    data = build(about, contents, most, key.public, key.sign)
    manifest = read(data, most).manifest
    options.into.mkdir(parents=True, exist_ok=True)
    path = options.into / manifest.file_name
    path.write_bytes(data)
    _report(options.json, path, manifest, key)
    return 0


def _entry(library: SkillLibrary, name: str) -> SkillEntry:
    """A skill that can be used and has a folder; raises UnknownName or DataError."""
    spec = library[name]
    entry = library.entries[spec.name]
    if entry.folder is None or entry.folder.name != name or entry.folder.parent.name != library.robot:
        raise DataError(f"'{name}' is of a part or of another robot; pack it with --robot {spec.robot}")
    return entry


def _files(entry: SkillEntry, most: SharingLimits) -> dict[str, bytes]:
    """The files of a skill by their paths in the package; others are left out and named."""
    assert entry.folder is not None
    contents = {}
    for path in sorted(entry.folder.iterdir()):
        inside = f"skills/{entry.name}/{path.name}"
        if path.name == ORIGIN or path.name.startswith((".", "__")):
            continue
        if path.is_symlink() or not path.is_file() or most.problem(inside):
            note(f"left out: {path} ({most.problem(inside) or 'no plain file'})")
            continue
        contents[inside] = path.read_bytes()
    return contents


def _about(library: SkillLibrary, entries: list[SkillEntry]) -> dict[str, Any]:
    """What is stated of the skills.

    Raises:
        DataError: The network of one lies in the folder of a skill that is not packed.
    """
    specs = [library[entry.name] for entry in entries]
    names = [spec.name for spec in specs]
    for spec in specs:
        place = PurePosixPath(spec.policy.model).parts if spec.policy else ()
        if len(place) > 1 and place[1] not in names:
            both = " ".join([*names, place[1]])
            raise DataError(f"the network of '{spec.name}' lies with '{place[1]}': skill-stack pack {both}")
    hazard = max(map(library.hazard, names), key=HAZARDS.index)
    needs = set[str]().union(*map(needed_skills, specs)) - set(names)
    return {
        "robot": library.robot, "skills": names, "description": specs[0].description, "made": now(),
        "stack": __version__, "needs": sorted(needs), "hazard": hazard,
        "results": [one for entry in entries for one in _results(entry, library.body)],
    }  # fmt: skip


def _results(entry: SkillEntry, body: str) -> list[dict[str, Any]]:
    assert entry.folder is not None
    found = read_results(entry.folder, body)
    kept = {name: found[name] for name in ("body", "episodes", "successes", "commit")} if found else {}
    return [{"skill": entry.name, **kept}] if found else []


def _author(said: str | None, known: KnownKeys, key: AuthorKey) -> str:
    """Name of this user, as it stays with the key.

    Raises:
        DataError: None was said yet, or another one.
    """
    own = known.own
    if own is None and not said:
        raise DataError("say once who you are, as others shall see it: --author 'Ada Lovelace'")
    if own is not None and said and said != own.author:
        raise DataError(f"your key is that of '{own.author}', and others know it as such; leave out --author")
    return own.author if own is not None else known.add(str(said), key.public, now(), own=True).author


def _report(as_json: bool, path: Path, manifest: PackageManifest, key: AuthorKey) -> None:
    if as_json:
        about = manifest.model_dump(mode="json", exclude={"members"})
        print_json({"file": str(path), "key": fingerprint(key.public), **about})
        return
    print(
        f"{path}: {', '.join(manifest.skills)} {manifest.version} for {manifest.robot}, {len(manifest.members)} files"
    )
    print(f"signed by {manifest.author}, {fingerprint(key.public)}: tell it to those who install it")
