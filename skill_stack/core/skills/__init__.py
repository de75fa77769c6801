"""Skills as data: ``skill.yaml`` with its parts, policy manifests, results, and the library of a robot."""
