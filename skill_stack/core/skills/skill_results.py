"""Measured results of skills (``results.json`` beside a ``skill.yaml``) and the body that they belong to.

A figure belongs to the body it was measured on. Results of a body other than the folder's robot, such as a robot that
carries it, are in ``results.<robot>.json``; with the robot's own controller in ``results.vendor.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import DescriptorTable
from skill_stack.core.skills.skill_library import VENDOR, SkillLibrary

NEEDED = ("body", "commit", "seeds")
"""Required fields besides the counts."""


class OtherBody(DataError):
    """Results were measured on another body than requested.

    Attributes:
        body: The body that they are of.
    """

    def __init__(self, path: Path, body: str, asked: str) -> None:
        """Builds the message.

        Args:
            path: The file.
            body: The body that its results are of.
            asked: The requested body.
        """
        super().__init__(
            f"{path}: was measured on '{body}', not on '{asked}'; results of '{asked}' belong into "
            f"{results_path(path.parent, asked).name}, measured there"
        )
        self.body = body


@dataclass(frozen=True, slots=True)
class SkillDescriptors:
    """What was measured of each choice that a skill offers.

    Attributes:
        rows: Numbers by choice and column.
        units: Unit of each column.
        said: What else the file says of the measurement: ``body``, ``seeds`` and ``commit``, where it does.
    """

    rows: Mapping[str, Mapping[str, float]]
    units: Mapping[str, str]
    said: Mapping[str, str]


def results_path(folder: Path, body: str) -> Path:
    """File of the results of a skill on one body.

    Args:
        folder: Folder of the skill, ``models/<robot>/<skill>``.
        body: As :attr:`SkillLibrary.body` has it.
    """
    robot, vendor = body.removesuffix(VENDOR), body.endswith(VENDOR)
    other = [robot] if robot != folder.parent.name else []
    return folder / ".".join(["results", *other, *(["vendor"] if vendor else []), "json"])


def read_results(folder: Path, body: str) -> dict[str, Any]:
    """Measured results of a skill on one body; nothing when there is no file.

    Args:
        folder: Folder of the skill.
        body: As :attr:`SkillLibrary.body` has it.

    Raises:
        OtherBody: The results are of another body.
        DataError: The file holds something else, or does not state body, commit and seeds.
    """
    path = results_path(folder, body)
    data = _read(path)
    if not data:
        return {}
    if lost := [key for key in NEEDED if not data.get(key)]:
        raise DataError(f"{path}: does not say {', '.join(lost)}; measure it with skill-stack eval … --into")
    if data["body"] != body:
        raise OtherBody(path, str(data["body"]), body)
    episodes, successes = (data.get(key) for key in ("episodes", "successes"))
    if not isinstance(episodes, int) or not isinstance(successes, int) or not 0 <= successes <= episodes:
        raise DataError(f"{path}: {successes} successes of {episodes} episodes cannot be")
    return data


def write_results(folder: Path, results: dict[str, Any], *, keep: bool = True) -> Path:
    """Writes results into a skill's folder, into the file of their body.

    Args:
        folder: Folder of the skill.
        results: What was measured.
        keep: Whether tables of other measurements of the same body in the file stay.

    Raises:
        DataError: There is no such folder, it cannot be written to, or the results do not state body, commit and seeds.
    """
    if lost := [key for key in NEEDED if not results.get(key)]:
        raise DataError(f"{folder.name}: results do not say {', '.join(lost)}")
    path = results_path(folder, results["body"])
    kept = {name: value for name, value in _read(path).items() if name not in results} if keep else {}
    try:
        path.write_text(json.dumps({**results, **kept}, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error}") from error
    return path


def measured_on(folder: Path) -> tuple[str, ...]:
    """Bodies on which a skill was measured, by the files beside it; unreadable ones are skipped."""
    bodies = set()
    for path in folder.glob("results*.json"):
        try:
            bodies.add(str(_read(path).get("body") or ""))
        except DataError:
            continue
    return tuple(sorted(bodies - {""}))


def results_of(library: SkillLibrary, name: str) -> dict[str, Any] | None:
    """The shipped results of a skill for the body of a robot; None without.

    Args:
        library: Skills of the robot.
        name: Name of the skill.
    """
    entry = library.entries.get(name)
    if entry is None or entry.spec is None or entry.folder is None or not entry.spec.provenance.results:
        return None
    try:
        return read_results(entry.folder, library.body) or None
    except DataError:
        return None


def read_descriptors(folder: Path, table: DescriptorTable) -> SkillDescriptors:
    """What was measured of each choice that a skill offers.

    Args:
        folder: Folder of the skill.
        table: Where that is.

    Raises:
        DataError: The file or the table is missing, or a row lacks a number.
    """
    path = folder / table.file
    data = _read(path)
    found = data.get(table.rows)
    if isinstance(found, dict):
        found = [{**row, "name": name} for name, row in found.items() if isinstance(row, dict)]
    if not isinstance(found, list) or not found:
        raise DataError(f"{path}: has no table '{table.rows}' of what the skill's choices do")
    rows: dict[str, dict[str, float]] = {}
    for row in found:
        known = row if isinstance(row, dict) else {}
        numbers = {name: float(one) for name, one in known.items() if isinstance(one, int | float)}
        if lost := [name for name in table.units if name not in numbers]:
            raise DataError(f"{path}: {table.rows}: {row}: needs a number for {', '.join(lost)}")
        rows[str(known.get("name", len(rows) + 1))] = {name: numbers[name] for name in table.units}
    said = {key: str(data[key]) for key in NEEDED if data.get(key)}
    return SkillDescriptors(rows, table.units, said)


def descriptors_of(library: SkillLibrary, name: str) -> SkillDescriptors | None:
    """Descriptors that a skill states for the body of a robot; None where it states none, or those of another body.

    Args:
        library: Skills of the robot.
        name: Name of the skill.

    Raises:
        DataError: They cannot be read.
    """
    entry = library.entries[name]
    if entry.spec is None or entry.folder is None or entry.spec.provenance.descriptors is None:
        return None
    found = read_descriptors(entry.folder, entry.spec.provenance.descriptors)
    return found if found.said.get("body", entry.folder.parent.name) == library.body else None


def _read(path: Path) -> dict[str, Any]:
    """Content of a file; nothing when there is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise DataError(f"{path}: holds no results")
    return data
