"""The pages that the report shows, as data of the package."""
