"""A folder of packages for others: the files, ``index.json``, pictures, and a page; static, without any service."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.sharing.author_key import fingerprint
from skill_stack.sharing.skill_package import SkillPackage

INDEX, PAGE = "index.json", "index.html"
PACKAGES, PICTURES = "packages", "pictures"
_TEMPLATE = Path(__file__).with_name("index_page.html")
_VERSION = 1


def publish(package: SkillPackage, data: bytes, folder: Path) -> list[Path]:
    """Adds a package to a folder, in place of one of the same name and version.

    Args:
        package: The checked package.
        data: Its file.
        folder: The folder, which is made where there is none.

    Returns:
        The files that were written.

    Raises:
        DataError: The folder's index is none, or has the same package with another content or key.
    """
    entries = _read(folder)
    name, manifest = package.manifest.file_name, package.manifest
    shown = {f"{name.removesuffix('.skillpack')}-{Path(path).name}": d for path, d in _pictures(package).items()}
    entry = {
        **manifest.model_dump(mode="json", exclude={"members", "format"}), "file": f"{PACKAGES}/{name}",
        "sha256": package.sha256, "bytes": len(data), "key": fingerprint(package.key),
        "pictures": [f"{PICTURES}/{picture}" for picture in shown],
    }  # fmt: skip
    old = next((one for one in entries if one["file"] == entry["file"]), None)
    if old is not None and old["sha256"] != package.sha256:
        raise DataError(f"{folder / old['file']} is there with another content; a new content needs a new --version")
    others = [one for one in entries if one is not old]
    if strange := [o for o in others if (o["robot"], o["skills"][0]) == _who(entry) and o["key"] != entry["key"]]:
        raise DataError(f"{folder / strange[0]['file']} is by the key {strange[0]['key']}; this one by {entry['key']}")
    every = sorted([*others, entry], key=lambda one: str(one["file"]))
    written = {folder / PACKAGES / name: data, **{folder / PICTURES / name: data for name, data in shown.items()}}
    written |= {folder / INDEX: _json(every), folder / PAGE: _page(every)}
    for path, content in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return list(written)


def _who(entry: Mapping[str, Any]) -> tuple[str, str]:
    return entry["robot"], entry["skills"][0]


def _pictures(package: SkillPackage) -> dict[str, bytes]:
    return {path: data for path, data in package.contents.items() if path.startswith(f"{PICTURES}/")}


def _read(folder: Path) -> list[dict[str, Any]]:
    """Entries of an index; none where there is no index yet."""
    path = folder / INDEX
    if not path.exists():
        return []
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != _VERSION:
            raise DataError(f"{path}: is of version {data['format']!r}; this stack writes {_VERSION}")
        entries: list[dict[str, Any]] = data["packages"]
        for one in entries:
            _row(one)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise DataError(f"{path}: is no index of skill packages: {error}") from error
    return entries


def _json(entries: list[dict[str, Any]]) -> bytes:
    return (json.dumps({"format": _VERSION, "packages": entries}, indent=1, ensure_ascii=False) + "\n").encode()


def _page(entries: list[dict[str, Any]]) -> bytes:
    rows = "\n".join(map(_row, entries))
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(rows=rows, count=len(entries)).encode()


def _row(entry: Mapping[str, Any]) -> str:
    """One package as HTML; nothing of it is taken for markup."""

    def text(value: object) -> str:
        return html.escape(str(value), quote=True)

    results = [f"{one['skill']} {one['successes']}/{one['episodes']} on {one['body']}" for one in entry["results"]]
    pictures = "".join(f'<img src="{text(one)}" alt="{text(entry["description"])}">' for one in entry["pictures"])
    cells = (
        f'<a href="{text(entry["file"])}">{text(", ".join(entry["skills"]))}</a> {text(entry["version"])}',
        text(entry["robot"]), text(entry["description"]) + pictures, text("; ".join(results) or "not measured"),
        text(entry["hazard"]), text(entry["licence"]), f'{text(entry["author"])}<br><code>{text(entry["key"])}</code>',
        f'<code>{text(entry["sha256"])}</code>',
    )  # fmt: skip
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
