"""Wikidata: who holds an office."""
