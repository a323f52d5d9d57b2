"""Modules of Maven as they take effect."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.maven_support import load, module, place, pom, units, view
from vvbscan.model.node import Node, Unknown

BOM = """\
<dependencyManagement><dependencies><dependency>
  <groupId>com.example.vvb</groupId><artifactId>bill</artifactId><version>12.0.0</version>
  <type>pom</type><scope>import</scope>
</dependency></dependencies></dependencyManagement>
"""
CSV = "<groupId>com.example.tools</groupId><artifactId>csv</artifactId>"


def dependency(body: str) -> str:
    return f"<dependencies><dependency>{body}</dependency></dependencies>\n"


def managed(body: str) -> str:
    return f"<dependencyManagement>{dependency(body)}</dependencyManagement>\n"


def properties(**values: str) -> str:
    members = "".join(f"<{name}>{value}</{name}>\n" for name, value in values.items())
    return f"<properties>\n{members}</properties>\n"


def plugin(body: str, artifact: str = "maven-surefire-plugin") -> str:
    return f"<build><plugins><plugin><artifactId>{artifact}</artifactId>{body}</plugin></plugins></build>\n"


def version_of(files: dict[str, str] | str, path: str = "pom.xml") -> Node:
    (one,) = module(files, path).dependencies
    assert one.requirement is not None
    return one.requirement


def test_a_version_is_that_of_the_property_and_stands_there() -> None:
    version = version_of(pom(properties(csv="2.1") + dependency(f"{CSV}<version>${{csv}}</version>")))
    assert version.value == "2.1"
    assert place(version) == ("pom.xml", 5, "2.1")


def test_a_property_that_several_values_use_is_shown_where_it_is_used() -> None:
    twice = (
        "<dependencies>"
        + "".join(
            f"<dependency><groupId>a.b</groupId><artifactId>{name}</artifactId><version>${{v}}</version></dependency>"
            for name in ("one", "two")
        )
        + "</dependencies>"
    )
    found = [one.requirement for one in module(pom(properties(v="1") + twice)).dependencies]
    assert [place(one)[2] for one in found if one] == ["${v}", "${v}"]
    assert [one.value for one in found if one] == ["1", "1"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${env.CSV}", "environment variable"),
        ("${csv}", "no POM in the tree sets csv"),
        ("${a}", "refers to itself"),
    ],
)
def test_what_is_not_known_is_told(text: str, reason: str) -> None:
    body = properties(a="${b}", b="${a}") + dependency(f"{CSV}<version>{text}</version>")
    value = version_of(pom(body)).value
    assert isinstance(value, Unknown)
    assert reason in value.reason


def test_of_a_partly_unknown_version_the_known_part_decides() -> None:
    (one,) = module(pom(dependency(f"{CSV}<version>${{env.N}}-SNAPSHOT</version>"))).dependencies
    assert one.pinned == "snapshot"


def test_a_child_overrides_the_property_that_its_parent_uses() -> None:
    files = {
        "pom.xml": pom(properties(csv="2.1") + managed(f"{CSV}<version>${{csv}}</version>"), "parent"),
        "api/pom.xml": pom(properties(csv="2.2") + dependency(CSV), "api", parent=True),
    }
    version = version_of(files, "api/pom.xml")
    assert version.value == "2.2"
    assert place(version)[:2] == ("api/pom.xml", 9)


def test_a_parent_is_found_by_its_coordinates_where_no_path_leads_to_it() -> None:
    files = {
        "build/parent/pom.xml": pom(managed(f"{CSV}<version>2.1</version>"), "parent"),
        "api/pom.xml": pom(dependency(CSV), "api", parent=True),
    }
    library_wide = module({**files, "pom.xml": pom("", "other")}, "api/pom.xml")
    assert library_wide.outside is None
    assert version_of(files, "api/pom.xml").value == "2.1"


@pytest.mark.parametrize(
    "written",
    [
        "<parent/>",
        "<parent><groupId>com.example.vvb</groupId><artifactId>parent</artifactId></parent>",
        "<parent><relativePath>..</relativePath></parent>",
    ],
)
def test_a_parent_may_leave_out_what_maven_4_finds_itself(written: str) -> None:
    files = {
        "pom.xml": pom(managed(f"{CSV}<version>2.1</version>"), "parent"),
        "api/pom.xml": f"<project>{written}<artifactId>api</artifactId>{dependency(CSV)}</project>",
    }
    found = module(files, "api/pom.xml")
    assert [one.requirement and one.requirement.value for one in found.dependencies] == ["2.1"]
    assert (found.outside, found.imports) == (None, ())


def test_a_parent_or_dependency_without_a_name_is_none() -> None:
    found = module(f"<project><parent/>{dependency('<groupId>com.example.tools</groupId>')}</project>")
    assert (found.dependencies, found.imports) == ((), ())


def test_another_version_of_the_parent_is_not_the_parent() -> None:
    child = pom(dependency(CSV), "api", parent=True).replace("12.0.0", "11.0.0")
    found = module({"pom.xml": pom("", "parent"), "api/pom.xml": child}, "api/pom.xml")
    assert found.outside is not None
    assert "com.example.vvb:parent:11.0.0" in found.outside.reason
    assert [one.pinned for one in found.dependencies] == ["managed"]
    assert [(one.package, one.scope) for one in found.imports] == [("com.example.vvb:parent", "parent")]


def test_a_bill_of_materials_of_the_tree_manages_with_its_own_properties() -> None:
    files = {
        "bill/pom.xml": pom(properties(csv="2.1") + managed(f"{CSV}<version>${{csv}}</version>"), "bill"),
        "pom.xml": pom(properties(csv="9") + BOM + dependency(CSV)),
    }
    version = version_of(files)
    assert version.value == "2.1"
    assert place(version)[0] == "bill/pom.xml"
    assert ("pom.xml", "bill/pom.xml") in units(files)


def test_the_own_management_comes_before_that_of_a_bill() -> None:
    own = BOM.replace("</dependencies>", f"<dependency>{CSV}<version>3</version></dependency></dependencies>")
    files = {
        "bill/pom.xml": pom(managed(f"{CSV}<version>2.1</version>"), "bill"),
        "pom.xml": pom(own + dependency(CSV)),
    }
    assert version_of(files).value == "3"


def test_parents_are_judged_in_their_children_only() -> None:
    files = {
        "pom.xml": pom("", "parent"),
        "a/pom.xml": pom("", "a", parent=True),
        "b/pom.xml": pom("", "b", parent=True),
    }
    assert units(files) == [("a/pom.xml", "pom.xml"), ("b/pom.xml", "pom.xml")]


def test_parents_of_each_other_are_analysed_all_the_same() -> None:
    files = {
        "pom.xml": pom("", "a", parent=True).replace("parent</artifactId>", "b</artifactId>"),
        "b/pom.xml": pom("", "b", parent=True).replace("parent</artifactId>", "a</artifactId>"),
    }
    assert {path for unit in units(files) for path in unit} == set(files)


def bill(name: str, *imports: str) -> str:
    """A bill of materials that imports others."""
    entries = "".join(
        f"<dependency><groupId>com.example.vvb</groupId><artifactId>{one}</artifactId>"
        "<version>12.0.0</version><type>pom</type><scope>import</scope></dependency>"
        for one in imports
    )
    return pom(f"<dependencyManagement><dependencies>{entries}</dependencies></dependencyManagement>", name)


def test_bills_that_many_import_are_read_once() -> None:
    """Read at each import, 18 levels of two bills would be read 2**18 times."""
    files = {
        f"{side}{level}/pom.xml": bill(f"{side}{level}", f"a{level + 1}", f"b{level + 1}")
        for level in range(18)
        for side in "ab"
    }
    files["a18/pom.xml"] = pom(managed(f"{CSV}<version>2.1</version>"), "a18")
    files["b18/pom.xml"] = bill("b18", "a0")
    files["pom.xml"] = bill("root", "a0").replace("</project>", f"{dependency(CSV)}</project>")
    assert version_of(files).value == "2.1"


@pytest.mark.parametrize(
    ("activation", "active"),
    [
        ("<activeByDefault>true</activeByDefault>", True),
        ("<property><name>!quick</name></property>", True),
        ("<property><name>quick</name></property>", False),
        ("<jdk>21</jdk>", False),
        ("<file><exists>deploy/x</exists></file>", True),
        ("<file><missing>deploy/x</missing></file>", False),
    ],
)
def test_profiles_that_nobody_names(activation: str, active: bool) -> None:  # a case
    profile = (
        f"<profiles><profile><activation>{activation}</activation>{properties(v='2')}</profile></profiles>"
    )
    files = {"pom.xml": pom(properties(v="1") + profile), "deploy/x": ""}
    found = module(files).properties.property("v")
    assert found is not None
    assert found.value == ("2" if active else "1")


def test_what_is_active_by_default_gives_way_to_another_profile() -> None:
    profiles = "".join(
        f"<profile><activation>{activation}</activation>{properties(**{name: '2'})}</profile>"
        for name, activation in (
            ("a", "<activeByDefault>true</activeByDefault>"),
            ("b", "<property><name>!quick</name></property>"),
        )
    )
    found = module(pom(f"<profiles>{profiles}</profiles>")).properties
    assert found.property("a") is None
    assert found.property("b") is not None


def test_configuration_is_merged_element_by_element() -> None:
    files = {
        "pom.xml": pom(plugin("<configuration><a>1</a><b><c>1</c><d>1</d></b></configuration>"), "parent"),
        "api/pom.xml": pom(plugin("<configuration><b><c>2</c></b></configuration>"), "api", parent=True),
    }
    found = module(files, "api/pom.xml").plugins["org.apache.maven.plugins:maven-surefire-plugin"]
    values = [found.configuration.at(*path.split(".")) for path in ("a", "b.c", "b.d")]
    assert [node.value for node in values if node] == ["1", "2", "1"]


def test_combine_self_override_keeps_the_weaker_side_out() -> None:
    files = {
        "pom.xml": pom(plugin("<configuration><b><d>1</d></b></configuration>"), "parent"),
        "api/pom.xml": pom(
            plugin('<configuration><b combine.self="override"><c>2</c></b></configuration>'),
            "api",
            parent=True,
        ),
    }
    found = module(files, "api/pom.xml").plugins["org.apache.maven.plugins:maven-surefire-plugin"]
    assert found.configuration.at("b", "c") is not None
    assert found.configuration.at("b", "d") is None


def test_a_plugin_that_is_not_inherited_stays_with_the_parent() -> None:
    files = {
        "pom.xml": pom(plugin("<inherited>false</inherited>"), "parent"),
        "api/pom.xml": pom("", "api", parent=True),
    }
    assert module(files, "api/pom.xml").plugins == {}


@pytest.mark.parametrize(
    ("text", "pinned"),
    [
        ("1.2.3", "exact"),
        ("[1.2]", "exact"),
        ("[1,2)", "range"),
        ("(,2]", "range"),
        ("[1,1]", "range"),
        ("LATEST", "any"),
        ("RELEASE", "any"),
        ("1.0-SNAPSHOT", "snapshot"),
    ],
)
def test_what_a_version_promises(text: str, pinned: str) -> None:
    (one,) = module(pom(dependency(f"{CSV}<version>{text}</version>"))).dependencies
    assert one.pinned == pinned


def test_the_scope_is_that_of_the_management_where_it_is_not_written() -> None:
    body = managed(f"{CSV}<version>1</version><scope>test</scope>") + dependency(CSV)
    assert [one.scope for one in module(pom(body)).dependencies] == ["test"]


@pytest.mark.parametrize(
    ("body", "java"),
    [
        ("<maven.compiler.release>21</maven.compiler.release>", 21),
        ("<maven.compiler.target>1.8</maven.compiler.target>", 8),
        (
            "<maven.compiler.target>11</maven.compiler.target><maven.compiler.release>17</maven.compiler.release>",
            17,
        ),
        ("<java.version>17</java.version>", None),
    ],
)
def test_the_release_of_java(body: str, java: int | None) -> None:
    (one,) = view("build_module", pom(f"<properties>{body}</properties>"))
    found = one.root.get("java")
    assert (found.value if found else None) == java


@pytest.mark.parametrize(
    ("minimum", "share"),
    [("0.95", 0.95), ("95%", 0.95), ("1", 1.0), ("${v}", 0.9), ("${env.V}", None), ("much", None)],
)
def test_the_coverage_that_a_build_asks_for(minimum: str, share: float | None) -> None:
    limit = f"<limit><counter>LINE</counter><value>COVEREDRATIO</value><minimum>{minimum}</minimum></limit>"
    execution = (
        "<executions><execution><goals><goal>check</goal></goals><configuration><rules><rule><limits>"
        f"{limit}<limit><counter>LINE</counter><value>MISSEDCOUNT</value><minimum>3</minimum></limit>"
        "</limits></rule></rules></configuration></execution></executions>"
    )
    body = plugin(f"<groupId>org.jacoco</groupId>{execution}", "jacoco-maven-plugin")
    (one,) = view("build_module", pom(properties(v="0.9") + body))
    found = one.root.get("line_coverage")
    assert found is not None
    assert isinstance(found.value, Unknown) if share is None else found.value == share
    assert one.root.get("branch_coverage") is None


def test_a_file_that_is_no_pom_is_told_and_has_no_subjects() -> None:
    loaded = load("<settings/>")
    assert [problem.code for one in loaded.parsed for problem in one.problems] == ["maven-no-project"]
    assert view("dependency", "<settings/>") == []


def test_an_element_that_stands_twice_is_told() -> None:
    twice = "<version>2.1</version><version>2.2</version>"
    free = "<properties><a>1</a><a>2</a></properties>" + plugin("<configuration><b/><b/></configuration>")
    text = pom(dependency(CSV + twice) + free + "<modules><module>a</module><module>b</module></modules>")
    (problem,) = (problem for one in load(text).parsed for problem in one.problems)
    assert (problem.level, problem.code) == ("warning", "maven-repeated-element")
    assert text[problem.start :].startswith("<version>2.2")
    assert version_of(text).value == "2.1"


def test_what_was_read_before_an_error_is_kept() -> None:
    text = pom(dependency(f"{CSV}<version>LATEST</version>")).replace("</project>", "</projekt>")
    loaded = load(text)
    assert [problem.level for one in loaded.parsed for problem in one.problems] == ["error"]
    assert [one.pinned for one in module(text).dependencies] == ["any"]


def test_what_an_error_may_have_lost_is_unknown() -> None:
    files = {
        "pom.xml": pom("", "parent").replace("</project>", "</projekt>"),
        "api/pom.xml": pom(plugin(""), "api", parent=True),
    }
    (built,) = view("build_module", files, "api/pom.xml")
    (used,) = view("build_plugin", files, "api/pom.xml")
    for node in (built.root.get("java"), built.root.get("tests_skipped"), used.root.get("version")):
        assert node is not None
        assert isinstance(node.value, Unknown)
        assert "pom.xml" in node.value.reason


FRAGMENTS = st.sampled_from(
    [
        "<parent>", "</parent>", "<groupId>a</groupId>", "<artifactId>a</artifactId>", "<version>${a}</version>",
        "<properties>", "</properties>", "<a>${a}${b}</a>", "<b>${project.version}</b>", "<dependencies>",
        "</dependencies>", "<dependency>", "</dependency>", "<build>", "</build>", "<plugins>", "</plugins>",
        "<plugin>", "</plugin>", "<scope>import</scope>", "<dependencyManagement>", "</dependencyManagement>",
        "<configuration>", "</configuration>", "<skip>true</skip>", "<relativePath/>", "&x;", "\ud800", "<", "\n",
        "<profiles>", "</profiles>", "<profile>", "</profile>", "<version>${project.parent.version}</version>",
    ]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=40), st.lists(FRAGMENTS, max_size=20))
def test_no_text_breaks_it(own: list[str], other: list[str]) -> None:
    files = {
        "pom.xml": "<project>" + "".join(own) + "</project>",
        "a/pom.xml": "<project>" + "".join(other) + "</project>",
    }
    for unit in units(files):
        for name in ("dependency", "dependency_entry", "build_plugin", "build_module", "package_repository"):
            for subject in view(name, files, unit[0]):
                for _, _, node in subject.root.members():
                    assert 0 <= node.start <= node.end <= len(node.source.text.text)
