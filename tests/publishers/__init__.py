"""Publishers on loopback, for tests: each one's format with invented numbers, and every way to fail."""
