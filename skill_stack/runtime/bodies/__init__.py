"""Episodes of whole-body tasks: what was done, and how, on simulator truth; learners and suites share them."""
