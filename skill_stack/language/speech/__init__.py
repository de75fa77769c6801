"""What the robot is to say in any words: found in what people say, and given to the skills that speak."""
