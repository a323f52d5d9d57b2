"""Which versions stand before their release."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

import vvbscan
from vvbscan.checks.dependencies import is_pre_release


def found(text: str, format_: str) -> int:
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-DEP-005",)))
    return len(vvbscan.scan_text(text, format_, config).findings)


@pytest.mark.parametrize(
    ("version", "before"),
    [
        ("1.0-alpha-1", True), ("1.0-beta2", True), ("3.0.0-M1", True), ("3.2.0.CR1", True), ("3.2.0.Beta3", True),
        ("4.0.0-rc-1", True), ("21-ea+7", True), ("2.0-preview", True), ("1.0-RC1-jre", True),
        ("33.4.0-jre", False), ("6.6.0.Final", False), ("1.0.0.RELEASE", False), ("20240303", False),
        ("2.0-m2e", False), ("42.7.4.jre8", False), ("1.0.mail", False), ("1.2-devices", False), ("9.4.56.v20240826", False),
    ],
)  # fmt: skip
def test_of_maven(version: str, before: bool) -> None:
    text = (
        "<project><groupId>a</groupId><artifactId>b</artifactId><version>1</version><dependencies><dependency>"
        f"<groupId>c</groupId><artifactId>d</artifactId><version>{version}</version>"
        "</dependency></dependencies></project>"
    )
    assert found(text, "maven") == before


VERSIONS = st.tuples(
    st.sampled_from(["1", "1.0", "2!1.0", "0.0.1", "2025.1"]),
    st.sampled_from(["", "a1", "b2", "rc1", ".rc1", "-alpha.1", "_beta", "c1", "preview1", "-pre2", "A1"]),
    st.sampled_from(["", ".post1", "-1"]),
    st.sampled_from(["", ".dev1", "dev"]),
    st.sampled_from(["", "+local.1"]),
).map("".join)


@given(VERSIONS)
def test_of_python_as_packaging_sees_it(version: str) -> None:
    assert is_pre_release("pypi", f"!=0, >= {version},<9.0.0a0") == Version(version).is_prerelease


@pytest.mark.parametrize(
    ("ecosystem", "versions", "before"),
    [
        ("pypi", ">=2,<3.0.0a0", False),
        ("pypi", "!=2.0rc1", False),
        ("pypi", "~=2.0rc1", True),
        ("pypi", "nonsense", False),
        ("npm", "^1.0.0-beta.1", True),
        ("npm", "1.0.0-rc.1 || ^2.0.0", True),
        ("npm", ">=1.0.0 <2.0.0-0", False),
        ("npm", "1.0.0 - 2.0.0", False),
        ("npm", "latest", False),
        ("golang", "v0.0.0-20240303000000-8f1d5c0b6a9e", False),
    ],
)
def test_ranges(ecosystem: str, versions: str, before: bool) -> None:
    assert is_pre_release(ecosystem, versions) is before
