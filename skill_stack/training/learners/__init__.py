"""Learners and teachers: PPO, cloning, distillation, search."""
