"""Putting an exported policy into its skill folder, and its hash into every skill that runs it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from skill_stack.core.errors import DataError
from skill_stack.core.skill import load_skill

_HASH = re.compile(r"""(?m)^(\s*sha256:\s*)["']?[0-9a-f]{64}["']?[ \t]*$""")


def install_policy(source: Path, skill_folder: Path, digest: str) -> list[str]:
    """Copies a policy to where the skill expects it and pins its hash.

    Args:
        source: The exported ONNX.
        skill_folder: Folder of the skill that the policy is for, ``models/<robot>/<skill>``.
        digest: SHA-256 of the file.

    Returns:
        Names of the skills that now run it: this one, and its neighbours that refer to the same file.

    Raises:
        DataError: The skill is no policy skill, or its hash cannot be replaced.
    """
    spec = load_skill(skill_folder)
    if spec.policy is None:
        raise DataError(f"{skill_folder}: '{spec.name}' is a {spec.kind} skill, it runs no policy")
    model = (skill_folder / spec.policy.model).resolve()
    if source.resolve() != model:
        shutil.copyfile(source, model)
    pinned = []
    for path in sorted(skill_folder.resolve().parent.glob("*/skill.yaml")):
        other = load_skill(path.parent)
        if other.policy is not None and (path.parent / other.policy.model).resolve() == model:
            _pin(path, digest)
            pinned.append(other.name)
    return pinned


def _pin(path: Path, digest: str) -> None:
    text, count = _HASH.subn(rf'\g<1>"{digest}"', path.read_text(encoding="utf-8"))
    if count != 1:
        raise DataError(f"{path}: has {count} lines 'sha256: …', one is needed")
    path.write_text(text, encoding="utf-8")
