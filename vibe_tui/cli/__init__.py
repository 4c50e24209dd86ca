"""The command line: the engine without a screen, for terminals, editors, scripts and CI."""
