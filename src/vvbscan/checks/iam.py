"""Checks of what policies of AWS allow, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.operators import shown
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject
from vvbscan.views.terraform.arguments import Items, is_made
from vvbscan.views.terraform.policies import (
    IDENTITY,
    TRUST,
    PolicyAttachment,
    PolicyStatement,
    effect_of,
)
from vvbscan.views.terraform.policy_documents import Condition, Statement

_ANY_ACTION: Final = frozenset({"*", "*:*"})
_ANY_RESOURCE: Final = lazy_pattern(r"\*+|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*+")
_SERVICE: Final = lazy_pattern(r"([A-Za-z0-9-]+):\*+")
_GUIDELESS: Final = frozenset(
    {"ce", "ec2messages", "freetier", "health", "pricing", "ssmmessages", "support", "tag", "xray"}
)
"""Services hardly any action of which can be limited to a resource (Service Authorization Reference)."""
_READS_SECRETS: Final = {
    "secretsmanager": ("*", "get*", "getsecret*", "getsecretvalue"),
    "ssm": ("*", "get*", "getparameter*", "getparameter", "getparameters", "getparametersbypath"),
}
_BOUNDS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalserviceorgid",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "aws:username",
        "aws:vpcsourceip",
        "kms:calleraccount",
        "lambda:eventsourcetoken",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
"""Condition keys that name who may, in small letters: the keys with which Amazon S3 takes a policy for not
public, and their counterparts of other services (Amazon S3 User Guide, Blocking public access: the meaning of
"public"; AWS IAM User Guide, global condition context keys)."""
_NOT_BOUNDING: Final = ("Not", "Null", "Bool", "IfExists", "ForAllValues")
"""Parts of operators that hold for whoever lacks the key, or for all but a few (AWS IAM User Guide, condition
operators: IfExists; set operators: ForAllValues)."""
_SUBJECTS: Final = (":sub", ":job_workflow_ref", ":repository", ":repository_id", ":namespace_path", ":oaud")
"""Ends of the condition keys that name one identity of a provider."""
_ANY_SUBJECT: Final = lazy_pattern(
    r"\*+|(?:repo|project_path):[^/*]*\*[^/]*(?:/.*)?|system:serviceaccount:\*+:\*+"
)
"""Patterns of subjects that others can meet: `repo:example*` is met by an organisation `example-evil`."""
_OIDC: Final = lazy_pattern(
    r"token\.actions\.githubusercontent\.com|oidc\.eks\.|gitlab|app\.terraform\.io|circleci"
)
"""Providers whose tokens anyone, or any workload of a cluster, can get."""
_ADMINISTRATORS: Final = lazy_pattern(
    r"arn:[a-z-]+:iam::aws:policy/(AdministratorAccess|IAMFullAccess|PowerUserAccess)"
)
_ANONYMOUS: Final = frozenset({"s3", "sns", "sqs"})
"""Services that take requests which nobody has signed, where `"*"` lets in people without an account too
(AWS IAM User Guide, AWS JSON policy elements: Principal)."""
_BOXES: Final = {"ecr": ("2.7.10",), "secretsmanager": ("2.8.8",), "kms": ("2.8.8",)}


def allows_everything(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A statement allows whoever has the policy every action on every resource."""
    del params
    statement = _allowing(subject, IDENTITY)
    if statement is None or statement.conditions or statement.rest is not None:
        return
    everywhere = _match(statement.resources, _is_any_resource, statement.anchor)
    if everywhere is None:
        return
    action = _match(statement.actions, _is_any_action, statement.anchor)
    if action is not None:
        message = "the policy allows every action on every resource"
    elif statement.not_actions.nodes:
        action = statement.not_actions.nodes[0]
        message = "the policy allows every action but those that `NotAction` names, on every resource"
    else:
        return
    yield from _verdict(subject, message, action, everywhere)


def allows_whole_service(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A statement allows every action of a service on every resource of it."""
    allowed = params["allowed_services"]
    assert isinstance(allowed, list)
    statement = _allowing(subject, IDENTITY)
    if statement is None or statement.conditions or statement.rest is not None:
        return
    everywhere = _match(statement.resources, _is_any_resource, statement.anchor)
    if everywhere is None or _match(statement.actions, _is_any_action, statement.anchor):
        return
    wide = []
    for node in statement.actions.nodes:
        found = _SERVICE.fullmatch(node.text() or "")
        if found and found[1].lower() not in _GUIDELESS and found[1].lower() not in allowed:
            wide.append(node)
    if wide:
        listed = _enumerated([str(node.value) for node in wide])
        yield from _verdict(subject, f"the policy allows {listed} on every resource", wide[0], everywhere)


def reads_every_secret(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A statement lets whoever has the policy read every secret of the account."""
    del params
    statement = _allowing(subject, IDENTITY)
    if statement is None or statement.conditions or statement.rest is not None:
        return
    everywhere = _match(statement.resources, _is_any_resource, statement.anchor)
    reads = _match(statement.actions, _reads_secrets, statement.anchor)
    if everywhere is not None and reads is not None:
        what = "parameter" if (reads.text() or "").lower().startswith("ssm") else "secret"
        message = (
            f"the policy allows {shown(reads)} on every resource, so it reads every {what} of the account"
        )
        yield from _verdict(subject, message, reads, everywhere)


def open_to_anyone(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A policy of a resource, or the trust policy of a role, lets any AWS account in."""
    del params
    record = subject.record
    assert isinstance(record, PolicyStatement)
    statement = _allowing(subject)
    if statement is None or record.kind == IDENTITY or record.shielded is True:
        return
    anyone = _anyone(statement)
    if anyone is None or any(_bounds(condition) for condition in statement.conditions):
        return
    if record.website and all(node.text() == "s3:GetObject" for node in statement.actions.nodes):
        return
    unknown = statement.rest
    if isinstance(record.shielded, Unknown):
        unknown = unknown or record.shielded
    if isinstance(anyone.value, Unknown):
        unknown = unknown or anyone.value
    if unknown is not None:
        yield undecided(unknown, anyone, "principals")
        return
    what = _enumerated([shown(node) for node in statement.actions.nodes[:3]]) or "what it allows"
    who = "everyone" if record.service in _ANONYMOUS else "every AWS account"
    fail = failed(subject, f"{who} is allowed {what}", anyone, "principals")
    yield fail._replace(boxes=_BOXES.get(record.service, ("6.11.9",)), whole=False)


def trusts_every_identity(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A role can be taken on by every identity of a provider of tokens."""
    del params
    statement = _allowing(subject, TRUST)
    if statement is None:
        return
    provider = _provider(statement)
    if provider is None:
        return
    named = [one for one in statement.conditions if one.key.lower().endswith(_SUBJECTS)]
    patterns = [node for one in named if "Equals" not in one.operator for node in one.values.nodes]
    wide = next((node for node in patterns if _is_any_subject(node)), None)
    if wide is not None:
        message = (
            f"the role can be taken on by others: {shown(wide)} is met by whoever picks a name that fits"
        )
        yield failed(subject, message, wide)
    elif not named:
        if statement.rest is not None:
            yield undecided(statement.rest, provider)
        else:
            message = (
                "the role can be taken on by every identity of the provider: no condition names its `sub`"
            )
            yield failed(subject, message, provider)


def administers(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A workload or a user gets a managed policy of an administrator."""
    del params
    record = subject.record
    assert isinstance(record, PolicyAttachment)
    found = _ADMINISTRATORS.fullmatch(record.policy.text() or "")
    if found is None or record.holder == "group":
        return
    if record.holder == "user":
        yield failed(subject, f"the user has {found[1]}, whatever it is used for", record.policy, "policy")
    elif isinstance(record.workload, Unknown):
        yield undecided(record.workload, record.policy, "workload")
    elif record.workload:
        yield failed(subject, f"a service runs with {found[1]}", record.policy, "policy")


def _allowing(subject: Subject, kind: str = "") -> Statement | None:
    """The statement of a subject if it allows something, and belongs to a policy of that kind."""
    record = subject.record
    assert isinstance(record, PolicyStatement)
    if kind and record.kind != kind:
        return None
    return record.statement if effect_of(record.statement).value == "Allow" else None


def _verdict(subject: Subject, message: str, action: Node, resource: Node) -> Iterator[Fail | Unsure]:
    """A failure of both, or that one of them is not known."""
    for node, path in ((action, "actions"), (resource, "resources")):
        if isinstance(node.value, Unknown):
            yield undecided(node.value, node, path)
            return
    yield failed(subject, message, action, "actions", Ref("resources", resource))


def _match(found: Items, test: Callable[[str], bool], place: Node) -> Node | None:
    """The first item that passes a test, else one that may as its value is not known."""
    for node in found.nodes:
        if isinstance(node.value, str) and test(node.value):
            return node
    return next((node for node in (*found.nodes, *_more(found, place)) if _may_be_anything(node)), None)


def _more(found: Items, place: Node) -> tuple[Node, ...]:
    """What stands for the items that are not known."""
    return () if found.rest is None else (place.replace_value(found.rest),)


def _may_be_anything(node: Node) -> bool:
    """Whether an unknown value can be a wildcard: what the platform makes has a name of its own."""
    value = node.value
    return isinstance(value, Unknown) and not is_made(value) and not any(value.parts)


def _is_any_action(text: str) -> bool:
    return text in _ANY_ACTION


def _is_any_resource(text: str) -> bool:
    return _ANY_RESOURCE.fullmatch(text) is not None


def _reads_secrets(text: str) -> bool:
    service, _, action = text.lower().partition(":")
    return action in _READS_SECRETS.get(service, ())


def _anyone(statement: Statement) -> Node | None:
    """The principal that stands for everybody; one that may, if none does for certain."""
    possible: Node | None = None
    for kind, identifiers in statement.principals:
        if kind not in ("AWS", "*"):
            continue
        for node in (*identifiers.nodes, *_more(identifiers, statement.anchor)):
            if node.value == "*":
                return node
            if _may_be_anything(node):
                possible = possible or node
    return possible


def _bounds(condition: Condition) -> bool:
    """Whether a condition names who may."""
    if condition.key.lower() not in _BOUNDS or any(word in condition.operator for word in _NOT_BOUNDING):
        return False
    values = condition.values.nodes
    return not any(node.value in ("*", "0.0.0.0/0", "::/0") for node in values)


def _provider(statement: Statement) -> Node | None:
    """The provider of tokens that a statement trusts, if it is one whose tokens many can get."""
    for kind, identifiers in statement.principals:
        if kind != "Federated":
            continue
        for node in identifiers.nodes:
            known = node.value if isinstance(node.value, str) else _known_parts(node)
            keys = [condition.key for condition in statement.conditions]
            if any(_OIDC.search(text) for text in (known, *keys)):
                return node
    return None


def _known_parts(node: Node) -> str:
    value = node.value
    if not isinstance(value, Unknown):
        return ""
    return "".join(part for part in value.parts if part is not None)


def _is_any_subject(node: Node) -> bool:
    return _ANY_SUBJECT.fullmatch(node.text() or "") is not None


def _enumerated(texts: Iterable[str]) -> str:
    listed = list(texts)
    return " and ".join(filter(None, [", ".join(listed[:-1]), *listed[-1:]]))
