"""Proofs of the words that every room speaks: foreign text, events, errors."""
