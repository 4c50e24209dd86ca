"""Tests of `intelligence/context`."""
