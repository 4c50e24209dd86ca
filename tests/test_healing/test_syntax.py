"""SYNTAX says yes, no or "not checked", by each language's real parser, with the place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.healing.model import Problem, ValidationStrategy
from vibe_tui.healing.validator import CodeValidator
from vibe_tui.healing.validators.syntax import check_for, language_of

GOOD = {
    "python": "def f(a, /, *, b: int = 1) -> int:\n match a:\n  case _:\n   return b\n",
    "javascript": "export const f = async (a) => <b>{a?.b ?? 1}</b>;\n",
    "typescript": "type A<T> = { [k in keyof T]: T[k] };\nlet x = <number>1;\n",
    "tsx": "const f = <T,>(x: T) => <b title='a'>{x as any}</b>;\n",
    "go": "package main\n\nfunc main() { for i := range 10 { println(i) } }\n",
    "json": '{"a": [1, 2.5, null]}',
    "toml": "[a]\nb = 1979-05-27\n",
}
BAD = {
    "python": ("x = 1\nif x = 1:\n    pass\n", 2),
    "javascript": ("let a = 1;\nfunction f( {\n", 2),
    "typescript": ("let a: number = 1;\nlet b: = 2;\n", 2),
    "tsx": ("const a = 1;\nconst f = <b>{a</b>;\n", 2),
    "go": ("package main\n\nfunc main() {\n\tx := [1, 2}\n}\n", 4),
    "json": ('{"a": 1,\n "b": }', 2),
    "toml": ("a = 1\na = 2\n", None),
}


@pytest.fixture
def validator(project: Path) -> CodeValidator:
    return CodeValidator(project)


@pytest.mark.parametrize("language", GOOD)
async def test_what_parses_is_valid(validator: CodeValidator, language: str) -> None:
    result = await validator.validate_syntax(GOOD[language], language)
    assert result.strategy is ValidationStrategy.SYNTAX
    assert result.is_valid is True, result.errors
    assert result.errors == ()
    assert result.tool
    assert result.command
    assert result.execution_time >= 0


@pytest.mark.parametrize("language", BAD)
async def test_what_does_not_parse_says_where(validator: CodeValidator, language: str) -> None:
    code, line = BAD[language]
    result = await validator.validate_syntax(code, language)
    assert result.is_valid is False
    first = result.errors[0]
    assert first.line is None if line is None else abs((first.line or 0) - line) <= 1
    assert first.message
    assert first.line_text.endswith(first.message)


async def test_python_finds_what_a_mere_parse_lets_pass(validator: CodeValidator) -> None:
    result = await validator.validate_syntax("x = 1\nreturn x\n", "python")
    assert result.is_valid is False
    assert "outside function" in result.errors[0].message


@pytest.mark.parametrize("code", ["x = '\\d'\n", "assert (1, 'always true')\n", "1 is 1\n"])
async def test_a_warning_is_no_error(validator: CodeValidator, code: str) -> None:
    assert (await validator.validate_syntax(code, "python")).is_valid is True


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "(" * 5000),
        ("python", "-" * 200_000 + "1"),
        ("python", "x = 1\0\n"),
        ("json", "[" * 200_000),
        ("toml", "a = " + "[" * 100_000),
        ("go", "package main\nfunc " + "{" * 20_000),
    ],
)
async def test_hostile_nesting_is_an_error_and_no_crash(
    validator: CodeValidator, language: str, code: str
) -> None:
    result = await validator.validate_syntax(code, language)
    assert result.is_valid is False
    assert 1 <= len(result.errors) <= 20


@pytest.mark.parametrize("language", ["", "ruby", "markdown"])
async def test_an_unknown_language_is_skipped_never_valid(
    validator: CodeValidator, language: str
) -> None:
    result = await validator.validate_syntax("anything", language)
    assert result.is_valid is None
    assert result.skipped is not None
    assert "no syntax check" in result.skipped


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a.py", "python"), ("a.pyi", "python"), ("a.js", "javascript"), ("a.jsx", "javascript"),
        ("a.ts", "typescript"), ("a.tsx", "tsx"), ("a.go", "go"), ("a.json", "json"),
        ("a.toml", "toml"), ("tsconfig.json", ""), (".vscode/settings.json", ""), ("README.md", ""),
        ("Makefile", ""),
    ],
)  # fmt: skip
def test_the_path_decides_the_check(path: str, language: str) -> None:
    assert language_of(path) == language
    assert (check_for(language) is None) == (language == "")


async def test_a_file_is_checked_in_its_own_encoding(validator: CodeValidator) -> None:
    latin = "# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1")
    assert (await validator.validate_file_syntax("a.py", latin)).is_valid is True
    assert (await validator.validate_file_syntax("a.py", b"name = '\xe9'\n")).is_valid is False
    bom = b"\xef\xbb\xbfx = 1\n"
    assert (await validator.validate_file_syntax("a.py", bom)).is_valid is True
    skipped = await validator.validate_file_syntax("a.js", b"let x = '\xe9'\n")
    assert skipped.skipped == "the text is not UTF-8"
    assert (await validator.validate_file_syntax("a.md", b"# hi")).is_valid is None


def test_a_problem_reads_as_one_line() -> None:
    assert Problem(3, 5, "F821", "undefined name").line_text == "3:5 F821 undefined name"
    assert Problem(None, None, "", "broken").line_text == "broken"


@given(st.text(max_size=60))
def test_any_text_gets_an_answer_from_every_check(code: str) -> None:
    for language in GOOD:
        check = check_for(language)
        assert check is not None
        assert all(problem.message for problem in check.run(code))
