"""The archive of open-market rial rates."""
