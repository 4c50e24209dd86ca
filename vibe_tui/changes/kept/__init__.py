"""What is kept on the disk beside the project: contents, proposals, the audit."""
