"""The keys of Review, and the list of everything that can be done there."""

from typing import Final, NamedTuple

from textual.binding import Binding


class Tool(NamedTuple):
    """Something that a person can do in Review."""

    action: str
    keys: str
    words: str
    """For the footer and the help."""
    tip: str
    """One line on what it does."""
    is_told: bool = False
    """Whether the footer has room for it."""

    @property
    def name(self) -> str:
        """The action without its parameters."""
        return self.action.partition("(")[0]

    @property
    def parameters(self) -> tuple[int, ...]:
        """Those of the action."""
        _, _, rest = self.action.partition("(")
        return (int(rest.removesuffix(")")),) if rest else ()

    @property
    def binding(self) -> Binding:
        """Its key."""
        slug = self.action.replace("(1)", "_next").replace("(-1)", "_previous")
        return Binding(self.keys, self.action, self.words, show=self.is_told, id=f"review.{slug}")


LINE_TOOLS: Final = (
    Tool("accept_lines", "h", "accept lines", "Write the chosen lines alone", is_told=True),
    Tool("reject_lines", "X", "reject lines", "Say no to the chosen lines"),
)
"""While lines are being chosen; they come before what the same keys do otherwise."""
DECIDING: Final = (
    Tool("accept_all", "a", "accept", "Write every open hunk to the project", is_told=True),
    Tool("accept_hunk", "h", "accept hunk", "Write the current hunk alone", is_told=True),
    Tool("accept_file", "f", "accept file", "Write every open hunk of this file"),
    Tool("reject_all", "x", "reject", "Say no to every open hunk", is_told=True),
    Tool("reject_hunk", "X", "reject hunk", "Say no to the current hunk"),
    Tool("reject_file", "F", "reject file", "Say no to every open hunk of this file"),
    Tool("roll_back", "u", "roll back", "Restore what this change replaced", is_told=True),
    Tool("resolve", "r", "both sides", "Settle a conflict: yours beside what is proposed",
         is_told=True),
)  # fmt: skip
CHANGING: Final = (
    Tool("lines", "v", "choose lines", "Choose single lines with ↑ ↓, shift extends"),
    Tool("split", "s", "split hunk", "Divide the hunk, to decide on its parts"),
    Tool("edit", "i", "edit hunk", "Write other new lines for this hunk"),
    Tool("comment", "c", "comment", "Tell the model about it, with your next prompt"),
    Tool("open", "o", "open in editor", "Edit a copy of the proposed file in $EDITOR"),
    Tool("copy", "y", "copy as a patch", "Put the hunk on the clipboard"),
)
READING: Final = (
    Tool("mark", "m", "mark as seen", "Mark the hunk as seen, and go to the next unseen"),
    Tool("go(1)", "n", "next hunk", "Go to the next hunk", is_told=True),
    Tool("go(-1)", "p", "previous hunk", "Go to the previous hunk"),
    Tool("go_file(1)", "right_square_bracket", "next file", "Go to the next file"),
    Tool("go_file(-1)", "left_square_bracket", "previous file", "Go to the previous file"),
    Tool("next_change", "d", "next to review", "Go to the next proposal that waits", is_told=True),
    Tool("context(1)", "plus,equals_sign", "more context", "Show more unchanged lines"),
    Tool("context(-1)", "minus", "less context", "Show fewer unchanged lines"),
    Tool("white_space", "w", "white space", "Hide changes of white space alone, or show them"),
    Tool("layout", "t", "layout", "One column, two columns, or by the width"),
    Tool("zoom", "z", "zoom", "Give Review the whole screen, or share it again"),
)
ELSEWHERE: Final = (
    Tool("auto_accept", "A", "auto-accept", "Accept valid edits of some paths without asking"),
    Tool("earlier", "e", "earlier changes", "Every change, to look at and roll back"),
)
SECTIONS: Final = (
    ("Decide", DECIDING),
    ("Change", CHANGING),
    ("Read", READING),
    ("More", ELSEWHERE),
)
"""Everything that can be done, for the menu."""
TOOLS: Final = tuple(tool for _, tools in SECTIONS for tool in tools)
KEYS: Final = (
    *(
        each.binding
        for tool in TOOLS
        for each in (*(line for line in LINE_TOOLS if line.keys == tool.keys), tool)
    ),
    Binding("enter", "more", "more", id="review.more"),
    Binding("escape", "leave", "back", id="review.leave"),
)
"""The keys of Review; each does what a button, the menu or the mouse does."""


def key_of(tool: Tool) -> str:
    """How a tool's first key is written on the screen."""
    first = tool.keys.partition(",")[0]
    signs = {"right_square_bracket": "]", "left_square_bracket": "[", "plus": "+", "minus": "−"}
    return signs.get(first, first)
