"""Skeletons of rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from vvbscan import UsageError
from vvbscan.dev import scaffold


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(scaffold, "resource_path", lambda *_parts: str(tmp_path))
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "VVB-IMAGE-007-package-cache-left.yaml").write_text("")
    return tmp_path


def test_the_next_free_number_of_the_subject(rules: Path) -> None:
    scaffold.write_skeleton("image", "image-too-large")
    scaffold.write_skeleton("tls", "cipher-too-weak")
    assert "id: VVB-IMAGE-008\n" in (rules / "image" / "VVB-IMAGE-008-image-too-large.yaml").read_text()
    assert (rules / "tls" / "VVB-TLS-001-cipher-too-weak.yaml").is_file()


@pytest.mark.parametrize(
    ("subject", "name", "words"),
    [
        ("Image", "image-too-large", "not a subject"),
        ("../image", "image-too-large", "not a subject"),
        ("image", "large", "not a name"),
        ("image", "image_too_large", "not a name"),
        ("tls", "package-cache-left", "IMAGE-007 already"),
    ],
)
@pytest.mark.usefixtures("rules")
def test_what_cannot_be_a_rule_is_refused(subject: str, name: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        scaffold.write_skeleton(subject, name)
    assert words in str(caught.value)
