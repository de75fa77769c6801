"""What a skill with a manifest is loaded into: its phases, other skills that it asks for, and its part of the data."""

import hashlib
from types import SimpleNamespace

from skill_stack.core.skills.policy_part import PolicyPart

PHASES = (SimpleNamespace(name="go", stance="stand"), SimpleNamespace(name="end", stance="sit"))


def skill(blend=0.1):
    return SimpleNamespace(
        name="skill", blend=blend, phases=PHASES, policy=SimpleNamespace(interpolation="hold", fixed_goal={}),
        phase_at=lambda progress: PHASES[progress >= 1.0],
    )  # fmt: skip


class Others:
    """Makes a runner of every skill that is asked for, and remembers which."""

    def __init__(self, make, **special):
        self.asked, self._make, self._special = [], make, special

    def __call__(self, role, name):
        self.asked.append((role, name))
        return self._special.get(name) or self._make(SimpleNamespace(name=name))


def part(path, manifest, **others):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return PolicyPart.model_validate({"model": path.name, "sha256": digest, "manifest": manifest, **others})
