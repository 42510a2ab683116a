"""UCDP's georeferenced events, a page of a thousand at a time, with a token."""
