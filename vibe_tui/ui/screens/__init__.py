"""The screens: the main one, the first run, the help of the keys, and the preview of a file."""
