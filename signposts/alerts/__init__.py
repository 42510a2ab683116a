"""Alerts: what somebody must hear of, sent once to each address."""
