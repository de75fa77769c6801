"""The shared block of a robot: flag words and checked records through which processes meet without waiting."""
