"""Risk profiles in their life: draft, review, in force, withdrawn."""
