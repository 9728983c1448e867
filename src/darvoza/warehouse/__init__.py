"""The warehouse door: the columns executor carried to data that one machine cannot hold."""
