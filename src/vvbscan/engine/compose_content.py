"""Whether a file that only its content tells for one of Compose is one."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern

_SERVICES: Final = lazy_pattern(rb"(?m)^services[ \t]*:[ \t]*(?:#.*)?\r?$")
_LINE: Final = lazy_pattern(rb"([ \t]*)(?:[\"']?([A-Za-z0-9_.<-]+)[\"']?[ \t]*:(?=\s|$))?")
_MAKES_A_SERVICE: Final = frozenset({b"image", b"build", b"extends", b"provider", b"<<"})
_ATTRIBUTES: Final = frozenset(
    b"annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs"
    b" container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares"
    b" cpus cpuset credential_spec depends_on deploy develop device_cgroup_rules devices dns dns_opt"
    b" dns_search domainname driver_opts entrypoint env_file environment expose extends external_links"
    b" extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels links"
    b" logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode"
    b" networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop"
    b" privileged profiles provider pull_policy pull_refresh_after read_only restart runtime scale"
    b" secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs"
    b" tty ulimits use_api_socket user userns_mode uts volume_driver volumes volumes_from working_dir".split()
)
"""Attributes of services (Compose specification, `05-services.md`, and the formats before it)."""


def describes_compose(content: bytes) -> bool:
    """Whether `services` is a mapping of what Compose can run.

    Others have services too: a list of them is for another platform, and so is one that neither runs nor
    builds an image and has attributes that Compose refuses. A service that runs an image may have a misspelt
    one.
    """
    start = _SERVICES.search(content)
    if start is None:
        return False
    of_services = of_attributes = -1
    attributes: set[bytes] = set()
    for line in content[start.end() :].split(b"\n"):
        bare = line.strip()
        if not bare or bare.startswith(b"#"):
            continue
        if not line.startswith((b" ", b"\t")):
            if bare.startswith(b"- "):
                return False
            break
        match = _LINE.match(line)
        assert match is not None, "every line has an indentation, if only an empty one"
        indentation, name = len(match[1]), match[2]
        if of_services < 0:
            if bare.startswith(b"- "):
                return False
            of_services = indentation
        if indentation <= of_services:
            if _is_foreign(attributes):
                return False
            attributes, of_attributes = set(), -1
            continue
        if of_attributes < 0:
            of_attributes = indentation
        if indentation == of_attributes and name is not None:
            attributes.add(name)
    return not _is_foreign(attributes)


def _is_foreign(attributes: set[bytes]) -> bool:
    """Whether the attributes of one service are those of something else."""
    others = {name for name in attributes - _ATTRIBUTES if not name.startswith(b"x-")}
    return bool(others) and attributes.isdisjoint(_MAKES_A_SERVICE)
