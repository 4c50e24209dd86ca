"""Tests of `intelligence/graph`."""
