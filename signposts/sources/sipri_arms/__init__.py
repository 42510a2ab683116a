"""SIPRI's register of arms transfers, from an address that its own pages use."""
