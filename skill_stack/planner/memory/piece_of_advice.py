"""PieceOfAdvice: one rule applied to one step, with its facts and arguments."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.planner.memory.features import BY, ActionManner, is_manner
from skill_stack.planner.memory.rule import LearntRule


@dataclass(frozen=True, slots=True)
class PieceOfAdvice:
    """One rule as it applies to one step.

    Attributes:
        rule: The rule.
        literal: The required fact, or None for a bound on an argument.
        manner: The bound, or None for a fact.
    """

    rule: LearntRule
    literal: Literal | None = None
    manner: ActionManner | None = None

    @property
    def told(self) -> str:
        """The reason, for people."""
        e, rule = self.rule.evidence, self.rule
        if rule.strength == "hunch":
            worked = f" and succeeded {e.with_success} time(s) with it" if e.with_success else ""
            return f"a try: {rule.skill} failed {e.without_failure} time(s) without{worked}, and this may be why"
        if rule.origin == "person":
            return "a person said so"
        return f"learnt: {rule.skill} succeeded {e}"


def made_by(step: Step, literal: Literal) -> bool:
    """Whether a step itself achieves a fact, so that it need not come before it."""
    fact = Fact(literal.predicate, literal.arguments)
    return any(one.positive == literal.positive and one.matches(fact) for one in step.effects)


def called(step: Step) -> tuple[str, dict[str, object]]:
    """Skill that a step realises, and its arguments without those of manner."""
    manners = {parameter.name for parameter in step.spec.goal if is_manner(parameter)}
    given = {name: value for name, value in step.arguments.items() if name not in manners}
    return step.spec.realises or step.spec.name, given


def put_in(step: Step, asked: list[tuple[str, dict[str, object]]]) -> bool:
    """Whether a step was inserted for another one."""
    return called(step) not in asked


def advice_for(rule: LearntRule, step: Step) -> PieceOfAdvice:
    """A rule as it applies to a step."""
    manner = ActionManner.parse(rule.condition)
    return (
        PieceOfAdvice(rule, manner=manner)
        if manner
        else PieceOfAdvice(rule, Literal.parse(rule.condition).ground(step.arguments))
    )


def fact_of(rule: LearntRule, step: Step) -> str:
    """The fact that a rule requires of a step, as text; ``None`` as text for a bound on an argument."""
    return str(advice_for(rule, step).literal)


def holds_in(feature: str, features: frozenset[str], step: Step) -> bool:
    """Whether a feature holds of a step, among what is true of it."""
    manner = ActionManner.parse(feature)
    if manner is not None:
        return manner.holds({**step.arguments, BY: step.spec.name})
    return (feature[4:] not in features) if feature.startswith("not ") else feature in features


def free(step: Step, manner: ActionManner) -> bool:
    """Whether an argument was left open: it has its default, and may be chosen by the robot."""
    if manner.parameter == BY:
        return not step.spec.realises and step.spec.name != manner.value
    parameter = next((one for one in step.spec.goal if one.name == manner.parameter), None)
    if parameter is None or not is_manner(parameter) or manner.holds(step.arguments):
        return False
    return step.arguments.get(manner.parameter) == parameter.default
