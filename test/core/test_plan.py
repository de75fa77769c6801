from skill_stack.core.plan import Plan, PlanNode


def skill(name, **arguments):
    return PlanNode("skill", skill=name, arguments=arguments)


def test_repeats_are_unrolled_and_conditions_make_the_steps_incomplete():
    tree = PlanNode("sequence", (PlanNode("repeat", (skill("turn", angle=1.0),), arguments={"count": 2}), skill("sit")))
    plan = Plan("p1", "turn twice and sit", "plan", tree)
    data = plan.to_json()
    assert [step["skill"] for step in data["steps"]] == ["turn", "turn", "sit"]
    assert data["steps"][0]["arguments"] == {"angle": 1.0}
    assert data["steps_complete"] is True
    maybe = Plan("p2", "…", "plan", PlanNode("sequence", (PlanNode("condition", (skill("sit"),)),)))
    assert maybe.to_json()["steps_complete"] is False


def test_a_refusal_has_no_steps():
    data = Plan("p", "fly", "refusal", reason="I cannot fly").to_json()
    assert data["steps"] == [] and data["tree"] is None and data["steps_complete"] is False
    assert set(data) == {"id", "status", "tree", "steps", "steps_complete", "facts", "reason"}
