"""The embedded model: a small one in a child process of ours, to try the app with."""
