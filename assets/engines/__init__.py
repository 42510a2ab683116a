"""Engines beside DuckDB that run the heavy statements of sql/.

Belongs here: the translation of a statement, and the one module that talks to Apache Spark. Not here: which engine runs
(settings), how tables reach it (warehouse), and any statement.
"""
