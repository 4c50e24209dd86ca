"""Tests of `intelligence/analyzers/go`."""
