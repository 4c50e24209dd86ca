"""Proofs of monitoring/."""
