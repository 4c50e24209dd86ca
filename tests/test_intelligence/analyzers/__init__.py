"""Tests of `intelligence/analyzers`."""
