"""The generated pages say what the code says: ``make docs`` was run after the last change."""

from pathlib import Path

import pytest

from scripts.generate_docs import ROOT, pages


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_page_is_up_to_date(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == pages()[name]


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md", "docs/architecture.md"])
def test_links_between_files_lead_somewhere(page: str) -> None:
    import re

    text = (ROOT / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)|<img [^>]*src=\"([^\"]+)\"", text)
    missing = [
        t for pair in targets for t in pair if t and not (Path(ROOT, page).parent / t).exists()
    ]
    assert missing == []
