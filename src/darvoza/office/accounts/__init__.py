"""Who works here: people, roles, permissions, agencies and posts, sign-in."""
