"""A report as one zip file: black box, plot, summary, logs, configuration and versions, without secrets."""

from __future__ import annotations

import io
import json
import platform
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.journal import Entry
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import load_deployment
from skill_stack.core.shared_memory.black_box import BlackBoxRecording
from skill_stack.runtime.reports.flight_plot import plot
from skill_stack.runtime.reports.flight_summary import to_json, to_lines
from skill_stack.runtime.reports.recordings import MAIN, Recordings
from skill_stack.runtime.reports.trace import traces

KEPT = 20
"""Number of fault reports that are kept."""
AUTOMATIC = "-fault.zip"
LAST_TRACES = 10
"""Number of traces in the summary; ``traces.json`` holds all."""
LOG_BYTES = 1_000_000
"""Bytes that are kept of the end of each log."""
PACKAGES = ("numpy", "scipy", "mujoco", "onnxruntime", "onnx", "pin", "py_trees", "pydantic", "viser")
_SECRET_NAME = re.compile(r"pass(word|wd|phrase)?$|secret|token|credential|(api|access|private)_?-?key|^key$", re.I)
_SECRET_TEXT = re.compile(
    r"(?i)((?:[\w-]*(?:password|passwd|secret|token|credential|api[_-]?key|access[_-]?key))\"?'?\s*[:=]\s*\"?'?|bearer\s+)"
    r"([^\s\"',;]+)|\bsk-[A-Za-z0-9_-]{8,}|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)
HIDDEN = "(hidden)"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a report is from.

    Attributes:
        name: Name of the deployment's log folder: its namespace, or its own name.
        deployment: Name of the deployment, empty when it is not known.
        robot: Name of the robot, empty when it is not known.
        why: Why the report is written.
        when: Wall time for people, e.g. ``20260101-120000``.
        settings: The deployment as it was brought up, as JSON; empty when it is not stated.
        changes: What the command line made different from the deployment's file, as JSON.
        part: The part that it happened to, where that is not the main one.
    """

    name: str
    deployment: str
    robot: str
    why: str
    when: str
    settings: str = ""
    changes: str = ""
    part: str = ""


def write_report(
    path: Path, resources: Resources, origin: Origin, recordings: Recordings, journal: Sequence[Entry] = ()
) -> dict[str, Any]:
    """Writes one report; a missing piece is named in ``missing.txt`` and does not stop the rest.

    Args:
        path: The zip file.
        resources: Where configuration and logs are.
        origin: What it is about.
        recordings: The black boxes of all parts, by part, that of the main part under an empty name.
        journal: Hand-overs from words to commands.

    Returns:
        The summary, as in ``summary.json``: that of the main part, and those of the others under ``parts``.
    """
    summary: dict[str, Any] = {"why": origin.why, "when": origin.when, "deployment": origin.deployment}
    if origin.part:
        summary["part"] = origin.part
    missing: list[str] = []
    draft = path.with_name(path.name + ".part")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file:
        if recordings:
            summary |= _black_boxes(file, recordings, f"{origin.name}: {origin.why}")
            file.writestr("summary.txt", "\n".join([origin.why, *to_lines(summary)]) + "\n")
        else:
            missing.append("black box: there is none")
        if journal:
            found = hidden([trace.to_json() for trace in traces(journal, recordings)])
            summary["traces"] = found[-LAST_TRACES:]
            file.writestr("traces.json", _json(found))
        file.writestr("summary.json", _json(summary))
        file.writestr("versions.json", _json(versions()))
        for name, text in _configuration(resources, origin, missing):
            file.writestr(name, text)
        for log in sorted((resources.overlay / "log" / origin.name).glob("*.log*")):
            file.writestr(f"log/{log.name}", without_secrets(_end_of(log)))
        if missing:
            file.writestr("missing.txt", "\n".join(missing) + "\n")
    draft.replace(path)
    return summary


def _black_boxes(file: zipfile.ZipFile, recordings: Recordings, title: str) -> dict[str, Any]:
    """Writes rows and picture of every part; returns the summary."""
    summary: dict[str, Any] = {}
    for part, recording in recordings.items():
        name, about = ("black_box", title) if part == MAIN else (f"black_box.{part}", f"{title} ({part})")
        file.writestr(f"{name}.npz", _columns(recording))
        file.writestr(f"{name}.svg", plot(recording, about))
        if part == MAIN:
            summary |= to_json(recording)
        else:
            summary.setdefault("parts", {})[part] = to_json(recording)
    return summary


def keep_newest(folder: Path) -> None:
    """Removes fault reports beyond the newest :data:`KEPT`; requested reports stay."""
    for old in sorted(folder.glob(f"*{AUTOMATIC}"))[:-KEPT]:
        old.unlink(missing_ok=True)


def _json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _columns(recording: BlackBoxRecording) -> bytes:
    """The rows as NumPy columns; ``joints`` and ``rate`` describe them."""
    names = [name for name in recording.rows.dtype.names or () if name != "check"]
    columns: dict[str, Any] = {name: recording.rows[name] for name in names}
    out = io.BytesIO()
    np.savez_compressed(out, joints=np.array(recording.joints), rate=np.array(recording.rate), **columns)
    return out.getvalue()


def _end_of(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(0, io.SEEK_END)
        file.seek(max(file.tell() - LOG_BYTES, 0))
        return file.read().decode(errors="replace")


def _configuration(resources: Resources, origin: Origin, missing: list[str]) -> Iterator[tuple[str, str]]:
    """Resolved deployment, and files of robot and skills."""
    try:
        if origin.settings:
            yield "config/deployment.json", _json(hidden(json.loads(origin.settings)))
            yield "config/command_line.json", _json(hidden(json.loads(origin.changes or "{}")))
        elif origin.deployment:
            deployment = load_deployment(resources.deployment(origin.deployment))
            yield "config/deployment.json", _json(hidden(deployment.model_dump()))
        else:
            missing.append("deployment: not known, the stack was not brought up by 'skill-stack up'")
        if origin.robot:
            robot = resources.robot(origin.robot) / "robot.yaml"
            yield "config/robot.yaml", without_secrets(robot.read_text(encoding="utf-8"))
            for skill in resources.skills(origin.robot):
                text = (skill / "skill.yaml").read_text(encoding="utf-8")
                yield f"config/skills/{skill.name}.yaml", without_secrets(text)
    except (SkillStackError, OSError, ValueError) as error:
        missing.append(f"configuration: {error}")


def versions() -> dict[str, str]:
    """Versions of what the stack runs on."""
    out = {"python": platform.python_version(), "system": platform.platform()}
    for name in ("skill_stack", *PACKAGES):
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            continue
    return out


def hidden(data: Any) -> Any:
    """Plain data whose values under names such as ``api_key`` or ``password`` are hidden, and secrets in its texts."""
    if isinstance(data, Mapping):
        return {key: HIDDEN if _SECRET_NAME.search(str(key)) else hidden(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [hidden(value) for value in data]
    return without_secrets(data) if isinstance(data, str) else data


def without_secrets(text: str) -> str:
    """A text with passwords, tokens and keys hidden."""
    return _SECRET_TEXT.sub(lambda found: f"{found.group(1) or ''}{HIDDEN}", text)
