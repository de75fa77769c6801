"""``skill-stack install``: a package, checked and shown first, into the overlay and into quarantine."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from skill_stack.commands.common import add_json, print_json, resources
from skill_stack.commands.sharing.sharing_here import agreed, keys, now, opened
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skill_origin import SkillOrigin, origin_of, write_origin
from skill_stack.core.skills.library_watch import RUNS_OTHERS
from skill_stack.core.skills.skill import SkillSpec, load_skill
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.sharing.author_key import fingerprint
from skill_stack.sharing.known_keys import KnownKey
from skill_stack.sharing.package_manifest import PackageManifest
from skill_stack.sharing.skill_package import SkillPackage


@dataclass(frozen=True, slots=True)
class InstallPlan:
    """What an installation would do.

    Attributes:
        package: The checked package.
        known: The author's key, as it is known here; None for one that is seen for the first time.
        specs: Its skills.
        before: What is installed of each skill now, by name; None where there is nothing.
        problems: Why skills could not be used here, by name.
    """

    package: SkillPackage
    known: KnownKey | None
    specs: tuple[SkillSpec, ...]
    before: dict[str, SkillOrigin | None]
    problems: dict[str, str]

    @property
    def there(self) -> bool:
        """Whether this very package is installed."""
        return all(one is not None and one.package == self.package.sha256 for one in self.before.values())

    def to_json(self) -> dict[str, Any]:
        """The plan for programs."""
        manifest = self.package.manifest
        return {
            **manifest.model_dump(mode="json", exclude={"members"}), "key": fingerprint(self.package.key),
            "key_known_since": self.known.since if self.known else None, "problems": self.problems,
            "replaces": {name: one.version for name, one in self.before.items() if one},
            "phrases": {spec.name: list(spec.phrases) for spec in self.specs}, "already": self.there,
        }  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("package", type=Path, help="the file")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    parser.add_argument("--yes", action="store_true", help="do not ask; the author's key must be known, or be given")
    parser.add_argument("--trust", metavar="SHA256:…", help="with --yes: key of the author, as he or she told you")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when it is installed, 1 when the person declined; DataError when it cannot or must not be."""
    found = resources()
    package, _ = opened(options.package)
    found.overlay.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=found.overlay) as folder:
        plan = _plan(package, found, Path(folder), str(options.package))
        if not options.json:
            _show(plan, found)
        done = not (plan.there or options.dry_run) and _agreed(plan, options)
        if done:
            keys().add(package.manifest.author, package.key, now())
            _move(plan, found, Path(folder))
    if options.json:
        print_json({**plan.to_json(), "installed": done})
    elif plan.there:
        print("it is installed already; nothing was changed")
    elif done:
        _next(package.manifest)
    else:
        print("nothing was changed")
    return 0 if done or plan.there or options.dry_run else 1


def _plan(package: SkillPackage, found: Resources, folder: Path, origin: str) -> InstallPlan:
    """Unpacks beside the overlay's data, and finds out what the skills would be here.

    Raises:
        DataError: Another key, another robot, a skill of that name that is not of this author, or a wrong skill.
    """
    manifest = package.manifest
    try:
        known = keys().check(manifest.author, package.key)
    except DataError as error:
        raise DataError(f"{origin}: {error}") from error
    robot = load_robot(_robot(found, manifest), found)
    before = {name: _before(found, manifest, name, package.key) for name in manifest.skills}
    for name in manifest.skills:
        place = folder / "models" / robot.name / name
        place.mkdir(parents=True)
        for file, data in package.files_of(name).items():
            (place / file).write_bytes(data)
    specs = tuple(_spec(folder / "models" / robot.name / name, manifest) for name in manifest.skills)
    library = load_library(Resources((folder, *found.roots), found.overlay), robot)
    problems = {name: why for name in manifest.skills if (why := _problem(library, name, robot))}
    return InstallPlan(package, known, specs, before, problems)


def _robot(found: Resources, manifest: PackageManifest) -> Path:
    try:
        return found.robot(manifest.robot)
    except SkillStackError as error:
        raise DataError(f"the package is for robot '{manifest.robot}': {error}") from error


def _before(found: Resources, manifest: PackageManifest, name: str, key: bytes) -> SkillOrigin | None:
    """The note of what is installed under a name; DataError where that is not of the same author."""
    there = {path.name: path for path in found.skills(manifest.robot)}.get(name)
    if there is None:
        return None
    origin = origin_of(there)
    whose = "is not from a package" if origin is None else f"is from a package of {origin.author}, {origin.key}"
    if origin is None or origin.key != fingerprint(key) or there.parent.parent.parent != found.overlay:
        raise DataError(f"{manifest.robot} has a skill '{name}' already, and it {whose}: {there}. It is not replaced")
    return origin


def _spec(folder: Path, manifest: PackageManifest) -> SkillSpec:
    """A skill that states what the manifest does, and keeps to the package.

    Raises:
        DataError: It does not.
    """
    spec = load_skill(folder)
    if (spec.name, spec.robot) != (folder.name, manifest.robot):
        raise DataError(f"skill '{folder.name}' says that it is '{spec.name}' of {spec.robot}, not of {manifest.robot}")
    place = PurePosixPath(spec.policy.model).parts if spec.policy else ("policy.onnx",)
    if len(place) != 1 and not (len(place) == 3 and place[0] == ".." and place[1] in manifest.skills):
        raise DataError(f"skill '{spec.name}' takes its network from outside of the package: {'/'.join(place)}")
    return spec


def _problem(library: SkillLibrary, name: str, robot: RobotSpec) -> str:
    """Why a skill cannot be used here, or an empty text; networks are loaded for that, as before a run."""
    from skill_stack.controllers.importers.onnx_facts import OnnxFacts
    from skill_stack.controllers.runners.skill_bank import SkillBank

    entry = library.entries[name]
    if entry.reason or entry.spec is None or entry.folder is None or entry.spec.kind in RUNS_OTHERS:
        return entry.reason
    try:
        if entry.spec.policy is not None:
            OnnxFacts.read(entry.folder / entry.spec.policy.model)  # what it is, before anything runs it
    except SkillStackError as error:
        return str(error)
    return SkillBank(robot.part(entry.spec.part), library, entry.spec.part).problems.get(name, "")


def _show(plan: InstallPlan, found: Resources) -> None:
    manifest = plan.package.manifest
    since = (
        f"known since {plan.known.since}"
        if plan.known
        else "seen for the first time: compare it on another way"
    )
    print(f"{', '.join(manifest.skills)} {manifest.version} for {manifest.robot}: {manifest.description}")
    print(f"  author   {manifest.author}, key {fingerprint(plan.package.key)} ({since})")
    print(f"  licence  {manifest.licence}; made {manifest.made} by version {manifest.stack}")
    print(f"  hazard   {manifest.hazard}; needs {', '.join(manifest.needs) or 'no other skill'}")
    for one in manifest.results:
        print(f"  measured {one.skill}: {one.successes} of {one.episodes} on {one.body}, says the author")
    for spec in plan.specs:
        old = plan.before[spec.name]
        where = found.overlay / "models" / manifest.robot / spec.name
        size = sum(map(len, plan.package.files_of(spec.name).values()))
        print(f"  {'replaces ' + old.version if old else 'new'}: {where}, {size / 1e3:.0f} kB")
        print(f"    words: {', '.join(spec.phrases) or 'none'}")
        if spec.name in plan.problems:
            print(f"    cannot be used here: {plan.problems[spec.name]}")
    print("  it goes into quarantine: simulation only, until you release it")


def _agreed(plan: InstallPlan, options: argparse.Namespace) -> bool:
    """Whether the person, or the command line, agrees.

    Raises:
        DataError: The command line says another key, or none for an author that is new.
    """
    shown = fingerprint(plan.package.key)
    if options.trust and options.trust != shown:
        raise DataError(f"it is signed by {shown}, not by {options.trust}: do not install it")
    if options.yes and plan.known is None and not options.trust:
        raise DataError(f"its author is new here, so --yes needs the key that he or she told you: --trust {shown}")
    return agreed("Install it?", options.yes)


def _move(plan: InstallPlan, found: Resources, folder: Path) -> None:
    """Moves the skills to their places, each with its note from the first moment."""
    manifest, time = plan.package.manifest, now()
    note = SkillOrigin(
        package=plan.package.sha256, version=manifest.version, author=manifest.author,
        key=fingerprint(plan.package.key), installed=time,
    )  # fmt: skip
    for spec in plan.specs:
        new, place = (base / "models" / manifest.robot / spec.name for base in (folder, found.overlay))
        write_origin(new, note)
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            place.rename(folder / f"replaced-{spec.name}")
        shutil.move(new, place)


def _next(manifest: PackageManifest) -> None:
    words = f"{manifest.skills[0]} --robot {manifest.robot}"
    print(f"installed, in quarantine. Next: skill-stack try {words}; skill-stack release {words}")
