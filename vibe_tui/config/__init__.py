"""The one schema of settings, loading in layers, saving, and where things live on this machine."""
