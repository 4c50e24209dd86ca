"""Tests of `intelligence/analyzers/javascript`."""
