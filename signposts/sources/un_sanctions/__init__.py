"""The United Nations Security Council's consolidated list, XML read as a stream."""
