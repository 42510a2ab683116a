"""Keeps score of published scenarios: dated claims in, probabilities and a report out."""
