"""The fleet: every tracker assessed in a process of its own, side by side, and one release made of all parts.

Belongs here: what one pass hands to the trackers' runs and takes back (passes.py), their Dagster skin (steps.py), and
when they run (jobs.py). Not here: what a stage makes, which is the same code as in the job `monitor`.
"""
