"""What somebody wishes to be done, or is due to him, is done; what stands beside it is not."""

import pytest


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("I'd like the fan turned on and the hatch closed.", ["turn_on fan", "close hatch"]),
        ("We want the gramophone to be off and the window to be open.", ["turn_off gramophone", "open window"]),
        ("What I need now is the attic swept and the long table wiped.", ["sweep attic", "wipe long_table"]),
        ("Tarek needs the rope and Vroni wants the scarf brought to her.", ["give rope Tarek", "give scarf Vroni"]),
        ("The novel is Tarek's. He should get it before supper.", ["give novel Tarek"]),
        ("Mr Abel is to be given the flask.", ["give flask Mr_Abel"]),
        ("The scullery and the attic have to be swept.", ["sweep scullery", "sweep attic"]),
        ("The flask needs to be put down on the rack.", ["lay flask rack"]),
        ("I want the rope to be taken from the rack and put in the chest.", ["lay rope chest"]),
    ],
)
def test_a_wish_that_says_what_is_to_be_done_is_an_order(lodge, text, steps):
    assert sorted(lodge(text)) == sorted(steps)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Neither the attic nor the scullery needs sweeping, but the parlour does.", ["sweep parlour"]),
        ("The lamp must be turned off, but the gramophone need not.", ["turn_off lamp"]),
        ("The attic doesn't need to be swept, but the parlour does.", ["sweep parlour"]),
        ("The parlour needs sweeping, but the attic does not.", ["sweep parlour"]),
        ("From the rack take the rope, and from the long table the novel, and give both to Tarek.",
         ["give rope Tarek", "give novel Tarek"]),
        ("The scarf goes to Vroni and the rope to Tarek.", ["give scarf Vroni", "give rope Tarek"]),
        ("The flask goes in the chest, the scarf on the long table and the novel on the rack.",
         ["lay flask chest", "lay scarf long_table", "lay novel rack"]),
    ],
)  # fmt: skip
def test_what_a_clause_leaves_out_is_taken_from_the_other(lodge, text, steps):
    assert sorted(lodge(text)) == sorted(steps)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Give Tarek, who is up in the attic, the rope.", ["give rope Tarek"]),
        ("Tarek, who is in the attic, is asking for the scarf.", ["give scarf Tarek"]),
        ("Put the novel in the chest, which you should open first.", None),
        ("Decorate the parlour: put the scarf on the long table and turn on the lamp.", None),
    ],
)  # fmt: skip
def test_clauses_beside_an_order_only_tell(lodge, text, steps):
    done = lodge(text)
    assert steps is None or sorted(done) == sorted(steps)
    assert not {"turn_off lamp", "close chest", "give flask Mr_Abel"} & set(done)


@pytest.mark.parametrize("text", ["Vroni likes the scarf and the rope.", "The bus goes to the attic."])
def test_what_is_no_such_wish_moves_nothing(lodge, text):
    assert lodge(text) in (["statement"], ["question"], ["refusal"])


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Tarek is cold and would be glad of a scarf; take him one.", ["give scarf Tarek"]),
        ("Vroni is up now. Hand her the flask, then go back to close the hatch.", ["give flask Vroni", "close hatch"]),
        ("Sweeping the attic is your next job, and after it comes the scullery.", ["sweep attic", "sweep scullery"]),
        ("Don't greet Tarek, but do greet Vroni and tell her that supper is ready.",
         ["greet Vroni", "tell Vroni supper is ready"]),
    ],
)  # fmt: skip
def test_orders_in_other_forms(lodge, text, steps):
    assert sorted(lodge(text)) == sorted(steps)


def test_an_order_with_an_unknown_verb_is_not_left_out(lodge):
    assert lodge("Massage Vroni and then sweep the attic.") == ["refusal"]
    assert lodge("Vaccinate Tarek and sweep the attic.") == ["refusal"]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("The rope and the novel are in the hall. Tarek needs both of them.", ["give rope Tarek", "give novel Tarek"]),
        ("Both the rope and the flask go to Mr Abel.", ["give rope Mr_Abel", "give flask Mr_Abel"]),
        ("Close both the hatch and the window.", ["close hatch", "close window"]),
    ],
)
def test_both_is_each_of_two_that_are_named(lodge, text, steps):
    assert lodge(text) == steps
