"""Clauses say which thing and which person is meant; who needs a thing gets it."""

import pytest


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Whoever is in the attic should be given the flask.", ["give flask Tarek"]),
        ("Whoever is in the attic could do with the scarf.", ["give scarf Tarek"]),
        ("The man who is in the attic needs the rope.", ["give rope Tarek"]),
        ("The scarf that somebody left on the rack should be brought to Vroni.", ["give scarf Vroni"]),
        ("The flask which was forgotten on the rack must be given to Mr Abel.", ["give flask Mr_Abel"]),
        ("The rope that's still lying on the rack is to be handed to Tarek.", ["give rope Tarek"]),
        ("Everything in the parlour that is on should be turned off.", ["turn_off gramophone", "turn_off lamp"]),
        ("Turn off all the appliances that are on in the parlour.", ["turn_off gramophone", "turn_off lamp"]),
        ("Vroni needs the novel.", ["give novel Vroni"]),
        ("Tarek has asked for the flask.", ["give flask Tarek"]),
    ],
)
def test_a_clause_says_which_thing_or_person_is_meant(lodge, text, steps):
    assert sorted(lodge(text)) == sorted(steps)


@pytest.mark.parametrize("text", ["Whoever is in the parlour needs the rope.", "Vroni needs the long table."])
def test_nothing_is_brought_where_several_may_be_meant_or_nobody_carries_it(lodge, text):
    assert not any(step.startswith("give") for step in lodge(text))
