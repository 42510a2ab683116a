"""The pipeline: gather, observe, assess, publish. The command is in cli.py, the Dagster skin in definitions.py."""
