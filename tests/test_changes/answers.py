"""Answers as models write them, each with the edits that it means."""

from vibe_tui.changes.model import (
    Edit,
    FilePatch,
    PatchHunk,
    RefusedEdit,
    SearchReplace,
    WholeFile,
)

BLOCK = """\
<<<<<<< SEARCH
old
=======
new
>>>>>>> REPLACE
"""
EDIT = SearchReplace("src/a.py", "old\n", "new\n")
A = "src/a.py"

ANSWERS: dict[str, tuple[str, list[Edit | RefusedEdit]]] = {
    "path before the fence": (f"Sure.\n\nsrc/a.py\n```python\n{BLOCK}```\nDone.\n", [EDIT]),
    "path inside the fence": (f"```python\nsrc/a.py\n{BLOCK}```\n", [EDIT]),
    "path as a comment inside": (f"```python\n# src/a.py\n{BLOCK}```\n", [EDIT]),
    "path in the info string": (f"```python src/a.py\n{BLOCK}```\n", [EDIT]),
    "no fence": (f"src/a.py\n{BLOCK}", [EDIT]),
    "blank line between": (f"src/a.py\n\n```\n{BLOCK}```", [EDIT]),
    "path in bold": (f"**src/a.py**\n{BLOCK}", [EDIT]),
    "path in backticks": (f"`src/a.py`:\n```\n{BLOCK}```", [EDIT]),
    "path in a heading": (f"### `src/a.py`\n```\n{BLOCK}```", [EDIT]),
    "path with a label": (f"File: **`src/a.py`**\n```\n{BLOCK}```", [EDIT]),
    "path in a list": (f"1. **src/a.py:**\n```\n{BLOCK}```", [EDIT]),
    "path with a dot in front": (f"./src/a.py\n{BLOCK}", [EDIT]),
    "path in a sentence": (f"Now change `src/a.py` a little:\n```\n{BLOCK}```", [EDIT]),
    "two files in a sentence": (
        f"Like `src/a.py` does for `src/b.py`:\n{BLOCK}",
        [
            RefusedEdit(
                "", "A SEARCH block names no file: write its path alone on the line before it"
            )
        ],
    ),
    "known name without suffix": (
        f"Makefile\n{BLOCK}",
        [SearchReplace("Makefile", "old\n", "new\n")],
    ),
    "path outside is refused later": (
        f"../../etc/passwd\n{BLOCK}",
        [SearchReplace("../../etc/passwd", "old\n", "new\n")],
    ),
    "no path": (
        f"Change this:\n{BLOCK}",
        [
            RefusedEdit(
                "", "A SEARCH block names no file: write its path alone on the line before it"
            )
        ],
    ),
    "two blocks in one fence": (
        f"src/a.py\n```python\n{BLOCK}\n{BLOCK}```\n",
        [EDIT, EDIT],
    ),
    "two files in one fence": (
        f"```\nsrc/a.py\n{BLOCK}src/b.py\n{BLOCK}```\n",
        [EDIT, SearchReplace("src/b.py", "old\n", "new\n")],
    ),
    "a comment between blocks": (f"```python src/a.py\n{BLOCK}# and\n{BLOCK}```\n", [EDIT, EDIT]),
    "blocks side by side": (f"src/a.py\n{BLOCK}\n{BLOCK}", [EDIT, EDIT]),
    "fences side by side": (f"src/a.py\n```\n{BLOCK}```\n\n```\n{BLOCK}```\n", [EDIT, EDIT]),
    "text between blocks ends the path": (
        f"src/a.py\n{BLOCK}\nAnd now something else.\n{BLOCK}",
        [
            EDIT,
            RefusedEdit(
                "", "A SEARCH block names no file: write its path alone on the line before it"
            ),
        ],
    ),
    "a new path in every fence's info": (
        f"```python src/a.py\n{BLOCK}```\ntext\n```python src/b.py\n{BLOCK}```\n",
        [EDIT, SearchReplace("src/b.py", "old\n", "new\n")],
    ),
    "empty search": (
        "src/new.py\n<<<<<<< SEARCH\n=======\nx = 1\n>>>>>>> REPLACE\n",
        [SearchReplace("src/new.py", "", "x = 1\n")],
    ),
    "empty replace": (
        "src/a.py\n<<<<<<< SEARCH\nold\n=======\n>>>>>>> REPLACE\n",
        [SearchReplace(A, "old\n", "")],
    ),
    "crlf": (f"src/a.py\n```python\n{BLOCK}```\n".replace("\n", "\r\n"), [EDIT]),
    "indented in a list": (
        "- src/a.py\n  ```python\n"
        + "".join(f"  {line}\n" for line in BLOCK.splitlines())
        + "  ```\n",
        [EDIT],
    ),
    "block of a README with fences": (
        "README.md\n<<<<<<< SEARCH\n```\nls\n```\n=======\n```sh\nls\n```\n>>>>>>> REPLACE\n",
        [SearchReplace("README.md", "```\nls\n```\n", "```sh\nls\n```\n")],
    ),
    "divider in the text": (
        "src/a.rst\n<<<<<<< SEARCH\nTitle\n=======\nT\n=======\n>>>>>>> REPLACE\n",
        [SearchReplace("src/a.rst", "Title\n", "T\n=======\n", (("Title\n=======\nT\n", ""),))],
    ),
    "divider of another length is text": (
        "src/a.rst\n<<<<<<< SEARCH\nTitle\n=====\n=======\nT\n=\n>>>>>>> REPLACE\n",
        [SearchReplace("src/a.rst", "Title\n=====\n", "T\n=\n")],
    ),
    "longer markers": (
        "src/a.md\n<<<<<<<<< SEARCH\n>>>>>>> REPLACE\n=======\n=========\nx\n>>>>>>>>> REPLACE\n",
        [SearchReplace("src/a.md", ">>>>>>> REPLACE\n=======\n", "x\n")],
    ),
    "sloppy divider": (
        "src/a.py\n<<<<<<< SEARCH\nold\n======\nnew\n>>>>>> REPLACE\n",
        [EDIT],
    ),
    "no divider": (
        "src/a.py\n<<<<<<< SEARCH\nold\n>>>>>>> REPLACE\n",
        [RefusedEdit(A, "A SEARCH block has no line of ======= before REPLACE: add it")],
    ),
    "block cut off": (
        "src/a.py\n```\n<<<<<<< SEARCH\nold\n=======\nne",
        [RefusedEdit(A, "The answer ended inside this edit: send the whole block again")],
    ),
    "block without end before the next": (
        f"src/a.py\n<<<<<<< SEARCH\nold\n=======\nnew\n{BLOCK}",
        [RefusedEdit(A, "The answer ended inside this edit: send the whole block again"), EDIT],
    ),
    "whole file by info": ("```python src/a.py\nx = 1\n```\n", [WholeFile(A, "x = 1\n")]),
    "whole file by path only": ("```src/a.py\nx = 1\n```\n", [WholeFile(A, "x = 1\n")]),
    "whole file by language:path": ("```py:src/a.py\nx\n```\n", [WholeFile(A, "x\n")]),
    "whole file by title": ('```py title="src/a.py"\nx\n```\n', [WholeFile(A, "x\n")]),
    "whole file by file=": ("```py {file=src/a.py}\nx\n```\n", [WholeFile(A, "x\n")]),
    "whole file by the line before": ("src/a.py:\n\n```\nx\n```\n", [WholeFile(A, "x\n")]),
    "whole file, known name": ("```make Makefile\nall:\n```\n", [WholeFile("Makefile", "all:\n")]),
    "whole file, name with space": (
        "```text my notes/to do.txt\nx\n```\n",
        [WholeFile("my notes/to do.txt", "x\n")],
    ),
    "whole file, empty": ("```python src/__init__.py\n```\n", [WholeFile("src/__init__.py", "")]),
    "whole file with longer fence": (
        "````markdown docs/a.md\n```sh\nls\n```\n```\nx\n```\n````\n",
        [WholeFile("docs/a.md", "```sh\nls\n```\n```\nx\n```\n")],
    ),
    "whole file in tildes": (
        "~~~ docs/a.md\n```\nx\n```\n~~~\n",
        [WholeFile("docs/a.md", "```\nx\n```\n")],
    ),
    "whole file with named inner fences": (
        "```markdown docs/a.md\n# T\n```sh\nls\n```\nmore\n```\n",
        [WholeFile("docs/a.md", "# T\n```sh\nls\n```\nmore\n")],
    ),
    "whole file with indented inner fences": (
        "```python src/a.py\ndef f():\n    '''\n    ```\n    x\n    ```\n    '''\n```\n",
        [WholeFile(A, "def f():\n    '''\n    ```\n    x\n    ```\n    '''\n")],
    ),
    "whole file in a list": (
        "  ```python src/a.py\n  def f():\n      pass\n  ```\n",
        [WholeFile(A, "def f():\n    pass\n")],
    ),
    "whole file cut off": (
        "```python src/a.py\nx = 1\ny =",
        [RefusedEdit(A, "The answer ended inside this edit: send the whole block again")],
    ),
    "a fence with SEARCH is no whole file": (
        f"```python src/a.py\nprint()\n{BLOCK}rest\n```\n",
        [EDIT],
    ),
    "closing fence is the last line": ("```python src/a.py\nx\n```", [WholeFile(A, "x\n")]),
    "only a language": ("For example:\n```python\nx = 1\n```\n", []),
    "no info": ("Like so:\n\n```\nsrc/a.py\n```\n", []),
    "dotted language": ("```asp.net\nx\n```\n", []),
    "a version is no path": ("```python 3.11\nx\n```\n", []),
    "prose with a path before": ("See src/a.py for that.\n```python\nx\n```\n", []),
    "abbreviation before": ("e.g.\n```python\nx\n```\n", []),
    "url before": ("https://example.org/a.py\n```\nx\n```\n", []),
    "inline code fence": ("```x = 1``` src/a.py\nx\n", []),
    "folder": ("```sh src/\nls\n```\n", []),
    "illustration cut off": ("```python\nx = ", []),
    "diff": (
        "```diff\n--- a/src/a.py\n+++ b/src/a.py\n@@ -1,2 +1,2 @@\n x\n-old\n+new\n```\n",
        [FilePatch(A, A, (PatchHunk(1, (" x", "-old", "+new")),))],
    ),
    "diff named by the line before": (
        "src/a.py\n```diff\n@@ @@\n-old\n+new\n```\n",
        [FilePatch(A, A, (PatchHunk(None, ("-old", "+new")),))],
    ),
    "diff without header or numbers": (
        "```diff src/a.py\n-old\n+new\n```\n",
        [FilePatch(A, A, (PatchHunk(None, ("-old", "+new")),))],
    ),
    "diff of markdown": (
        "```diff\n--- a/r.md\n+++ b/r.md\n@@ -1,3 +1,3 @@\n ```\n-old\n+new\n ```\n```\n",
        [FilePatch("r.md", "r.md", (PatchHunk(1, (" ```", "-old", "+new", " ```")),))],
    ),
    "diff of a document about blocks": (
        "```diff\n--- a/r.md\n+++ b/r.md\n@@ -1,2 +1,2 @@\n <<<<<<< SEARCH\n-old\n+new\n```\n",
        [FilePatch("r.md", "r.md", (PatchHunk(1, (" <<<<<<< SEARCH", "-old", "+new")),))],
    ),
    "illustrative diff": ("Roughly:\n```diff\n-old\n+new\n```\n", []),
    "diff cut off": (
        "```diff\n--- a/src/a.py\n+++ b/src/a.py\n@@ -1,2 +1,2 @@\n x\n-ol",
        [RefusedEdit(A, "The answer ended inside this edit: send the whole block again")],
    ),
    "unnamed diff cut off": (
        "```diff\n@@ -1 +1 @@\n-o",
        [RefusedEdit("", "The answer ended inside this edit: send the whole block again")],
    ),
    "unnamed diff": (
        "```diff\n@@ -1 +1 @@\n-o\n+n\n```\n",
        [RefusedEdit("", "The diff names no file: write --- and +++ lines above it")],
    ),
    "blocks in a diff fence": (f"```diff\nsrc/a.py\n{BLOCK}```\n", [EDIT]),
    "plain prose": ("Nothing to change.\n", []),
    "nothing": ("", []),
}
KNOWN = frozenset({"src/a.py", "src/b.py", "Makefile", "my notes/to do.txt", "README.md"})


def is_path(word: str) -> bool:
    """The test that the chat gives: known, or with a slash or a dot and no spaces."""
    if word in KNOWN:
        return True
    return " " not in word and ("/" in word.strip("/") or "." in word[1:-1])
