"""Publish: from the warehouse's tables to the release and the report that people read, and questions to it.

Belongs here: nothing; importing the package must cost nothing, since `signposts sql` does. The Dagster skin is in
publication.py.
"""
