"""GDELT DOC 2.0: how many articles a day match a query."""
