"""The publishers: a session, an archive, and a module for each that asks and reads one publisher."""
