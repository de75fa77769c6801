"""What happens to words while a robot works: corrections, changes of mind, failures, facts that were told."""
