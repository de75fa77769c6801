"""How orders are put: when, if, how often and without what, brought into the form that the grammar reads."""
