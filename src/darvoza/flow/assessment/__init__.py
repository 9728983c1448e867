"""Assessment: facts, profiles and model become matches, floors and a score with reasons."""
