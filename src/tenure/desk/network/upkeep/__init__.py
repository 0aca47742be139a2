"""What is spent on people, and by which part they play: decider, influencer, user (S8)."""
