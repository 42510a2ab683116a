"""Dagster and nothing else: assets, checks, jobs, schedules, sensors, resources. The work is in the library."""
