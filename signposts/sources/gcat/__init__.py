"""General Catalog of Artificial Space Objects, J. McDowell."""
