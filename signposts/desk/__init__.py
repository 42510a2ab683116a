"""The desk: from leads to claims, and proof that somebody looked.

Belongs here: feeds and article lists, matching, stories, rank, suggestions, triage, searches, import, the local page.
Not here: the ledger's rules (catalogue), asking publishers of figures (sources), what a reading does to the
probabilities (assess; the page is given a function for it).
"""
