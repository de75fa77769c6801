"""Figures of the connector: its cycle, switching, selection, kills."""
