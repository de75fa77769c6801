"""The processes of a deployment: started, watched, reported on and ended."""
