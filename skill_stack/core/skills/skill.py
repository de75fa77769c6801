"""SkillSpec: the description of a skill for people and planners, read from ``models/<robot>/<skill>/skill.yaml``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, field_validator, model_validator

from skill_stack.core.data_file import DataModel, check_each_parses, load_model
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.quantity import Gain, JointPosition, Positive, Seconds
from skill_stack.core.rewards.reward_arguments import DURATION
from skill_stack.core.rewards.sampled_part import SampledPart
from skill_stack.core.skills.action_part import ActionPart
from skill_stack.core.skills.blended_part import BlendedPart
from skill_stack.core.skills.composite_part import PLANNED, CompositePart
from skill_stack.core.skills.condition import Condition
from skill_stack.core.skills.policy_part import HoldGains, LevelPart, PolicyPart
from skill_stack.core.skills.preparation import PreparingSkill
from skill_stack.core.skills.servo_part import ServoPart
from skill_stack.core.skills.vendor_part import VendorPart
from skill_stack.core.skills.way_constraint import way_of
from skill_stack.core.world.fact import Literal as FactLiteral

Hazard = Literal["none", "low", "high"]
HAZARDS: tuple[Hazard, ...] = ("none", "low", "high")
SLOT = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""Place of a goal parameter in a phrase, e.g. ``{target}``."""
SILENCE = "silence"
"""Signal of a guide that is told goal values all the time: for how long it was told nothing, s."""
HERE = "here"
"""Pose name for the joint positions when the skill begins."""
Tilt = Annotated[float, Field(gt=0, le=2 * math.pi)]
"""Angle from upright, rad; π and above allow any."""
Pitch = tuple[Annotated[float, Field(ge=-math.pi, le=math.pi)], Annotated[float, Field(ge=-math.pi, le=math.pi)]]
"""Range of a base's pitch, rad: 0 is upright, π/2 lies on the front, -π/2 on the back."""
Speed = Annotated[float, Field(gt=0, le=1e3)]
"""Speed of a base, m/s or rad/s."""


class GoalParameter(DataModel):
    """One argument of a skill.

    Attributes:
        name: Name of the argument.
        type: ``number``, ``object`` (an object or place of the scene), ``choice``, ``words`` (of people, about what
            need not be in the scene), or ``way`` (what the path keeps to, see
            :mod:`skill_stack.core.skills.way_constraint`; none by default).
        kind: What sort of object it is for, in the library's own word: ``person``, ``room``, ``device``; empty where
            that is not said.
        nouns: Every noun that the library uses for this kind of argument; empty where there is none.
        description: What it means.
        unit: Unit of a number: m, rad, s, m/s, rad/s.
        lower: Smallest number.
        upper: Largest number.
        default: Value when none is given; None means that it must be given.
        open: Numbers of which the robot may take another one than the default where the words say none, e.g. since it
            learnt that the default fails; None for those that it may not change, unless their unit is one of speed or
            force.
        choices: The words of a choice.
        said: Other words that people have for one of them, by the choice.
    """

    name: str
    type: Literal["number", "object", "choice", "words", "way"] = "number"
    kind: str = ""
    nouns: tuple[str, ...] = ()
    description: str
    unit: str = ""
    lower: float | None = None
    upper: float | None = None
    default: float | str | None = None
    open: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()
    said: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _complete(self) -> GoalParameter:
        if self.type == "number" and (self.lower is None or self.upper is None or not self.unit):
            raise ValueError(f"number '{self.name}' needs unit, lower and upper")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError(f"number '{self.name}' has its lower {self.lower:g} above its upper {self.upper:g}")
        if self.type == "way" and self.default != "":
            raise ValueError(f"way '{self.name}' needs the default '', no constraint")
        if self.type == "choice" and not self.choices:
            raise ValueError(f"choice '{self.name}' needs choices")
        if strange := sorted(set(self.said) - set(self.choices)):
            raise ValueError(f"{self.name}.said: no choices {', '.join(strange)}; there are {', '.join(self.choices)}")
        return self

    @model_validator(mode="after")
    def _open_within(self) -> GoalParameter:
        if self.open is None:
            return self
        low, high = self.lower, self.upper
        if low is None or high is None or not low <= self.open[0] < self.open[1] <= high:
            raise ValueError(f"'{self.name}' has no range of numbers within its own in 'open'")
        return self

    def words_of(self, choice: str) -> tuple[str, ...]:
        """A choice, with its synonyms."""
        return (choice, *self.said.get(choice, ()))

    def check(self, value: Any) -> float | str:
        """The value in its type.

        Raises:
            DataError: Wrong type, out of range or not among the choices; the message states what is allowed.
        """
        if self.type == "number":
            assert self.lower is not None and self.upper is not None
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise DataError(f"{self.name} must be a number in {self.unit}, not {value!r}")
            if not self.lower <= value <= self.upper:
                raise DataError(f"{self.name} = {value:g} {self.unit} is outside {self.lower:g}…{self.upper:g}")
            return float(value)
        if self.type == "choice" and value not in self.choices:
            raise DataError(f"{self.name} must be one of {', '.join(self.choices)}, not {value!r}")
        if not isinstance(value, str):
            raise DataError(f"{self.name} must be a name, not {value!r}")
        if self.type == "way":
            way_of(value)
        return value


class PhaseSpec(DataModel):
    """A period of a skill with one stance and one set of rules.

    Attributes:
        name: Name of the phase.
        kind: ``free`` (may be left at once), ``contact`` (in the middle of a change of support) or ``holding``.
        begins: Progress of the skill at which the phase begins, 0 to 1.
        stance: Skill that takes over when no commands arrive; it must be safe in this phase.
        leave_through: Skill that must have run before another one may take over, or None.
    """

    name: str
    kind: Literal["free", "contact", "holding"] = "free"
    begins: Annotated[float, Field(ge=0, le=1)] = 0.0
    stance: str
    leave_through: str | None = None


SkillKind = Literal["policy", "posture", "servo", "sampled", "guided", "vendor", "blended", "action", "composite"]
"""Kinds of skills; each is the name of the section of ``skill.yaml`` with its settings."""


class Envelope(DataModel):
    """Limits of a skill for the safety layer.

    Attributes:
        tilt: Angle between the base's z axis and up, rad.
        angular_speed: Base angular speed, rad/s.
        base_speed: Speed of the base, m/s; None takes the robot's limit.
        joint_speed: Speed of each joint, as a share of its rated ``velocity``; None takes the robot's
            ``joint_speed_margin``.
    """

    tilt: Tilt
    angular_speed: Speed
    base_speed: Speed | None = None
    joint_speed: Annotated[float, Field(gt=0, le=10)] | None = None

    @property
    def for_fallen(self) -> bool:
        """Whether the skill may run on a robot that lies on its side, such as one that gets up."""
        return self.tilt >= math.pi / 2


class Keyframe(DataModel):
    """One target of a ``posture`` skill.

    Attributes:
        pose: Named pose of the robot, or :data:`HERE`; empty where the joints are given.
        joints: Joint positions by name, rad, of every joint of the part, where it is no named pose.
        duration: Time to get there from the one before, s.
        kp: Position gain of every joint, N·m/rad.
        kd: Damping gain of every joint, N·m·s/rad.
        pitch: Pitch that the base must have then where the posture has turns, or it begins anew; None: any.
    """

    pose: str = ""
    joints: dict[str, JointPosition] = {}
    duration: Seconds
    kp: Annotated[Gain, Field(gt=0)]
    kd: Annotated[Gain, Field(gt=0)]
    pitch: Pitch | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Keyframe:
        if bool(self.pose) == bool(self.joints):
            raise ValueError("a keyframe needs a pose, or the positions of all joints, and not both")
        return self


class TurnPart(DataModel):
    """How a fallen robot is turned onto its feet.

    Attributes:
        lower: Side that lies lower.
        keyframes: Targets in order.
    """

    lower: Literal["left", "right"]
    keyframes: tuple[Keyframe, ...] = Field(min_length=1)


class PosturePart(DataModel):
    """How a ``posture`` skill moves: through keyframes from the present joint positions, then holding the last.

    Attributes:
        keyframes: Targets in order.
        turns: What comes before them, once or several times, as long as the robot may not begin with the keyframes.
        upright: Tilt up to which a robot stands, rad; with it the keyframes may begin, unless ``begins`` is given.
        begins: Pitch of the base with which the keyframes may begin, of a robot that rises from its front or back.
        gains: Position and damping gain of joints or groups, N·m/rad and N·m·s/rad, in place of those of the keyframes.
        keep_hold: Whether joints begin with their last commanded torque, so that fingers keep pressing on a held
            object; otherwise they begin with none.
    """

    keyframes: tuple[Keyframe, ...] = Field(min_length=1)
    turns: tuple[TurnPart, ...] = ()
    upright: Positive = 1.0
    begins: Pitch | None = None
    gains: dict[str, tuple[Annotated[Gain, Field(gt=0)], Annotated[Gain, Field(gt=0)]]] = {}
    keep_hold: bool = False

    @model_validator(mode="after")
    def _both_sides(self) -> PosturePart:
        if self.turns and {turn.lower for turn in self.turns} != {"left", "right"}:
            raise ValueError("turns need one for each side that may lie lower, 'left' and 'right'")
        return self

    @property
    def poses(self) -> tuple[str, ...]:
        """Names of all poses, :data:`HERE` included."""
        return tuple(frame.pose for frame in self.every_keyframe if frame.pose)

    @property
    def every_keyframe(self) -> tuple[Keyframe, ...]:
        """All targets, those of turns last."""
        return (*self.keyframes, *(frame for turn in self.turns for frame in turn.keyframes))


class GuidedPart(DataModel):
    """How a ``guided`` skill uses another one: a guide computes that skill's goal values from arguments and the scene.

    Attributes:
        base: Skill that runs in the controller.
        guide: Name of the guide in the connector, e.g. ``approach``.
        template: Grasp that the guide fits, or pose that it goes to; ``$name`` stands for an argument, as in
            ``count_$number``. Empty where the guide needs none.
        settings: Numbers of the guide.
    """

    base: str
    guide: str
    template: str = ""
    settings: dict[str, float] = {}


class DescriptorTable(DataModel):
    """What was measured of each choice that a skill offers: a table in a file beside it.

    Attributes:
        file: The file.
        rows: Key of the table there: a list of rows with a ``name`` each, or rows by their names.
        units: Columns of numbers that describe a row, and their units, e.g. ``heading: rad``.
    """

    file: Literal["figures.json", "results.json"] = "figures.json"
    rows: str
    units: dict[str, str] = Field(min_length=1)


class Provenance(DataModel):
    """Origin of a skill.

    Attributes:
        recipe: Command or description that reproduces it.
        results: ``results.json`` where the connector begins by the measured results, those of the body that runs it.
        descriptors: Where it is stated what each of its choices does, as measured.
        notes: Further remarks for users.
    """

    recipe: str
    results: Literal["results.json"] | None = None
    descriptors: DescriptorTable | None = None
    notes: str = ""


class SkillSpec(DataModel):
    """One skill as data; exactly one section named like a kind is given, as ``kind`` states.

    Attributes:
        name: Name of the skill and of its folder.
        robot: Robot that it is for.
        kind: How it is realised.
        description: One sentence for people and planners.
        phrases: Example phrasings; ``{parameter}`` marks where an argument stands.
        senses: Senses of verbs that request it besides its phrases, e.g. ``grasp``; the names are those of the
            language. For other verbs the planner asks first.
        goal: Arguments.
        preconditions: Facts that must hold before, e.g. ``posture(robot, standing)``.
        effects: Facts that hold after (``not …``: no longer hold).
        success: Conditions over signals that must all hold for the skill to have succeeded; empty: it runs until
            its time is over or someone ends it.
        failure: Conditions over signals each of which is a failure.
        phases: Stretches with their stances.
        enter_through: Skill that must run first when the robot is damped or disarmed, e.g. ``rise``; None where the
            skill can begin from there.
        prepare: Steps of a robot that is walking before the skill begins, so that its feet are where the skill needs
            them.
        envelope: Limits for the safety layer.
        timeout: Longest run, s of task time.
        blend: Time over which commands fade from the skill before, s.
        hazard: ``none``, ``low`` or ``high``.
        means: Whether a plan may use it for what it brings about; else only where words ask for it.
        realises: Skill that it is another way of doing; the connector chooses among them. Without phrases of its own it
            is not planned with by name.
        combines: Two skills that it does at once where both need the same joints, e.g. ``[move, turn]``; its arguments
            have the names of theirs.
        part: Actuated part that it drives.
        needs: Joints or groups of its part, or other parts, that it cannot do without; ``{hand}_arm`` takes the word of
            a choice. None means the whole part, or for a guided skill what its base needs; an empty list nothing.
        prefers: Joints and groups that it uses too, and gives up when something else needs them.
        hold: Joints or groups that the skill holds still, whatever its policy commands: at an angle each, rad, or, as a
            list of names, at their positions when the skill began.
        hold_gains: Gains for them; None takes the robot's own.
        level: A held joint that keeps the trunk level; None for none.
        provenance: Where it comes from.
        policy: For kind ``policy``.
        posture: For kind ``posture``.
        servo: For kind ``servo``.
        sampled: For kind ``sampled``.
        guided: For kind ``guided``.
        vendor: For kind ``vendor``.
        blended: For kind ``blended``.
        action: For kind ``action``.
        composite: For kind ``composite``; what only running needs (phases, envelope, timeout) is left out there.
    """

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    robot: str
    kind: SkillKind
    description: str
    phrases: tuple[str, ...] = ()
    senses: tuple[str, ...] = ()
    goal: tuple[GoalParameter, ...] = ()
    preconditions: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    success: tuple[str, ...] = ()
    failure: tuple[str, ...] = ()
    phases: tuple[PhaseSpec, ...] = Field(min_length=1)
    enter_through: str | None = None
    prepare: tuple[PreparingSkill, ...] = ()
    envelope: Envelope
    timeout: Seconds
    blend: Annotated[float, Field(ge=0, le=60)] = 0.2
    hazard: Hazard = "low"
    means: bool = True
    realises: str | None = None
    combines: tuple[str, str] | None = None
    part: str = "body"
    needs: tuple[str, ...] | None = None
    prefers: tuple[str, ...] = ()
    hold: dict[str, float] | tuple[str, ...] = ()
    hold_gains: HoldGains | None = None
    level: LevelPart | None = None
    provenance: Provenance
    policy: PolicyPart | None = None
    posture: PosturePart | None = None
    servo: ServoPart | None = None
    sampled: SampledPart | None = None
    guided: GuidedPart | None = None
    vendor: VendorPart | None = None
    blended: BlendedPart | None = None
    action: ActionPart | None = None
    composite: CompositePart | None = None

    @model_validator(mode="before")
    @classmethod
    def _planned(cls, data: Any) -> Any:
        """Validates that a composite, which runs as its steps, states nothing about running."""
        composite = isinstance(data, dict) and data.get("kind") == "composite"
        return {**PLANNED, "phases": [{"name": "steps", "stance": data.get("name")}], **data} if composite else data

    @field_validator("preconditions", "effects")
    @classmethod
    def _facts(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        return check_each_parses(FactLiteral.parse, texts)

    @field_validator("success", "failure")
    @classmethod
    def _conditions(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        return check_each_parses(Condition.parse, texts)

    @model_validator(mode="after")
    def _one_kind(self) -> SkillSpec:
        given = [kind for kind in get_args(SkillKind) if getattr(self, kind) is not None]
        if given != [self.kind]:
            raise ValueError(f"kind is '{self.kind}', so exactly the section '{self.kind}' is needed, not {given}")
        if self.phases[0].begins != 0.0:
            raise ValueError("the first phase must begin at 0")
        if self.composite and (self.preconditions or self.effects or self.needs is not None):
            raise ValueError("preconditions, effects and needs of a composite follow from its steps; leave them out")
        for name in (*(self.needs or ()), *self.prefers):
            chosen = SLOT.findall(name)
            if any(all(p.name != one or p.type != "choice" for p in self.goal) for one in chosen):
                raise ValueError(f"'{name}': {{…}} must name an argument that is a choice")
        return self

    @model_validator(mode="after")
    def _fillable(self) -> SkillSpec:
        problem = self.action.problem({goal.name: goal.type for goal in self.goal}) if self.action else ""
        if problem:
            raise ValueError(problem)
        return self

    def pieces(self, names: tuple[str, ...], arguments: dict[str, Any] | None = None) -> tuple[str, ...]:
        """Names of ``needs`` or ``prefers`` with choices inserted.

        Args:
            names: The names.
            arguments: Arguments of the skill; None for every name that there can be.
        """
        out: list[str] = []
        for name in names:
            slots = SLOT.findall(name)
            words = [self.parameter(slot).choices for slot in slots]
            if arguments is not None:
                words = [(str(arguments.get(slot, self.parameter(slot).default)),) for slot in slots]
            for chosen in product(*words):
                put = iter(chosen)
                out.append(SLOT.sub(lambda _, put=put: next(put), name))  # type: ignore[misc]
        return tuple(dict.fromkeys(out))

    @property
    def base(self) -> str | None:
        """Skill in the controller whose goal values a guide or an action server gives; None for another kind."""
        return self.guided.base if self.guided else self.action.base if self.action else None

    @property
    def built_on(self) -> frozenset[str]:
        """Other skills that run inside this one or take over from it: its base and its stances."""
        base = {self.base} if self.base else set()
        base |= self.blended.skills if self.blended else set()
        return frozenset(base | {phase.stance for phase in self.phases}) - {self.name}

    @property
    def streamed(self) -> bool:
        """Whether a program sends its goal values all the time, so that words cannot ask for it; silence ends it."""
        return any(text.split()[0] == SILENCE for text in self.failure)

    def parameter(self, name: str) -> GoalParameter:
        """A goal parameter by name.

        Raises:
            UnknownName: There is no such parameter.
        """
        for parameter in self.goal:
            if parameter.name == name:
                return parameter
        raise UnknownName(f"argument of {self.name}", name, [p.name for p in self.goal])

    def complete(self, arguments: dict[str, Any]) -> dict[str, float | str]:
        """Checks arguments and fills in defaults.

        Raises:
            UnknownName: An argument that the skill does not have.
            DataError: One is missing, of the wrong type or out of range.
        """
        out: dict[str, float | str] = {}
        for name in arguments:
            self.parameter(name)
        for parameter in self.goal:
            value = arguments.get(parameter.name, parameter.default)
            if value is None:
                raise DataError(f"{self.name} needs '{parameter.name}': {parameter.description}")
            out[parameter.name] = parameter.check(value)
        return out

    def numbers(self, arguments: Mapping[str, Any]) -> dict[str, float]:
        """What a policy is told of complete arguments, SI; a choice that is its command by its place, from 1 on."""
        manifest = self.policy.manifest if self.policy is not None else None
        told = {command.name for command in manifest.commands} if manifest is not None else set()
        out: dict[str, float] = {}
        for parameter in self.goal:
            value = arguments[parameter.name]
            if isinstance(value, float):
                out[parameter.name] = value
            elif parameter.type == "choice" and parameter.name in told:
                out[parameter.name] = 1.0 + parameter.choices.index(value)
        return out

    def asked_seconds(self, arguments: Mapping[str, Any]) -> float:
        """For how long a motion of reward terms was asked for, s of task time; infinite for others and without it."""
        told = arguments.get(DURATION) if self.sampled is not None else None
        return told if isinstance(told, float) and told > 0.0 else math.inf

    def phase_at(self, progress: float) -> PhaseSpec:
        """The phase at a progress between 0 and 1."""
        return [phase for phase in self.phases if phase.begins <= progress or phase is self.phases[0]][-1]


def load_skill(folder: Path) -> SkillSpec:
    """Reads ``skill.yaml`` of a skill folder.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(SkillSpec, folder / "skill.yaml")
