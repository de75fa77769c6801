"""Speech: free text for the robot to say, found in words and passed to speaking skills."""
