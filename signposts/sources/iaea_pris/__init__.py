"""IAEA, Power Reactor Information System."""
