"""UCDP candidate events, the files without a token."""
