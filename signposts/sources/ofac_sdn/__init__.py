"""OFAC's list of Specially Designated Nationals, as CSV without a header."""
