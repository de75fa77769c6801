"""Guides of two hands of sliding fingers, which know where both are and feel what either holds."""
