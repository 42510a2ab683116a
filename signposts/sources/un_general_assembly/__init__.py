"""Votes in the United Nations General Assembly, a file that a person drops into the inbox folder."""
