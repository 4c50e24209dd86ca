"""Slash commands, one a file: used by the prompt, the palette and the command line alike."""
