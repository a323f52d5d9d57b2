"""Ends of releases by the tags of images."""

from __future__ import annotations

from datetime import date

import pytest

from vvbscan.checks import support_ends
from vvbscan.checks.support_ends import (
    End,
    end_of_repository,
    end_of_system,
    end_of_tag,
    given_up,
    official_name,
)

AS_OF = date(2026, 11, 15)


def test_every_listed_release_has_ended() -> None:
    days = [day for product in support_ends._PRODUCTS.values() for day in product.ended.values()]
    assert days
    assert all(date.fromisoformat(day) <= AS_OF for day in days)


@pytest.mark.parametrize(
    ("name", "tag", "end"),
    [
        ("node", "14.17.3-alpine", End("Node.js 14", "since 2023-04-30")),
        ("node", "22", None),
        ("node", "24.11-alpine3.23", None),
        ("node", "0.10", End("Node.js 0.10", "since before 2023-04-30")),
        ("node", "lts", None),
        ("python", "3", None),
        ("python", "3.9.2-slim", End("Python 3.9", "since 2025-10-31")),
        ("python", "2.7", End("Python 2.7", "since before 2021-12-23")),
        ("python", "3.13.0rc1", None),
        ("golang", "1", None),
        ("golang", "1.9.4", End("Go 1.9.4", "since before 2023-02-01")),
        ("php", "7-fpm", End("PHP 7", "since before 2023-11-26")),
        ("php", "8", None),
        ("postgres", "9", End("PostgreSQL 9", "since before 2022-11-10")),
        ("postgres", "17.6", None),
        ("debian", "9.13-slim", End("Debian 9", "since 2022-07-01")),
        ("ubuntu", "22.04", None),
        ("amazonlinux", "2018.03", End("Amazon Linux 2018", "since 2023-12-31")),
        ("amazonlinux", "2023", None),
        ("redis", "3.2", None),
        ("eclipse-temurin", "20.0.2_9-jre", End("Java 20", "since 2023-09-19")),
        ("eclipse-temurin", "8-jre", None),
        ("amazoncorretto", "11", None),
        ("fedora", "38", End("Fedora Linux 38", "since 2024-05-21")),
        ("nginx", "1.18.0-alpine", End("nginx 1.18.0", "since before 2025-04-23")),
        ("nginx", "1", None),
        ("mariadb", "10.6.4", End("MariaDB 10.6", "since 2026-07-06")),
        ("mariadb", "10.11", None),
        ("mongo", "4.2", End("MongoDB 4.2", "since before 2024-02-29")),
        ("elasticsearch", "7.17.9", End("Elasticsearch 7", "since 2026-01-15")),
        ("tomcat", "8.5-jre17", End("Tomcat 8", "since 2024-03-31")),
        ("tomcat", "10.1", None),
        ("node", "14\0", None),
    ],
)
def test_a_tag_names_its_release(name: str, tag: str, end: End | None) -> None:
    assert end_of_tag(name, tag) == end


@pytest.mark.parametrize(
    ("tag", "release"),
    [
        ("3.12-buster", "Debian 10 (buster)"),
        ("17-jre-focal", "Ubuntu 20.04 (focal)"),
        ("trusty", "Ubuntu 14.04 (trusty)"),
        ("mantic-20240216", "Ubuntu 23.10 (mantic)"),
        ("8-jdk-wheezy", "Debian 7 (wheezy)"),
        ("20-alpine3.18", "Alpine Linux 3.18"),
        ("21-jre-alpine-3.20", "Alpine Linux 3.20"),
        ("24-alpine3.23", None),
        ("8.0-noble", None),
        ("1.0-filibuster", None),
        ("3.12-alpine", None),
    ],
)
def test_a_tag_names_its_distribution(tag: str, release: str | None) -> None:
    found = end_of_system(tag)
    assert (found and found.release) == release


@pytest.mark.parametrize(
    ("registry", "repository", "name"),
    [
        ("", "node", "node"),
        ("docker.io", "library/node", "node"),
        ("public.ecr.aws", "docker/library/node", "node"),
        ("", "example/node", ""),
        ("registry.example.com", "node", ""),
        ("mcr.microsoft.com", "dotnet/aspnet", "dotnet"),
        ("mcr.microsoft.com", "powershell", ""),
        ("mcr.microsoft.com", "dotnet/core/aspnet", "dotnet"),
        ("docker.elastic.co", "kibana/kibana", "kibana"),
        ("docker.elastic.co", "beats/filebeat", ""),
        ("docker.io", "arm64v8/openjdk", "openjdk"),
        ("registry.example.com", "arm64v8/openjdk", ""),
    ],
)
def test_official_images_are_known_by_their_place(registry: str, repository: str, name: str) -> None:
    assert official_name(registry, repository) == name


def test_images_that_were_given_up() -> None:
    assert given_up("", "openjdk")
    assert given_up("k8s.gcr.io", "pause")
    assert given_up("", "adoptopenjdk/openjdk11")
    assert not given_up("registry.example.com", "openjdk")
    assert not given_up("", "eclipse-temurin")
    assert given_up("docker.io", "jboss/keycloak")
    assert given_up("", "bitnamilegacy/redis", "7.2.4")


def test_bitnami_keeps_up_no_image_with_a_version() -> None:
    assert given_up("", "bitnami/redis", "7.2.4")
    assert not given_up("", "bitnami/redis", "latest")
    assert not given_up("", "bitnami/redis")
    assert not given_up("registry.example.com", "bitnami/redis", "7.2.4")


@pytest.mark.parametrize(
    ("registry", "repository", "tag", "release"),
    [
        ("registry.access.redhat.com", "ubi7/ubi-minimal", "7.9", "Red Hat Enterprise Linux 7"),
        ("registry.access.redhat.com", "ubi8/ubi-minimal", "8.10", None),
        ("registry.example.com", "ubi7/ubi-minimal", "7.9", None),
        ("quay.io", "centos/centos", "stream8", "CentOS Stream 8"),
        ("quay.io", "centos/centos", "stream9", None),
        ("gcr.io", "distroless/java11-debian11", "nonroot", "Debian 11"),
        ("gcr.io", "distroless/java21-debian13", "nonroot", None),
    ],
)
def test_a_repository_names_its_distribution(
    registry: str, repository: str, tag: str, release: str | None
) -> None:
    found = end_of_repository(registry, repository, tag)
    assert (found and found.release) == release
