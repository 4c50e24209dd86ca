"""Proofs of the Textual face, through real widgets."""
