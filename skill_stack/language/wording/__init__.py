"""Wording: rewrites conditions, times, repetitions, exceptions and corrections for the grammar."""
