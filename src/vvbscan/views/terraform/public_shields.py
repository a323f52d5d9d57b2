"""What keeps the public out of a resource, or lets it in on purpose, beside the policy of the resource."""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import Unknown
from vvbscan.views.terraform.arguments import Targets, argument, boolean
from vvbscan.views.terraform.model import Configuration, Resource

BLOCK: Final = "aws_s3_bucket_public_access_block"


class Buckets:
    """The buckets of S3 of a configuration with their public access blocks and websites."""

    __slots__ = ("_websites", "blocks", "targets")

    def __init__(self, configuration: Configuration) -> None:
        self.targets = Targets(configuration.by_type.get("aws_s3_bucket", ()), "id", "bucket")
        self.blocks: dict[str, Resource] = {}
        """By address of the bucket."""
        self._websites: set[str] = set()
        for block in configuration.by_type.get(BLOCK, ()):
            bucket = self.targets.get(argument(block, "bucket"))
            if bucket is not None:
                self.blocks[bucket.address] = block
        for site in configuration.by_type.get("aws_s3_bucket_website_configuration", ()):
            bucket = self.targets.get(argument(site, "bucket"))
            if bucket is not None:
                self._websites.add(bucket.address)

    def is_website(self, bucket: Resource) -> bool:
        """Whether a bucket is set up as a website."""
        return bucket.address in self._websites or argument(bucket, "website") is not None

    def flag(self, bucket: Resource, name: str) -> bool | Unknown:
        """A flag of the public access block of a bucket; false without one."""
        block = self.blocks.get(bucket.address)
        node = None if block is None else boolean(block, name, default=False)
        return node.value if node is not None and isinstance(node.value, (bool, Unknown)) else False


class Shields:
    """What shuts out the public whatever the policy of a resource says."""

    __slots__ = ("_buckets", "_configuration", "_domains")

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._buckets: Buckets | None = None
        self._domains: dict[str, Targets] = {}

    def of(self, holder: Resource, service: str) -> tuple[bool | Unknown, bool]:
        """Whether the resource of a policy is shielded, and whether it is a website."""
        if service == "s3":
            return self._of_bucket(holder)
        if service == "es":
            return self._of_domain(holder), False
        return False, False

    def _of_bucket(self, holder: Resource) -> tuple[bool | Unknown, bool]:
        if self._buckets is None:
            self._buckets = Buckets(self._configuration)
        buckets = self._buckets
        bucket: Resource | None = holder
        if holder.type != "aws_s3_bucket":
            bucket = buckets.targets.get(argument(holder, "bucket"))
        if bucket is None:
            return Unknown("open", "the bucket of the policy is not in the tree"), False
        return buckets.flag(bucket, "restrict_public_buckets"), buckets.is_website(bucket)

    def _of_domain(self, holder: Resource) -> bool | Unknown:
        """Whether a domain of OpenSearch is in a private network, or asks its users who they are."""
        domain: Resource | None = holder
        kind = holder.type.removesuffix("_policy")
        if kind != holder.type:
            domains = self._domains.get(kind)
            if domains is None:
                resources = self._configuration.by_type.get(kind, ())
                domains = self._domains[kind] = Targets(resources, "domain_name", "id")
            domain = domains.get(argument(holder, "domain_name"))
        if domain is None:
            return Unknown("open", "the domain of the policy is not in the tree")
        if argument(domain, "vpc_options") is not None:
            return True
        asks = boolean(domain, "advanced_security_options", 0, "enabled", default=False)
        return asks.value if asks is not None and isinstance(asks.value, (bool, Unknown)) else False
