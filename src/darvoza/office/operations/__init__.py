"""Operations: whether the office is well, what it counts, what it logs, how it is backed up and what is deleted."""
