"""What the tour says when it starts."""

TOUR_PROMPTS = (
    "Fix the discount in @bakery/prices.py",
    "Add a test for the discount",
    "Add a receipt to @bakery/orders.py",
)
"""What the recorded answers are answers to, in the order of the tour."""

WELCOME = f"""\
**A tour of three minutes.** This is a sample project, the bakery. Answers are recorded, so nothing
is spent; the checks, the diffs, accepting and rolling back are real.

1. `{TOUR_PROMPTS[0]}` stands in the prompt: press `enter`. Then accept the change with `f2` and
   look at its row in the map.
2. `{TOUR_PROMPTS[1]}`, and roll it back with `f4` after accepting it.
3. `{TOUR_PROMPTS[2]}` holds a mistake on purpose: see what the check says, and reject it.

`/leave` goes back to your own project.
"""
