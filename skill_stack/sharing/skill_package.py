"""SkillPackage: skill folders as one signed zip file, made and read; what is read is checked before its use."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import DataError
from skill_stack.sharing.author_key import Sign, as_text, from_text, is_signed
from skill_stack.sharing.package_manifest import (
    FORMAT,
    MANIFEST,
    SIGNATURE,
    PackageManifest,
    PackageMember,
    SharingLimits,
)

_DATE = (1980, 1, 1, 0, 0, 0)  # of every member, so that the same content gives the same file
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


class PackageSignature(DataModel):
    """The signature of a package.

    Attributes:
        algorithm: ``ed25519``.
        key: Public key, base64.
        signature: Signature over the bytes of the manifest, base64.
    """

    algorithm: str
    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class SkillPackage:
    """A package whose hashes and signature hold.

    Attributes:
        manifest: What it states.
        key: Public key that signed it, 32 bytes.
        contents: Its files by path.
        sha256: Hash of the whole file.
    """

    manifest: PackageManifest
    key: bytes
    contents: Mapping[str, bytes]
    sha256: str

    def files_of(self, skill: str) -> dict[str, bytes]:
        """Files of one of its skills by name."""
        start = f"skills/{skill}/"
        return {path.removeprefix(start): data for path, data in self.contents.items() if path.startswith(start)}


def build(
    about: Mapping[str, Any], contents: Mapping[str, bytes], limits: SharingLimits, public: bytes, sign: Sign
) -> bytes:
    """The bytes of a package.

    Args:
        about: Fields of the manifest besides ``format`` and ``members``.
        contents: Its files by path.
        limits: What a package may hold.
        public: Public key, 32 bytes.
        sign: Signs by the private one.

    Raises:
        DataError: A field is wrong, or something is beyond the limits.
    """
    for path in contents:
        if problem := limits.problem(path):
            raise DataError(problem)
    members = [PackageMember(path=p, size=len(d), sha256=_hash(d)) for p, d in sorted(contents.items())]
    manifest = parse_model(PackageManifest, {**about, "format": FORMAT, "members": members}, "package")
    text = manifest.model_dump_json(indent=1).encode()
    signature = PackageSignature(algorithm="ed25519", key=as_text(public), signature=as_text(sign(text)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        every = {MANIFEST: text, SIGNATURE: signature.model_dump_json().encode(), **dict(sorted(contents.items()))}
        for path, data in every.items():
            entry = zipfile.ZipInfo(path, _DATE)
            entry.external_attr, entry.compress_type = (stat.S_IFREG | 0o644) << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    made = out.getvalue()
    read(made, limits)  # nothing is given to others that could not be read here
    return made


def read(data: bytes, limits: SharingLimits) -> SkillPackage:
    """Reads a package, and checks all of it.

    Args:
        data: The file.
        limits: What a package may hold.

    Raises:
        DataError: It is none, is altered or damaged, of another version of the format, or beyond the limits.
    """
    if len(data) > limits.file:
        raise DataError(f"it has {len(data)} bytes, and packages have at most {limits.file}: config/sharing.yaml")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _entries(archive, limits)
            text = _unpacked(archive, entries.pop(MANIFEST), limits.manifest)
            signature = _signature(_unpacked(archive, entries.pop(SIGNATURE), limits.manifest))
            public = from_text(signature.key)
            if not is_signed(public, from_text(signature.signature), text):
                raise DataError("its signature does not fit its manifest: it was altered or damaged")
            manifest = _manifest(text)
            contents = _members(archive, entries, manifest)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"it is damaged, or no package: {error}") from error
    return SkillPackage(manifest, public, contents, _hash(data))


def _entries(archive: zipfile.ZipFile, limits: SharingLimits) -> dict[str, zipfile.ZipInfo]:
    """The members by path, none of which is strange."""
    found = archive.infolist()
    if len(found) > limits.members + 2:
        raise DataError(f"it has {len(found)} members, and packages have at most {limits.members}")
    total = sum(entry.file_size for entry in found)
    if total > limits.content:
        raise DataError(f"it would unpack to {total} bytes, and packages to at most {limits.content}")
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in found:
        path, mode = entry.filename, entry.external_attr >> 16
        problem = "" if path in (MANIFEST, SIGNATURE) else limits.problem(path)
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            problem = f"{path} is a link or no plain file"
        elif entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
            problem = f"{path} is encrypted or packed in an unusual way"
        elif path.lower() in {other.lower() for other in entries}:
            problem = f"{path} is in it twice"
        if problem:
            raise DataError(problem)
        entries[path] = entry
    for path in (MANIFEST, SIGNATURE):
        if path not in entries:
            raise DataError(f"it has no {path}: it is no skill package")
    return entries


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """Content of a member, of which no more than stated is ever unpacked."""
    with archive.open(entry) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise DataError(f"{entry.filename} unpacks to more than {most} bytes")
    return data


def _json(text: bytes, what: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{what} is no JSON: {error}") from error
    if not isinstance(data, dict):
        raise DataError(f"{what} holds no fields")
    return data


def _signature(text: bytes) -> PackageSignature:
    found = parse_model(PackageSignature, _json(text, SIGNATURE), SIGNATURE)
    if found.algorithm != "ed25519":
        raise DataError(f"it is signed by {found.algorithm!r}; known is ed25519")
    return found


def _manifest(text: bytes) -> PackageManifest:
    """The manifest; its version is looked at first, since fields of other versions are unknown."""
    data = _json(text, MANIFEST)
    if data.get("format") != FORMAT:
        raise DataError(
            f"it is of version {data.get('format')!r} of the format and this stack reads {FORMAT}: ask its author for "
            "one made by this version of skill-stack pack, or update the stack"
        )
    return parse_model(PackageManifest, data, MANIFEST)


def _members(
    archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], manifest: PackageManifest
) -> dict[str, bytes]:
    """Content of every member, each as the manifest states it."""
    stated = {member.path: member for member in manifest.members}
    if odd := sorted(stated.keys() ^ entries.keys()):
        raise DataError(f"manifest and content differ: {', '.join(odd[:3])}")
    contents = {}
    for path, member in stated.items():
        data = _unpacked(archive, entries[path], member.size)
        if len(data) != member.size or _hash(data) != member.sha256:
            raise DataError(f"{path} is not what its author signed: it was altered or damaged")
        contents[path] = data
    there = {path.split("/")[1] for path in contents if path.startswith("skills/")}
    if there != set(manifest.skills):
        raise DataError(f"it states the skills {', '.join(manifest.skills)} and holds {', '.join(sorted(there))}")
    return contents


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
