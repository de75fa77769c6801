"""Finding robots, skills, scenes and deployments, and the folder for writes."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from skill_stack.core.errors import ResourceNotFound

_CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Resources:
    """An ordered list of roots, each with ``urdf/``, ``models/``, ``config/``, and one overlay for writes.

    Attributes:
        roots: Roots in the order of search.
        overlay: Where imports, statistics and calibrations are written.
    """

    roots: tuple[Path, ...]
    overlay: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Resources:
        """The default roots: ``$SKILL_STACK_PATH``, overlay, checkout, installed share, ament index.

        Args:
            environment: Usually ``os.environ``.
        """
        home = Path(environment.get("XDG_DATA_HOME") or Path(environment.get("HOME", "/")) / ".local" / "share")
        overlay = Path(environment.get("SKILL_STACK_OVERLAY") or home / "skill_stack")
        roots = [Path(part) for part in environment.get("SKILL_STACK_PATH", "").split(os.pathsep) if part]
        roots.append(overlay)
        if (_CHECKOUT / "package.xml").is_file():
            roots.append(_CHECKOUT)
        roots.append(Path(sys.prefix) / "share" / "skill_stack")
        prefixes = environment.get("AMENT_PREFIX_PATH", "").split(os.pathsep)
        roots.extend(Path(prefix) / "share" / "skill_stack" for prefix in prefixes if prefix)
        return cls(tuple(roots), overlay)

    def find(self, relative: str, kind: str) -> Path:
        """The first root that has a path.

        Args:
            relative: Path below a root, e.g. ``urdf/go2``.
            kind: What is looked for, for the message, e.g. ``robot``.

        Raises:
            ResourceNotFound: No root has it; lists what there is beside it, and the roots.
        """
        for root in self.roots:
            if (root / relative).exists():
                return root / relative
        parent, name = os.path.split(relative)
        others = sorted({path.stem if path.is_file() else path.name for path in self.list(parent)})
        searched = ", ".join(str(root) for root in self.roots)
        raise ResourceNotFound(
            f"there is no {kind} '{Path(name).stem}'. Available: {', '.join(others) or 'none'}. Searched: {searched}"
        )

    def list(self, relative: str) -> tuple[Path, ...]:
        """Everything directly below a relative folder in any root; earlier roots shadow later ones of the same name."""
        found: dict[str, Path] = {}
        for root in self.roots:
            folder = root / relative
            for path in sorted(folder.iterdir()) if folder.is_dir() else []:
                if not path.name.startswith((".", "_")):
                    found.setdefault(path.name, path)
        return tuple(found.values())

    def robot(self, name: str) -> Path:
        """Folder of a robot; raises ResourceNotFound."""
        return self.find(f"urdf/{name}", "robot")

    def scene(self, name: str) -> Path:
        """File of a scene, by name or by path; raises ResourceNotFound."""
        return Path(name) if name.endswith(".yaml") else self.find(f"config/scenes/{name}.yaml", "scene")

    def deployment(self, name: str) -> Path:
        """File of a deployment, by name or by path; raises ResourceNotFound."""
        return Path(name) if name.endswith(".yaml") else self.find(f"config/deployments/{name}.yaml", "deployment")

    def team(self, name: str) -> Path:
        """File of several robots, by name or by path; raises ResourceNotFound."""
        return Path(name) if name.endswith(".yaml") else self.find(f"config/teams/{name}.yaml", "team of robots")

    def writable_folder(self, *parts: str) -> Path:
        """A writable folder below the overlay, created if needed; below the temporary folder otherwise.

        Args:
            parts: Names of the folder and its parents below the overlay, e.g. ``"log", "go2_sim"``.
        """
        for base in (self.overlay, Path(tempfile.gettempdir()) / "skill_stack"):
            folder = base.joinpath(*parts)
            try:
                folder.mkdir(parents=True, exist_ok=True)
                probe = folder / ".probe"
                probe.touch()
                probe.unlink()
            except OSError:
                continue
            return folder
        return Path(tempfile.mkdtemp(prefix=f"skill-stack-{parts[0]}-"))

    def skills(self, robot: str) -> tuple[Path, ...]:
        """Skill folders of a robot."""
        return tuple(path for path in self.list(f"models/{robot}") if (path / "skill.yaml").is_file())
