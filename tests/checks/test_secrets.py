"""Secrets: which names hold one, which values are one, and that no report repeats it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vvbscan
from vvbscan.catalog.catalog import Catalog
from vvbscan.checks.secret_names import boxes_of, holds_secret
from vvbscan.report import FORMATS, render
from vvbscan.report.options import ReportOptions


@pytest.mark.parametrize(
    "name",
    [
        "DB_PASSWORD", "quarkus.datasource.password", "spring.datasource.hikari.password", "dbPassword", "PGPASSWD",
        "GITHUB_TOKEN", "api-key", "apiKey", "APIKEY", "AWS_SECRET_ACCESS_KEY", "oidc.client-secret",
        "smallrye.jwt.sign.key", "MYSQL_ROOT_PASSWORD", "server.ssl.key-store-password", "PASS", "DBPassword",
        "AZURE_STORAGE_ACCESS_KEY", "MINIO_SECRET_ACCESS_KEY", "LDAP_BIND_PW", "SECRET_KEY_BASE",
    ],
)  # fmt: skip
def test_names_that_hold_a_secret(name: str) -> None:
    assert holds_secret(name, {})


@pytest.mark.parametrize(
    "name",
    [
        "TOKEN_LIFESPAN", "passwordKey", "existingSecret", "secretName", "DB_PASSWORD_FILE", "AWS_ACCESS_KEY_ID",
        "AWS_ACCESS_KEY", "minio.accesskey",
        "quarkus.tls.trust-store.p12.password", "javax.net.ssl.trustStorePassword", "PASSWORD_MIN_LENGTH",
        "quarkus.kubernetes.env.mapping.db-password.from-secret", "MARIADB_RANDOM_ROOT_PASSWORD",
        "MYSQL_ALLOW_EMPTY_PASSWORD", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
        "key", "bypass", "COMPASS", "token.url", "credentials-provider", "public-key", "cache.key",
    ],
)  # fmt: skip
def test_names_that_only_speak_of_one(name: str) -> None:
    assert not holds_secret(name, {})


def test_names_can_be_allowed() -> None:
    assert not holds_secret("PAGE_TOKEN", {"allowed_names": ["PAGE_TOKEN"]})


@pytest.mark.parametrize(
    ("name", "box"),
    [("quarkus.datasource.password", "2.8.1"), ("MAPS_API_KEY", "2.8.2"), ("smallrye.jwt.sign.key", "2.8.3"),
     ("quarkus.oidc.credentials.secret", "2.8.4"), ("server.ssl.key-store-password", "2.8.5")],
)  # fmt: skip
def test_the_box_is_that_of_the_secret(name: str, box: str) -> None:
    assert boxes_of(name) == (box,)


SENDGRID = "SG.abcdefghijklmnopqrstuv." + "0123456789" * 4 + "abc"


def findings(name: str, value: str) -> list[str]:
    text = f"FROM eclipse-temurin:21.0.9_10-jre\nENV {name}='{value}'\n"
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-SECRET-002",)))
    result = vvbscan.scan_text(text, "dockerfile", config, today="2026-01-01")
    assert not result.notices
    return [text[finding.location.start : finding.location.end].strip("'") for finding in result.findings]


@pytest.mark.parametrize(
    "value",
    [
        "", "true", "/run/secrets/db", "file:/run/db", "vault:secret/db#password", "ENC(abc)", "{cipher}abc", "<password>",
        "$2a$10$abcdefghijklmnopqrstuv", "__DB_PASSWORD__", "{{ db.password }}", "*****", "xxxx", "your-password-here", "set-later-placeholder",
        "1", "0", "DB_PASSWORD_VALUE", "-----BEGIN RSA PRIVATE KEY-----\\n...\\n-----END RSA PRIVATE KEY-----",
        '{"passwordSecretName": "db", "password": "${DB}", "of": [["none"]]}',
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db", "https://vault.example.com/v1/db", "REDACTED",
    ],
)  # fmt: skip
def test_what_stands_in_for_a_secret_is_none(value: str) -> None:
    assert findings("DB_PASSWORD", value) == []


@pytest.mark.parametrize(
    "value",
    [
        "changeme",
        "12345",
        "Herbst-2025",
        "s3cr3t with blanks",
        "password",
        '{"password": "s3cr3t"}',
        "{not json}",
        "pa$word1",
        "P@$$w0rd",
        "Your_password123",
    ],
)
def test_a_literal_is_one(value: str) -> None:
    assert findings("DB_PASSWORD", value) == [value]


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        ("AKIAQ3EGSJ7X2MPLEK4D", "AKIAQ3EGSJ7X2MPLEK4D"),
        ("token ghp_0123456789abcdefghijklmnopqrstuvwxyz", "ghp_0123456789abcdefghijklmnopqrstuvwxyz"),
        ("postgres://app:Herbst2025@db.example.com/app", "Herbst2025"),
        ("jdbc:postgresql://db.example.com/app?user=app&password=Herbst2025&ssl=true", "Herbst2025"),
        ("-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----"),
        ("redis://:Herbst2025@cache:6379/0", "Herbst2025"),
        ("-Xmx1g -Dspring.datasource.password=Herbst2025", "Herbst2025"),
        ("-Xmx1g -Djavax.net.ssl.keyStorePassword=Herbst2025 -Da=b", "Herbst2025"),
        ("host=db user=app password=Herbst2025 dbname=app", "Herbst2025"),
        ('a.PlainLoginModule required username="a" password="Herbst2025";', "Herbst2025"),
        ("AccountName=vvb;AccountKey=SGVyYnN0LTIwMjU=;EndpointSuffix=core.windows.net", "SGVyYnN0LTIwMjU="),
        (SENDGRID, SENDGRID),
        ("npm_0123456789abcdefghijklmnopqrstuvwxyz", "npm_0123456789abcdefghijklmnopqrstuvwxyz"),
        ("https://hooks.slack.com/services/T0123ABCD/B0123ABCD/abcdefghijklmnopqrstuvwx",
         "https://hooks.slack.com/services/T0123ABCD/B0123ABCD/abcdefghijklmnopqrstuvwx"),
    ],
)  # fmt: skip
def test_some_are_known_by_their_form(value: str, secret: str) -> None:
    assert findings("SETTING", value) == [secret]


@pytest.mark.parametrize(
    "value",
    [
        "https://db.example.com:5432/app",
        "postgres://app:${PW}@db/app",
        "redis://cache:6379",
        "AKIAIOSFODNN7EXAMPLE",
        "https://example.com/reset?password=<your password>",
        "-Djavax.net.ssl.trustStorePassword=changeit",
        "-Ddb.password=${DB_PASSWORD} -Dspring.profiles.active=prod",
        "password=true secret=/run/secrets/db",
        "password=%s pwd=$PWD_OF_DB secret=#{secret} api-key=[key]",
        "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
        '{"passwordSecretName": "db", "password": ""}',
    ],
)
def test_what_only_looks_like_one(value: str) -> None:
    assert findings("SETTING", value) == []


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("postgres://app:Herbst2025@${HOST}/app", "Herbst2025"),
        ("postgres://${DB_USER}:Herbst2025@${HOST}/app", "Herbst2025"),
        ("host=${HOST} password=Herbst2025", "Herbst2025"),
        ("host=db password=Herbst${YEAR}", None),
        ("postgres://app:${PASSWORD}@${HOST}/app", None),
    ],
)
def test_what_is_known_of_a_value_is_enough(url: str, secret: str | None) -> None:
    text = f"services:\n  api:\n    image: vvb/approval:12.0.0\n    environment:\n      DATABASE: {url}\n"
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-SECRET-002",)))
    result = vvbscan.scan_text(text, "compose", config, today="2026-01-01")
    found = [text[finding.location.start : finding.location.end] for finding in result.findings]
    assert found == ([] if secret is None else [secret])


def test_a_document_that_is_too_deep_is_taken_for_a_secret() -> None:
    deep = '{"a":' + "[" * 50_000
    assert findings("DB_PASSWORD", deep) == [deep]


@pytest.mark.parametrize("name", FORMATS)
def test_no_report_repeats_a_secret(name: str) -> None:
    written = "Herbst-2025-vvb"
    text = f"FROM eclipse-temurin:21-jre\nENV DB_PASSWORD={written}\n"
    result = vvbscan.scan_text(text, "dockerfile", today="2026-01-01")
    report = render(name, result, ReportOptions(texts=Catalog.load().text))
    assert "VVB-SECRET-002" in report
    assert written not in report


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("field", "written"), [("stringData", "Herbst-2025-vvb"), ("data", "SGVyYnN0LTIwMjU=")]
)
def test_no_report_repeats_what_a_secret_holds(name: str, field: str, written: str) -> None:
    text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: db}}\n{field}:\n  password: {written}\n"
    result = vvbscan.scan_text(text, "kubernetes", today="2026-01-01")
    report = render(name, result, ReportOptions(texts=Catalog.load().text))
    assert "VVB-SECRET-003" in report
    assert written not in report


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "setting",
    [
        "quarkus.datasource.password=${DB_PASSWORD:Herbst-2025-vvb}",
        "quarkus.redis.hosts=redis://${CACHE:cache}:6379?password=Herbst-2025-vvb",
    ],
)
def test_no_report_repeats_a_secret_on_the_way_to_it(name: str, setting: str) -> None:
    text = f"quarkus.application.name=web\n{setting}\n"
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-SECRET-001",)))
    result = vvbscan.scan_text(text, "application", config, today="2026-01-01")
    report = render(name, result, ReportOptions(texts=Catalog.load().text))
    assert "VVB-SECRET-001" in report
    assert "so its default" in report
    assert "Herbst-2025-vvb" not in report


@given(st.text(max_size=30), st.text(max_size=60))
def test_no_name_or_value_breaks_the_check(name: str, value: str) -> None:
    text = f"a.{name}.password={value}\nquarkus.application.name=x\n"
    result = vvbscan.scan_text(text, "application", today="2026-01-01")
    assert not [notice for notice in result.notices if notice.code == "internal-error"]


@pytest.mark.parametrize(
    "default",
    ['"Herbst-2025"', r'"Herbst\"2025"', "<<EOT\nHerbst-2025\nEOT"],
    ids=["plain", "escaped", "heredoc"],
)
def test_no_report_repeats_a_secret_that_comes_through_a_variable(default: str) -> None:
    text = f"""\
variable "password" {{
  default = {default}
}}

resource "aws_db_instance" "approval" {{
  password = var.password
}}

resource "aws_db_instance" "audit" {{
  password = var.password
}}
"""
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-SECRET-005",)))
    result = vvbscan.scan_text(text, "terraform", config, today="2026-01-01")
    assert len(result.findings) == 2
    assert all(finding.related for finding in result.findings)
    for name in FORMATS:
        report = render(name, result, ReportOptions(texts=Catalog.load().text))
        assert "Herbst" not in report


@pytest.mark.parametrize("name", FORMATS)
def test_no_other_finding_on_its_line_shows_a_secret(name: str) -> None:
    text = """\
resource "aws_ecs_task_definition" "approval" {
  container_definitions = "[{\\"image\\": \\"a\\", \\"environment\\": [{\\"name\\": \\"PASSWORD\\", \\"value\\": \\"Herbst-2025\\"}]}]"
}
"""
    config = vvbscan.Config(
        selection=vvbscan.Selection(select=("VVB-SECRET-002", "VVB-IMAGE-001", "VVB-LOG-003"))
    )
    result = vvbscan.scan_text(text, "terraform", config, today="2026-01-01")
    assert len(result.findings) == 3
    assert "Herbst" not in render(name, result, ReportOptions(texts=Catalog.load().text))


@pytest.mark.parametrize("name", FORMATS)
def test_no_report_repeats_a_secret_of_a_command(name: str) -> None:
    text = """\
FROM redis:8.2.1
RUN git clone https://vvb:Herbst-2025@git.example.com/vvb/lib.git \\
 && make -C lib
RUN ./register --token "Herbst-2025-token"
CMD ["redis-server", "--requirepass", "Herbst-2025-redis"]
"""
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-SECRET-009",)))
    result = vvbscan.scan_text(text, "dockerfile", config, today="2026-01-01")
    assert [finding.location.line for finding in result.findings] == [2, 4, 5]
    report = render(name, result, ReportOptions(texts=Catalog.load().text))
    assert "VVB-SECRET-009" in report
    assert "Herbst" not in report
