"""Tests of `intelligence/files`."""
