"""The recorder measured: what it loses and costs, killed, and on disks that fail."""
