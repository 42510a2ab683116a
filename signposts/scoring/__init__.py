"""The scoring method: pure functions on numpy arrays; no files, no clock, no tables."""
