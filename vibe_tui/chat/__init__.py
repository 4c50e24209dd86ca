"""The conversation: prompts, turns, sessions on disk."""
