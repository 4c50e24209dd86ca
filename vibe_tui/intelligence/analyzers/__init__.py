"""One file a language; all of them yield the same ``FileNode``."""
