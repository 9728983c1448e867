"""The administrator: people, posts and agencies, and what the office stands on; never declarations or profiles."""
