"""Assess: from readings to log ratios, probabilities and what lies ahead."""
