"""SkillBank: every skill that the controller can run, loaded and warmed up before the loop begins."""

from __future__ import annotations

from collections.abc import Callable

from skill_stack.controllers.foreign.foreign_skill import load_foreign, load_slow
from skill_stack.controllers.policies.network import Network
from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.controllers.policies.recent_readings import RecentReadings
from skill_stack.controllers.providers.choice import ProviderChoice
from skill_stack.controllers.providers.selector import ProviderSelector
from skill_stack.controllers.runners.fall_recovery_runner import FallRecoveryRunner
from skill_stack.controllers.runners.holding_runner import HoldingRunner
from skill_stack.controllers.runners.paced_runner import PacedRunner
from skill_stack.controllers.runners.policy_runner import PolicyRunner
from skill_stack.controllers.runners.posture_runner import PostureRunner
from skill_stack.controllers.runners.residual_runner import ResidualRunner
from skill_stack.controllers.runners.runner import Runner
from skill_stack.controllers.runners.servo_runner import ServoRunner
from skill_stack.controllers.runners.vendor_runner import VendorRunner
from skill_stack.controllers.slow.slow_links import DirectLinks, SlowLinks
from skill_stack.controllers.slow.slow_skill import SlowSkill
from skill_stack.core.data_file import load_model
from skill_stack.core.errors import DataError, SkillStackError, UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.library_watch import RUNS_OTHERS
from skill_stack.core.skills.policy_part import CounterbalanceTable
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary


class SkillBank:
    """Runners by skill name.

    Attributes:
        runners: What can run; every stance that it may need can run too.
        problems: Why the others that need a runner cannot, by name.
        recent: Past readings for policies with a warm history; the control core fills it.
        vendor: Whether the robot's own controller moves the joints, commanded by this one.
    """

    def __init__(
        self,
        robot: RobotSpec,
        library: SkillLibrary,
        part: str = "body",
        selector: ProviderSelector | None = None,
        links: SlowLinks | None = None,
    ) -> None:
        """Loads every policy and posture skill of one part; one that fails is left out with its reason.

        Args:
            robot: The robot.
            library: Its skills.
            part: Actuated part.
            selector: Chooses where networks are evaluated; None stays on the CPU.
            links: Connects to the processes of slow networks; None evaluates them here, and delays their answers by the
                declared time.
        """
        self._links = links or DirectLinks()
        self._robot = robot
        self._library = library
        self.recent = RecentReadings()
        self._selector = selector
        self._networks: dict[str, Network] = {}
        self.runners: dict[str, Runner] = {}
        self.problems: dict[str, str] = {}
        for entry in library.entries.values():
            spec = entry.spec
            if spec is not None and (spec.kind in RUNS_OTHERS or spec.part != part or entry.elsewhere):
                continue
            try:
                if entry.spec is None or not entry.usable:
                    raise DataError(entry.reason)
                self.runners[entry.name] = self._load(entry, entry.spec)
            except SkillStackError as error:
                self.problems[entry.name] = str(error)
        self._drop_without_stance()
        self.vendor = any(runner.spec.kind == "vendor" for runner in self.runners.values())

    def _load(self, entry: SkillEntry, spec: SkillSpec, above: tuple[str, ...] = ()) -> Runner:
        """A runner of a skill, with its base and held joints; ``above`` are the skills that contain it."""
        if spec.vendor is not None:
            return VendorRunner(spec, self._robot)
        if spec.servo is not None:
            runner: Runner = ServoRunner(spec, self._robot)
        elif spec.sampled is not None:
            runner = load_slow(
                SlowSkill.from_spec(spec, self._robot, entry.folder), self._within(spec, above), self._links
            )
        elif spec.policy is None:
            runner = self._load_posture(spec)
        else:
            runner = self._load_policy(entry, spec, above)
        if spec.policy is not None and spec.policy.base is not None and spec.policy.manifest is None:
            base = self._load_other("base", spec.policy.base, spec, above)
            runner = ResidualRunner(spec, self._robot, base, runner)
        return HoldingRunner(runner, self._robot) if spec.hold else runner

    def _load_posture(self, spec: SkillSpec) -> Runner:
        """Poses one after the other, after turns where the robot may have fallen."""
        turns = spec.posture is not None and spec.posture.turns
        return FallRecoveryRunner(spec, self._robot) if turns else PostureRunner(spec, self._robot)

    def _load_policy(self, entry: SkillEntry, spec: SkillSpec, above: tuple[str, ...]) -> Runner:
        """The network at its own rate; skills share a network, but each has a memory of its own."""
        part = spec.policy
        if part is None or entry.folder is None:
            raise DataError(f"skill '{spec.name}' came without a folder, so without its network")
        if part.manifest is not None:
            return load_foreign(spec, part, entry.folder, self._robot, self._within(spec, above), self._links)
        if part.sha256 not in self._networks:
            self._networks[part.sha256] = Network(entry.folder / part.model, part.sha256, part.rate, self._selector)
        network = self._networks[part.sha256]
        contract = network.contract
        if part.rate is not None and part.rate != contract.control_rate:
            raise DataError(f"skill '{spec.name}' says {part.rate:g} Hz, its policy {contract.control_rate:g} Hz")
        self._check_adapters(spec, contract)
        if (contract.action_kind == "delta") != (part.base is not None):
            other = "an action of kind 'delta'" if part.base is not None else "a base, as its policy corrects one"
            raise DataError(f"skill '{spec.name}' needs {other}; its action is '{contract.action_kind}'")
        name = part.counterbalance
        yields = None if name is None else load_model(CounterbalanceTable, entry.folder / name)
        policy = PolicyRunner(spec, self._robot, network, self.recent, yields)
        ticks = contract.ticks_per_run(self._robot.control_rate)
        return policy if ticks == 1 else PacedRunner(policy, ticks / self._robot.control_rate, part.interpolation)

    def _check_adapters(self, spec: SkillSpec, contract: PolicyContract) -> None:
        """Raises DataError unless skill and network state the same adapters, of the network that their base has now."""
        part = spec.policy.adapters if spec.policy is not None else None
        if part != contract.adapters:
            raise DataError(f"skill '{spec.name}': its adapters are not those that its policy states; export it again")
        if part is None:
            return
        base = self._library[part.base].policy if part.base in self._library else None
        if base is not None and base.sha256 == part.base_sha256:
            return
        raise DataError(
            f"skill '{spec.name}' adapts the network {part.base_sha256[:8]} of '{part.base}', which has another one "
            "now or none: train the adapters again"
        )

    def _within(self, spec: SkillSpec, above: tuple[str, ...]) -> Callable[[str, str], Runner]:
        """What makes runners of skills within another one, from their roles and names; see :meth:`_load_other`."""
        return lambda role, name: self._load_other(role, name, spec, above)

    def _load_other(self, role: str, name: str, spec: SkillSpec, above: tuple[str, ...]) -> Runner:
        """A separate runner for a skill within another: a shared one would advance twice per tick in a blend.

        Args:
            role: What it is in that skill, for people.
            name: Its name.
            spec: That skill.
            above: The skills that that one is within.
        """
        above = (*above, spec.name)
        if name in above:
            raise DataError(f"skill '{spec.name}' is its own {role}: {' → '.join((*above, name))}")
        if name not in self._library.entries:
            raise UnknownName(f"{role} of skill '{spec.name}'", name, self._library.entries)
        entry = self._library.entries[name]
        found = entry.spec
        if found is None or not entry.usable:
            raise DataError(f"{role} '{name}' of skill '{spec.name}' cannot be used: {entry.reason}")
        if found.kind not in ("policy", "posture") or found.part != spec.part:
            raise DataError(f"{role} '{name}' of skill '{spec.name}' must be a policy or posture of part '{spec.part}'")
        return self._load(entry, found, above)

    def choices(self) -> dict[str, ProviderChoice]:
        """Where each network is evaluated and why, by the skills that use it: ``walk, stand``."""
        users: dict[str, list[str]] = {}
        for name, runner in self.runners.items():
            if runner.network in self._networks:
                users.setdefault(runner.network, []).append(name)
        return {", ".join(names): self._networks[network].choice for network, names in users.items()}

    def _drop_without_stance(self) -> None:
        """Drops skills whose stances, or the stances of those, cannot run."""
        while True:
            lacking = {
                name: phase.stance
                for name, runner in self.runners.items()
                for phase in runner.spec.phases
                if phase.stance not in self.runners
            }
            if not lacking:
                return
            for name, stance in lacking.items():
                del self.runners[name]
                why = self.problems.get(stance, "it does not exist")
                self.problems[name] = f"its stance '{stance}' cannot run: {why}"

    def __getitem__(self, name: str) -> Runner:
        """The runner of a skill.

        Raises:
            UnknownName: There is no such skill.
            DataError: There is, but it cannot run; the message states why.
        """
        if name in self.runners:
            return self.runners[name]
        if name in self.problems:
            raise DataError(f"skill '{name}' cannot run: {self.problems[name]}")
        raise UnknownName("skill that the controller runs", name, self.runners)

    def joints(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The joints that names of joints and groups stand for, none for all; raises UnknownName."""
        return self._robot.members(names) or self._robot.joint_names
