"""Open proposals as layers over the project, and decisions on them."""
