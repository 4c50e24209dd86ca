"""Tests of `intelligence/scan`."""
