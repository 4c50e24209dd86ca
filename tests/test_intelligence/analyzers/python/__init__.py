"""Tests of `intelligence/analyzers/python`."""
