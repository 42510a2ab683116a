"""The statements and their dictionary, as data of the package."""
