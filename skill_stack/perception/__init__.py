"""From looks of a camera to named things in the scene; see ``docs/perception.md``."""
