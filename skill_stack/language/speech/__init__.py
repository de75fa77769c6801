"""Speech: free text for the robot to say, passed to speaking skills."""
