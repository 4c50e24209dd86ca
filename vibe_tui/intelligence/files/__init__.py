"""Which files a project has: listed by git or walked, judged one by one, read safely."""
