"""The control process and its supervisor."""
