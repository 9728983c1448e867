"""Nouns of the control of animals, plants and food: who is competent, what is in force, what was found."""
