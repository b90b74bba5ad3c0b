"""How fast footage becomes tracklets in the database, with real workers, against a plain loop over every frame."""
