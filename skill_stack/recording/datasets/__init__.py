"""Datasets: episodes as LeRobot datasets, Parquet tables, questions with answers, and reached goals."""
