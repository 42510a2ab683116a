"""Financial Action Task Force: countries with a call for action."""
