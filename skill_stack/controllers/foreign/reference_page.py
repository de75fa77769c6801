"""The reference page of the policy manifest, made of the schema and the terms themselves."""

from __future__ import annotations

import inspect
import re
import sys
from typing import Any, get_args, get_origin

from skill_stack.controllers.foreign.terms import TERMS
from skill_stack.core.data_file import DataModel
from skill_stack.core.skills import manifest_chunk, manifest_motion, manifest_object, policy_manifest

SECTIONS: tuple[tuple[str, type[DataModel]], ...] = (
    ("manifest", policy_manifest.PolicyManifest),
    ("inputs", policy_manifest.ManifestInput),
    ("inputs.terms", policy_manifest.ManifestTerm),
    ("action", policy_manifest.ManifestAction),
    ("memory_start", policy_manifest.ManifestMemory),
    ("folded", policy_manifest.ManifestFolded),
    ("commands", policy_manifest.ManifestCommand),
    ("gait", policy_manifest.ManifestGait),
    ("reference", manifest_motion.ManifestReference),
    ("reference.file", manifest_motion.ManifestMotionFile),
    ("reference.start", manifest_motion.ManifestStart),
    ("object", manifest_object.ManifestObject),
    ("chunk", manifest_chunk.ManifestChunk),
    ("images", manifest_chunk.ManifestImage),
    ("vectors", manifest_chunk.ManifestVector),
    ("vectors.table", manifest_chunk.ManifestTable),
)
HEAD = """# The policy manifest

Every convention of a policy that another project exported, in the section `policy.manifest` of its `skill.yaml`.
`skill-stack import` writes it; [import.md](import.md) has one command per trainer. This page is generated:
`python -m skill_stack.controllers.foreign.reference_page > docs/manifest.md`.

What is left out has the default that the table says; what has none must be there. A misspelt key, a wrong length or an
unknown name is an error that says what would have worked.
"""


def page() -> str:
    """The page as Markdown."""
    parts = [HEAD]
    for name, model in SECTIONS:
        title = "The manifest itself" if name == "manifest" else f"`{name}`"
        parts.append(f"## {title}\n\n{_summary(model)}\n\n{_table(model)}")
    parts.append(f"## Meanings of an action\n\n{_one_line(_after('ActionKind'))}")
    rows = ["| term | values | unit | frame | what | params |", "|---|---|---|---|---|---|"]
    for name, kind in TERMS.items():
        params = "; ".join(f"`{key}`: {text}" for key, text in kind.params.items())
        rows.append(f"| `{name}` | {kind.shape} | {kind.unit} | {kind.frame} | {kind.text} | {params} |")
    head = "## Observation terms\n\nRaw values in SI units; factor and limits come after them.\n\n"
    parts.append(head + "\n".join(rows))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _summary(model: type[DataModel]) -> str:
    return _one_line(inspect.getdoc(model).split("Attributes:")[0])  # type: ignore[union-attr]


def _table(model: type[DataModel]) -> str:
    texts = _attributes(model)
    rows = ["| key | type | default | meaning |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        default = "needed" if field.is_required() else f"`{_plain(field.get_default(call_default_factory=True))}`"
        rows.append(f"| `{name}` | {_type(field.annotation)} | {default} | {texts[name]} |")
    return "\n".join(rows)


def _attributes(model: type[DataModel]) -> dict[str, str]:
    """Meaning of each key, from the class's own documentation."""
    found: dict[str, str] = {}
    lines = (inspect.getdoc(model) or "").split("Attributes:")[1].splitlines()
    name = ""
    for line in lines:
        start = re.match(r"^    (\w+): (.*)$", line)
        if start:
            name, text = start.groups()
            found[name] = text
        elif name and line.strip():
            found[name] += " " + line.strip()
    return {name: _one_line(text).replace("|", "\\|") for name, text in found.items()}


def _one_line(text: str) -> str:
    text = re.sub(r":(?:class|data):`~?(?:[\w.]+\.)?(\w+)`", r"`\1`", " ".join(text.split()))
    return text.replace("``", "`")


def _after(name: str) -> str:
    """The text that stands below a name of the schema's module."""
    source = inspect.getsource(policy_manifest)
    found = re.search(rf'^{name} = .*?"""(.*?)"""', source, flags=re.DOTALL | re.MULTILINE)
    assert found is not None
    return found.group(1)


def _type(annotation: Any) -> str:
    """A type in words."""
    origin, inner = get_origin(annotation), [one for one in get_args(annotation) if one is not type(None)]
    if annotation in (float, int, str, bool):
        return {float: "number", int: "whole number", str: "text", bool: "true or false"}[annotation]
    if isinstance(annotation, type) and issubclass(annotation, DataModel):
        return "section"
    if origin is None:
        return "anything"
    if origin is tuple:
        many = [one for one in inner if one is not Ellipsis]
        return f"list of {_type(many[0])}" if Ellipsis in inner else f"{len(many)} × {_type(many[0])}"
    if origin is dict:
        return f"{_type(inner[1])} by name"
    if all(isinstance(one, str) for one in inner):
        return " \\| ".join(f"`{one}`" for one in inner)
    if hasattr(annotation, "__metadata__"):
        return _type(inner[0])
    return " or ".join(dict.fromkeys(_type(one) for one in inner))


def _plain(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, DataModel):
        return "its defaults"
    if isinstance(value, bool):
        return str(value).lower()
    return str(list(value)) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    sys.stdout.write(page())
