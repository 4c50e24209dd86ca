"""Slash commands that are about the screen, beside the engine's own from its registry."""

from dataclasses import dataclass

from vibe_tui.commands.registry import all_commands


@dataclass(frozen=True, slots=True)
class FaceCommand:
    """What only a screen can do: an action of the app, with words for completion and palette."""

    action: str
    title: str
    help: str


FACE_COMMANDS = {
    "connect": FaceCommand("offer_models", "Choose a model", "Keys and servers found here"),
    "tour": FaceCommand("start_tour", "Take the tour", "Recorded answers on a sample project"),
    "leave": FaceCommand("leave_tour", "Leave the tour", "Back to your own project"),
    "theme": FaceCommand("change_theme", "Theme", "Change the colours"),
    "keys": FaceCommand("help", "Keys", "What every key does, pane by pane"),
    "screenshot": FaceCommand("screenshot", "Screenshot", "Save the screen as an SVG file"),
    "quit": FaceCommand("quit", "Quit", "Leave vibe-tui"),
}


def engine_commands() -> list[tuple[str, str]]:
    """Name and one line of help of every engine command that can be run."""
    return [(command.name, command.help) for command in all_commands() if command.is_built]


def completions() -> list[tuple[str, str]]:
    """Name and one line of help of everything that a slash can start, by name."""
    faces = [(name, command.help) for name, command in FACE_COMMANDS.items()]
    return sorted((*engine_commands(), *faces))


def face_command(line: str) -> FaceCommand | None:
    """The screen's own command of a typed line, None if it is the engine's."""
    name, _, _ = line.strip().removeprefix("/").partition(" ")
    return FACE_COMMANDS.get(name)
