"""The closed loop: the flow at work in the practice world, scored against the truth."""
