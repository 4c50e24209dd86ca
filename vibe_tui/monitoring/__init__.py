"""How fast, how large and how well cached the program is, and the log that tells what happened."""
