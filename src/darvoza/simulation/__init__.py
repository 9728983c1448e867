"""A world to practise in: trade with planted offences and known truth."""
