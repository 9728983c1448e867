"""Sign-in with the service of an administration (OpenID Connect, the flow with a code): out to it, back from it, who it was."""
