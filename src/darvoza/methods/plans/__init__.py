"""Plans that remember: how much of a stream to examine, given what was found in it before."""
