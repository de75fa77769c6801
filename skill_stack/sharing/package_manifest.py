"""PackageManifest: what a skill package states of itself, and the limits of packages."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, field_validator

from skill_stack.core.data_file import DataModel
from skill_stack.core.skill_origin import ORIGIN
from skill_stack.core.skills.skill import Hazard

FORMAT = 1
"""Version of the format that is written, and the only one so far."""
MANIFEST, SIGNATURE = "manifest.json", "signature.json"
"""The two members that are not listed in the manifest."""
LICENCE = "LICENSE"
_MEMBER = re.compile(r"(skills/[A-Za-z]\w*/[A-Za-z0-9_][\w.-]*|pictures/[A-Za-z0-9_][\w.-]*|LICENSE)", re.ASCII)
_Text = Annotated[str, Field(min_length=1, max_length=2000)]
_Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=100)]


class SharingLimits(DataModel):
    """Limits of packages, ``config/sharing.yaml``.

    Attributes:
        file: Largest package, bytes.
        content: Most that its members may hold together, unpacked, bytes.
        manifest: Largest manifest, bytes.
        members: Most members.
        suffixes: Suffixes that files may have.
    """

    file: int = Field(gt=0)
    content: int = Field(gt=0)
    manifest: int = Field(gt=0)
    members: int = Field(gt=0)
    suffixes: tuple[str, ...] = Field(min_length=1)

    def problem(self, path: str) -> str:
        """Why a path cannot be one of a member; empty where it can."""
        if not _MEMBER.fullmatch(path) or path.endswith(f"/{ORIGIN}"):
            return f"a member cannot be called {path!r}; only skills/NAME/FILE, pictures/FILE and {LICENCE} can be"
        name = path.rpartition("/")[2]
        if name != LICENCE and not name.endswith(self.suffixes):
            return f"{path} is of a kind that is not shared; those that are: {', '.join(self.suffixes)}"
        return ""


class PackageMember(DataModel):
    """One file of a package.

    Attributes:
        path: Its path in the package.
        size: Bytes.
        sha256: Its hash.
    """

    path: str = Field(max_length=200)
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class PackageResult(DataModel):
    """What the author measured of a skill.

    Attributes:
        skill: Name of the skill.
        body: Body that it was measured on.
        episodes: Number of episodes.
        successes: How many of them succeeded.
        commit: Version of the stack that was measured.
    """

    skill: _Name
    body: _Text
    episodes: int = Field(ge=0)
    successes: int = Field(ge=0)
    commit: _Text


class PackageManifest(DataModel):
    """What a package states; the signature covers it, and by the hashes every member.

    Attributes:
        format: Version of the format.
        robot: Robot that the skills are for.
        skills: Their names.
        version: Version of the package, numbers with points.
        author: Who made it.
        licence: SPDX identifier of its licence.
        description: What it is for.
        made: When, ISO 8601, UTC.
        stack: Version of the stack that made it.
        needs: Other skills of the robot that it needs.
        hazard: The worst hazard of its skills.
        results: What the author measured.
        members: Its files.
    """

    format: int
    robot: _Name
    skills: tuple[_Name, ...] = Field(min_length=1)
    version: str = Field(pattern=r"^\d{1,6}(\.\d{1,6}){0,3}$")
    author: str = Field(min_length=1, max_length=100)
    licence: str = Field(pattern=r"^[A-Za-z0-9.+() -]{1,100}$")
    description: _Text
    made: _Text
    stack: _Text
    needs: tuple[_Name, ...] = ()
    hazard: Hazard
    results: tuple[PackageResult, ...] = ()
    members: tuple[PackageMember, ...] = Field(min_length=1)

    @field_validator("author", "description", "made", "stack")
    @classmethod
    def _shown(cls, text: str) -> str:
        """Texts are printed to terminals and pages: no control characters."""
        if not text.isprintable():
            raise ValueError("holds characters that cannot be shown")
        return text

    @property
    def order(self) -> tuple[int, ...]:
        """The version as numbers, for comparing."""
        return tuple(map(int, self.version.split(".")))

    @property
    def file_name(self) -> str:
        """Usual name of the file."""
        return f"{self.robot}-{self.skills[0]}-{self.version}.skillpack"
