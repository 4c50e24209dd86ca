"""The widgets; each has its looks in ``styles/widgets/`` under the same name."""
