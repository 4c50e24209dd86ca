"""What would change and what was changed: proposals, diffs, atomic apply, rollback, audit."""
