"""Readers of the exports of other projects: each converts its files to a draft of a policy manifest."""
