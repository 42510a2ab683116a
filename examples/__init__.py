"""Worked examples, as data of the package: `signposts init --example NAME` copies one."""
