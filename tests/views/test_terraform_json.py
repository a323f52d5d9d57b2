"""Modules and values as JSON."""

from __future__ import annotations

import json

from views.terraform_support import configuration, place, resources, told, value
from vvbscan.views.terraform.arguments import argument, items


def test_a_module_as_json() -> None:
    module = {
        "//": "a comment",
        "variable": {"size": {"default": 3, "type": "number"}},
        "locals": {"name": "web-${var.size}"},
        "resource": {
            "aws_instance": {
                "web": {
                    "count": 2,
                    "ami": "${local.name}-${count.index}",
                    "tags": {"Name": "web"},
                    "metadata_options": {"http_tokens": "optional"},
                    "ebs_block_device": [{"encrypted": False}, {"encrypted": True}],
                    "lifecycle": {"ignore_changes": ["ami"], "prevent_destroy": True},
                }
            }
        },
        "module": {"log": {"source": "./log", "days": "${var.size}"}},
        "terraform": {"backend": {"s3": {"bucket": "state"}}},
        "provider": {"aws": {"region": "eu-central-1"}},
    }
    files = {
        "main.tf.json": json.dumps(module, indent=2),
        "log/main.tf": 'variable "days" {}\nresource "x" "y" {\n  days = var.days\n}\n',
        "terraform.tfvars.json": '{"size": 5}\n',
    }
    found = resources(files)
    assert list(found) == ["aws_instance.web[0]", "aws_instance.web[1]", "module.log.x.y"]
    second = found["aws_instance.web[1]"]
    assert value(second.get("ami")) == "web-5-1"
    assert value(found["module.log.x.y"].get("days")) == 5
    assert value(second.get("metadata_options", 0, "http_tokens")) == "optional"
    assert value(argument(second, "metadata_options", 0, "http_tokens")) == "optional"
    assert len(items(second, "metadata_options").nodes) == 1
    assert value(second.get("ebs_block_device", 1, "encrypted")) is True
    assert value(second.get("tags")) == {"Name": "web"}
    assert place(second.get("metadata_options", 0, "http_tokens")) == 'main.tf.json: "optional"'
    assert place(found["module.log.x.y"].get("days")).startswith("main.tf.json: ")
    assert told(files) == []
    settings = [(one.kind, one.name) for one in configuration(files).settings]
    assert sorted(settings) == [("backend", "s3"), ("provider", "aws"), ("terraform", "")]
