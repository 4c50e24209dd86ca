"""What the code is: discovery, analyzers, the repository map and its compressed text."""
