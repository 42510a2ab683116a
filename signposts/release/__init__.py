"""Release: the published database, its exports and its report, put in place whole or not at all."""
