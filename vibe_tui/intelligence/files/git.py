"""The one safe way to run git: a repository is foreign, and its own config must start nothing.

git takes orders from the repository it reads: fsmonitor, hooks, clean filters, text converters,
external diffs, pagers, signature checkers, and transports that fetch missing objects of a partial
clone. Each is closed here by settings that outrank the repository's, by options, or by the
environment; only commands that read are let through.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vibe_tui.foreign import clean_line
from vibe_tui.intelligence.errors import GitFailedError, GitUnusableError

DEFAULT_TIMEOUT_S: Final = 30.0

_INHERITED: Final = (
    "HOME",
    "XDG_CONFIG_HOME",
    "TMPDIR",
    "SUDO_UID",
    "GIT_CEILING_DIRECTORIES",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_GLOBAL",
    "SYSTEMROOT",
    "USERPROFILE",
)
"""What git may know of the person: where their settings are. No keys, no ``GIT_DIR``."""

_SENTINEL: Final = "vibe-tui.guarded"
_SETTINGS: Final = (
    (_SENTINEL, "true"),
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.pager", "cat"),
    ("core.sshCommand", os.devnull),
    ("credential.helper", ""),
    ("diff.external", ""),
    ("log.showSignature", "false"),
    ("gpg.program", os.devnull),
    ("gpg.openpgp.program", os.devnull),
    ("gpg.x509.program", os.devnull),
    ("gpg.ssh.program", os.devnull),
    ("gpg.ssh.defaultKeyCommand", ""),
    ("protocol.allow", "never"),
    ("safe.bareRepository", "explicit"),
    ("submodule.recurse", "false"),
    ("status.submoduleSummary", "false"),
)

_DIFF_OPTIONS: Final = ("--no-ext-diff", "--no-textconv", "--ignore-submodules=all")
_COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "cat-file": (),
    "check-ignore": (),
    "diff": _DIFF_OPTIONS,
    "diff-files": _DIFF_OPTIONS,
    "diff-index": _DIFF_OPTIONS,
    "diff-tree": _DIFF_OPTIONS,
    "log": (*_DIFF_OPTIONS, "--no-show-signature"),
    "ls-files": (),
    "ls-tree": (),
    "merge-base": (),
    "rev-list": (),
    "rev-parse": (),
    "show": (*_DIFF_OPTIONS, "--no-show-signature"),
    "status": ("--ignore-submodules=all",),
    "symbolic-ref": (),
}
"""Commands that only read, each with the options that close its own doors."""

_NOTHING_FOUND: Final = {"check-ignore": 1}
"""Exit statuses that are answers, by command."""

_PATHS_ALONE: Final = ("check-ignore",)
"""Commands that take paths and no patterns, and refuse the option that says so."""

_UNUSABLE_WORDS: Final = (
    (b"not a git repository", "no git repository"),
    (b"dubious ownership", "the repository belongs to another user, so git does not open it"),
    (b"must be run in a work tree", "the git repository has no work tree here"),
    (b"cannot use bare repository", "the git repository is bare"),
)


@dataclass(frozen=True, slots=True)
class GitStatus:
    """Where a work tree stands. ``branch`` is foreign text; a detached HEAD has its short hash."""

    branch: str
    changed: int
    """Rows that ``git status --short`` would print: changed, staged, unmerged and new paths."""


def git_program() -> str | None:
    """Find git by absolute ``PATH`` entries alone, so that no project can bring its own."""
    return shutil.which("git", path=_search_path())


def run_git(
    root: Path, *args: str, given: bytes = b"", timeout_s: float = DEFAULT_TIMEOUT_S
) -> bytes:
    """Run one reading git command in a folder without running anything the folder brings.

    Args:
        root: The folder to run in.
        args: A command of those that only read, and its arguments.
        given: What git reads from its standard input.
        timeout_s: Seconds until git is killed.

    Returns:
        What git wrote to its standard output.

    Raises:
        GitUnusableError: There is no git program, or no repository that git would open.
        GitFailedError: git failed or took too long.
        ValueError: The command is not one of those that only read.
    """
    command, *rest = args
    if command not in _COMMANDS:
        raise ValueError(f"git {command} is not among the commands that only read")
    filters = _filter_overrides(root, timeout_s)
    words = (command, *_COMMANDS[command], *rest)
    return _run(root, words, (*_SETTINGS, *filters), timeout_s, given)


def git_status(root: Path, timeout_s: float = DEFAULT_TIMEOUT_S) -> GitStatus | None:
    """Tell the branch and the number of changed paths of the work tree that holds a folder.

    Clean filters (such as Git LFS) do not run, so a file under one counts as changed when its
    time stamp moved, even if its content did not.

    Args:
        root: A folder, perhaps below the top of the work tree.
        timeout_s: Seconds until git is killed.

    Returns:
        None outside git, without git, or where git distrusts the repository's owner.

    Raises:
        GitFailedError: git failed or took too long.
    """
    try:
        output = run_git(
            root,
            "status",
            "--porcelain=v2",
            "--branch",
            "--untracked-files=normal",
            "-z",
            timeout_s=timeout_s,
        )
    except GitUnusableError:
        return None
    return _parse_status(output)


def _parse_status(output: bytes) -> GitStatus:
    branch, commit, changed = "", "", 0
    records = iter(output.split(b"\0"))
    for record in records:
        kind = record[:1]
        if record.startswith(b"# branch.oid "):
            commit = record[13:].decode("utf-8", "replace")
        elif record.startswith(b"# branch.head "):
            branch = record[14:].decode("utf-8", "replace")
        elif kind in (b"1", b"2", b"u", b"?"):
            changed += 1
            if kind == b"2":
                next(records, None)  # a rename's former path follows as a record of its own
    return GitStatus(commit[:7] if branch == "(detached)" else branch, changed)


def _filter_overrides(root: Path, timeout_s: float) -> tuple[tuple[str, str], ...]:
    """Settings that switch off every content filter that any config file in reach names."""
    listing = ("config", "--includes", "--list", "--name-only", "-z")
    keys = _run(root, listing, _SETTINGS, timeout_s).split(b"\0")
    if _SENTINEL.encode() not in keys:
        raise GitUnusableError("git is older than 2.31 and cannot be run safely", "update git")
    drivers = {key[: key.rindex(b".")] for key in keys if key.startswith(b"filter.")}
    return tuple(
        (f"{os.fsdecode(driver)}.{setting}", value)
        for driver in sorted(drivers)
        for setting, value in (("clean", ""), ("process", ""), ("smudge", ""), ("required", "0"))
    )


def _run(
    root: Path,
    args: tuple[str, ...],
    settings: tuple[tuple[str, str], ...],
    timeout_s: float,
    given: bytes = b"",
) -> bytes:
    program = git_program()
    if program is None:
        raise GitUnusableError("git was not found", "install git, or map without it")
    options: tuple[str, ...] = ("--no-pager", "--no-optional-locks")
    if args[0] not in _PATHS_ALONE:
        options += ("--literal-pathspecs",)
    try:
        outcome = subprocess.run(  # noqa: S603 - an absolute program, no shell
            (program, *options, *args),
            cwd=root,
            env=_environment(settings),
            input=given,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GitFailedError(f"git {args[0]} took over {timeout_s:g} s in {root}") from error
    except OSError as error:
        raise GitUnusableError(f"git could not start in {root}: {error.strerror}") from error
    if outcome.returncode not in (0, _NOTHING_FOUND.get(args[0], 0)):
        raise _failure(root, args[0], outcome.returncode, outcome.stderr)
    return outcome.stdout


def _failure(root: Path, command: str, exit_status: int, stderr: bytes) -> GitFailedError:
    for words, meaning in _UNUSABLE_WORDS:
        if words in stderr:
            return GitUnusableError(f"{meaning}: {root}")
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    said = clean_line(lines[-1]) if lines else f"exit status {exit_status}"
    return GitFailedError(f"git {command} failed in {root}", said)


def _environment(settings: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """An environment of git's own. Settings travel here: names may hold ``=``, ``-c`` splits it."""
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    environment |= {
        "PATH": _search_path(),
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ASKPASS": os.devnull,
        "SSH_ASKPASS": os.devnull,
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_CONFIG_COUNT": str(len(settings)),
    }
    for number, (key, value) in enumerate(settings):
        environment[f"GIT_CONFIG_KEY_{number}"] = key
        environment[f"GIT_CONFIG_VALUE_{number}"] = value
    return environment


def _search_path() -> str:
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(entry for entry in entries if Path(entry).is_absolute())
