"""What ``doctor`` looks at, one subject a file."""
