"""World Bank v2: yearly indicators of countries."""
