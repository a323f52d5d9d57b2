"""View `audit_trail`: what records who changed what in an account."""

from __future__ import annotations

from collections.abc import Iterator

from vvbscan.model.node import Node
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import boolean
from vvbscan.views.terraform.model import Configuration
from vvbscan.views.terraform.subjects import subject


class AuditTrail(NamedTuple):
    """A trail of CloudTrail. View `audit_trail`, fields as named here."""

    component: str
    validated: Node
    """Whether digests are written that tell whether somebody changed a log."""
    recording: Node
    """Whether it records anything."""
    all_regions: Node
    """Whether it records what is done in every region."""


def audit_trails(configuration: Configuration) -> Iterator[Subject]:
    """View `audit_trail`. Record: `AuditTrail`, whose fields are those of the view.

    Source of the defaults: provider documentation of aws_cloudtrail.
    """
    for resource in configuration.by_type.get("aws_cloudtrail", ()):
        validated = boolean(resource, "enable_log_file_validation", default=False)
        recording = boolean(resource, "enable_logging", default=True)
        all_regions = boolean(resource, "is_multi_region_trail", default=False)
        assert validated is not None
        assert recording is not None
        assert all_regions is not None
        record = AuditTrail(resource.type, validated, recording, all_regions)
        members = {
            "component": computed(resource.type, resource.anchor),
            "validated": validated,
            "recording": recording,
            "all_regions": all_regions,
        }
        yield subject("audit_trail", configuration, resource, members, record)
