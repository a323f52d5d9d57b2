"""View `terraform_resource`: every resource by its type, with its arguments."""

from __future__ import annotations

from collections.abc import Iterator

from vvbscan.model.subject import Subject
from vvbscan.views.records import computed
from vvbscan.views.terraform.model import TerraformModel
from vvbscan.views.terraform.subjects import subject


def terraform_resources(model: TerraformModel) -> Iterator[Subject]:
    """The managed resources. Record: `Resource`.

    Fields: `type`, `name`, `address`, and `attributes`, the mapping of its arguments and nested blocks.
    """
    for configuration in model.configurations:
        for resource in configuration.resources:
            if resource.mode != "managed":
                continue
            anchor = resource.anchor
            members = {
                "type": computed(resource.type, anchor),
                "name": computed(resource.name, anchor),
                "address": computed(resource.address, anchor),
                "attributes": resource.root,
            }
            yield subject("terraform_resource", configuration, resource, members, resource)
