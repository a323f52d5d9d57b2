"""Versions of TLS behind the names of policies, as the clouds list them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan.views.terraform.tls_versions import (
    api_gateway_versions,
    cloudfront_versions,
    elb_versions,
    opensearch_versions,
)

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
ELB = {
    "TLS13-1-3-2021-06": "1.3",
    "TLS13-1-3-FIPS-2023-04": "1.3",
    "TLS13-1-3-PQ-2025-09": "1.3",
    "TLS13-1-3-FIPS-PQ-2025-09": "1.3",
    "TLS13-1-2-2021-06": "1.2 1.3",
    "TLS13-1-2-Res-2021-06": "1.2 1.3",
    "TLS13-1-2-Ext1-2021-06": "1.2 1.3",
    "TLS13-1-2-Ext2-2021-06": "1.2 1.3",
    "TLS13-1-2-FIPS-2023-04": "1.2 1.3",
    "TLS13-1-2-Ext0-FIPS-PQ-2025-09": "1.2 1.3",
    "TLS13-1-2-Res-PQ-2025-09": "1.2 1.3",
    "TLS13-1-1-2021-06": "1.1 1.2 1.3",
    "TLS13-1-1-FIPS-2023-04": "1.1 1.2 1.3",
    "TLS13-1-0-2021-06": "1.0 1.1 1.2 1.3",
    "TLS13-1-0-PQ-2025-09": "1.0 1.1 1.2 1.3",
    "2016-08": "1.0 1.1 1.2",
    "TLS-1-0-2015-04": "1.0 1.1 1.2",
    "TLS-1-1-2017-01": "1.1 1.2",
    "TLS-1-2-2017-01": "1.2",
    "TLS-1-2-Ext-2018-06": "1.2",
    "FS-2018-06": "1.0 1.1 1.2",
    "FS-1-1-2019-08": "1.1 1.2",
    "FS-1-2-2019-08": "1.2",
    "FS-1-2-Res-2020-10": "1.2",
}
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
CLOUDFRONT = {
    "SSLv3": "1.0 1.1 1.2 1.3",
    "TLSv1": "1.0 1.1 1.2 1.3",
    "TLSv1_2016": "1.0 1.1 1.2 1.3",
    "TLSv1.1_2016": "1.1 1.2 1.3",
    "TLSv1.2_2018": "1.2 1.3",
    "TLSv1.2_2021": "1.2 1.3",
    "TLSv1.2_2025": "1.2 1.3",
    "TLSv1.3_2025": "1.3",
}
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
API_GATEWAY = {
    "TLS_1_0": "1.0 1.1 1.2 1.3",
    "TLS_1_2": "1.2 1.3",
    "SecurityPolicy_TLS13_1_3_2025_09": "1.3",
    "SecurityPolicy_TLS13_1_3_FIPS_2025_09": "1.3",
    "SecurityPolicy_TLS13_1_2_2021_06": "1.2 1.3",
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09": "1.2 1.3",
    "SecurityPolicy_TLS13_2025_EDGE": "1.3",
    "SecurityPolicy_TLS12_2018_EDGE": "1.2 1.3",
    "SecurityPolicy_TLS12_PFS_2025_EDGE": "1.2 1.3",
}


@pytest.mark.parametrize(("policy", "versions"), ELB.items())
def test_elastic_load_balancing(policy: str, versions: str) -> None:
    assert elb_versions(f"ELBSecurityPolicy-{policy}") == tuple(versions.split())


@pytest.mark.parametrize(("policy", "versions"), CLOUDFRONT.items())
def test_cloudfront(policy: str, versions: str) -> None:
    assert cloudfront_versions(policy) == tuple(versions.split())


@pytest.mark.parametrize(("policy", "versions"), API_GATEWAY.items())
def test_api_gateway(policy: str, versions: str) -> None:
    assert api_gateway_versions(policy) == tuple(versions.split())


def test_opensearch() -> None:
    assert opensearch_versions("Policy-Min-TLS-1-0-2019-07") == ("1.0", "1.1", "1.2", "1.3")
    assert opensearch_versions("Policy-Min-TLS-1-2-PFS-2023-10") == ("1.2", "1.3")


@pytest.mark.parametrize(
    "policy", ["", "ELBSecurityPolicy-", "Custom", "TLS13-1-3-2021-06", "TLSv2", "TLS_1_3"]
)
def test_what_no_list_has_is_not_known(policy: str) -> None:
    readers = (elb_versions, cloudfront_versions, api_gateway_versions, opensearch_versions)
    assert [read(policy) for read in readers] == [None] * len(readers)


@given(st.text(alphabet="ELBSecurityPolicy-TLSFv0123_.", max_size=40))
def test_versions_are_without_gaps(policy: str) -> None:
    for read in (elb_versions, cloudfront_versions, api_gateway_versions, opensearch_versions):
        versions = read(policy)
        if versions is not None:
            minors = [int(version[2:]) for version in versions]
            assert minors == list(range(minors[0], minors[-1] + 1))
