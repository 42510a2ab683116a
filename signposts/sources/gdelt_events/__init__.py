"""GDELT 2.0 event database: the export files of whole days, a file each quarter of an hour."""
