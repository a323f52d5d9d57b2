"""What is rendered, compared with what kustomize itself renders.

The environment variable `VVBSCAN_KUSTOMIZE` names the program (v5.7 or newer); without it these tests fail:
they are run on request only. `go install sigs.k8s.io/kustomize/kustomize/v5@v5.7.1` builds it.

Known differences, none of which is in the cases below:

- Directives that kustomize leaves in the result (`$retainKeys`, `$deleteFromPrimitiveList`,
  `$setElementOrder`) are carried out here, as the API server would.
- A label that `patchesStrategicMerge` sets to null is removed here; kustomize sets it to the text `null`.
- A port in a patch that lacks the protocol is merged into the port of the same number; kustomize loses it.
- `configurations`, `openapi` and `crds` are not read; `replacements` and `vars` give unknown values.
- Copying from a member that is not there is a mistake here, as RFC 6902 has it; kustomize copies a null.
- Plain `yes`, `no`, `on` and `off` are booleans here, as for kubectl; for kustomize they are strings.
- Hashes of generated names are left out here. Members that are null are the same as absent ones.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from views.kustomize_support import UNKNOWN, WEB, load, messages, model
from vvbscan.model.node import plain

pytestmark = pytest.mark.consumers

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
"""
REST = """\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ServiceAccount
  metadata: {name: runner}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata: {name: runner}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
  subjects: [{kind: ServiceAccount, name: runner}, {kind: ServiceAccount, name: default}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata: {name: reader}
  rules: [{apiGroups: [""], resources: [secrets], resourceNames: [token], verbs: [get]}]
- apiVersion: autoscaling/v2
  kind: HorizontalPodAutoscaler
  metadata: {name: web}
  spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 3}
- apiVersion: networking.k8s.io/v1
  kind: Ingress
  metadata: {name: web}
  spec:
    tls: [{secretName: token}]
    rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
- apiVersion: v1
  kind: Namespace
  metadata: {name: shop}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: lister}
- apiVersion: batch/v1
  kind: CronJob
  metadata: {name: nightly}
  spec:
    jobTemplate:
      spec:
        template:
          spec:
            containers: [{name: job, image: "docker.io/shop/web@sha256:abc"}]
            volumes: [{name: c, configMap: {name: settings}}]
- apiVersion: policy/v1
  kind: PodDisruptionBudget
  metadata: {name: web}
  spec: {selector: {matchLabels: {app: web}}}
- apiVersion: shop.example/v1
  kind: Shelf
  metadata: {name: shelf}
  spec: {boards: [{name: a, width: 1}, {name: b, width: 2}], containers: [{image: shop/web}]}
"""
BASE: dict[str, str | bytes] = {
    "base/kustomization.yaml": "resources: [web.yaml, service.yaml, rest.yaml]\n",
    "base/web.yaml": WEB,
    "base/service.yaml": SERVICE,
    "base/rest.yaml": REST,
}
GENERATED = """\
resources: [../base]
configMapGenerator:
- name: settings
  literals: [A=1, "B='two words'", C=x=y]
  files: [app.conf, named=app.conf, raw.bin]
  envs: [values.env]
  options: {labels: {made: by}, annotations: {why: test}}
secretGenerator:
- {name: token, literals: [value=secret], type: example.com/token}
- {name: none}
generatorOptions: {labels: {all: of, made: not}, immutable: true}
"""
FILES: dict[str, str | bytes] = {
    "overlay/app.conf": "key = value\n",
    "overlay/values.env": "# comment\n  D=4 \nE\n\nF=a#b\r\n",
    "overlay/raw.bin": b"\xff\xfe\xfd\x00\x01",
}
MERGE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {tier: front, app: null}, annotations: {note: text}}
spec:
  replicas: 3
  template:
    spec:
      initContainers: [{name: first, image: shop/init, command: [a, null-free], tty: null}]
      tolerations: [{key: a}]
      volumes: [{name: data, emptyDir: {}}]
      containers:
      - name: sidecar
        image: shop/sidecar
      - name: app
        env:
        - {name: LOG_LEVEL, $patch: delete}
        - {name: NEW, value: "1"}
        - {name: TOKEN, value: open, valueFrom: null}
        ports: [{containerPort: 8080, name: http}, {containerPort: 9090}]
        securityContext: {$patch: replace, runAsNonRoot: true}
        volumeMounts: [{mountPath: /data, name: data}]
        envFrom: null
"""
OPERATIONS = """\
- {op: test, path: /spec/replicas, value: 1}
- {op: replace, path: /spec/replicas, value: 5}
- {op: add, path: /metadata/annotations, value: {"a/b": x}}
- {op: add, path: /metadata/annotations/c~1d~0e, value: z}
- {op: add, path: /spec/template/spec/containers/0/env/-, value: {name: LAST, value: l}}
- {op: add, path: /spec/template/spec/containers/0/env/0, value: {name: FIRST, value: f}}
- {op: remove, path: /spec/template/spec/containers/1}
- {op: copy, from: /metadata/labels, path: /spec/template/metadata/annotations}
- {op: move, from: /spec/template/spec/serviceAccountName, path: /spec/template/spec/schedulerName}
- {op: replace, path: /spec/template/spec/containers/-1/image, value: other}
- {op: replace, path: /spec/paused, value: true}
"""
TRANSFORMERS = """\
apiVersion: builtin
kind: LabelTransformer
metadata: {name: labels}
labels: {team: a}
fieldSpecs: [{path: metadata/labels, create: true}, {path: spec/selector/matchLabels, kind: Deployment}]
---
apiVersion: builtin
kind: AnnotationsTransformer
metadata: {name: annotations}
annotations: {owner: me}
fieldSpecs: [{path: spec/template/metadata/annotations, create: true, kind: Deployment}]
---
apiVersion: builtin
kind: SuffixTransformer
metadata: {name: suffix}
suffix: -s
fieldSpecs: [{path: metadata/name}]
---
apiVersion: builtin
kind: ReplicaCountTransformer
metadata: {name: replicas}
replica: {name: web, count: 5}
fieldSpecs: [{path: spec/replicas, create: true, kind: Deployment}]
---
apiVersion: builtin
kind: PatchStrategicMergeTransformer
metadata: {name: merge}
paths: ["{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: NodePort}}"]
"""
COMPONENT = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [extra.yaml]
patches:
- target: {kind: Deployment}
  patch: '[{"op": "add", "path": "/spec/revisionHistoryLimit", "value": 2}]'
namePrefix: c-
"""

CASES: dict[str, dict[str, str | bytes]] = {
    "base alone": {"overlay/kustomization.yaml": "resources: [../base]\n"},
    "legacy bases": {"overlay/kustomization.yaml": "bases: [../base]\n"},
    "namespace and affixes": {
        "overlay/kustomization.yaml": "resources: [../base]\nnamespace: shop\nnamePrefix: a-\nnameSuffix: -z\n"
    },
    "two layers of affixes": {
        "middle/kustomization.yaml": "resources: [../base]\nnamePrefix: m-\nnamespace: one\n",
        "overlay/kustomization.yaml": "resources: [../middle]\nnamePrefix: o-\nnamespace: two\n",
    },
    "one base twice": {
        "left/kustomization.yaml": "resources: [../base]\nnamePrefix: l-\nnamespace: left\n",
        "right/kustomization.yaml": "resources: [../base]\nnamePrefix: r-\nnamespace: right\n",
        "base/rest.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}\n",
        "overlay/kustomization.yaml": "resources: [../left, ../right]\n",
    },
    "common labels and annotations": {
        "overlay/kustomization.yaml": "resources: [../base]\ncommonLabels: {team: a, app: b}\n"
        "commonAnnotations: {owner: me}\n"
    },
    "labels": {
        "overlay/kustomization.yaml": "resources: [../base]\nlabels:\n- pairs: {plain: a}\n"
        "- {pairs: {chosen: b}, includeSelectors: true}\n"
        "- {pairs: {shelf: c}, fields: [{path: spec/labels, kind: Shelf, create: true}]}\n"
    },
    "labels of templates": {
        "overlay/kustomization.yaml": "resources: [../base]\nlabels: [{pairs: {a: b}, includeTemplates: true}]\n"
    },
    "replicas": {"overlay/kustomization.yaml": "resources: [../base]\nreplicas: [{name: web, count: 7}]\n"},
    "images": {
        "overlay/kustomization.yaml": "resources: [../base]\nimages:\n- {name: shop/web, newTag: 2.0.0}\n"
        "- {name: shop/proxy, newName: mirror.example:5000/proxy}\n"
        "- {name: docker.io/shop/web, newName: other, newTag: '3'}\n- {name: nothing, digest: sha256:1}\n"
    },
    "image digests": {
        "overlay/kustomization.yaml": "resources: [../base]\nimages:\n- {name: shop/web, digest: 'sha256:12ab'}\n"
        "- {name: 'shop/.*', newName: all}\n- {name: all, newTag: v1, digest: 'sha256:12'}\n"
    },
    "generators": {"overlay/kustomization.yaml": GENERATED, **FILES},
    "generators with affixes": {
        "overlay/kustomization.yaml": GENERATED + "namePrefix: p-\nnamespace: shop\n",
        **FILES,
    },
    "generators merged": {
        "base/kustomization.yaml": "resources: [web.yaml]\nconfigMapGenerator:\n"
        "- {name: settings, literals: [A=1, B=2]}\n- {name: gone, literals: [A=1]}\n",
        "overlay/kustomization.yaml": "resources: [../base]\nnamePrefix: x-\nconfigMapGenerator:\n"
        "- {name: settings, behavior: merge, literals: [B=3, C=4]}\n"
        "- {name: gone, behavior: replace, literals: [Z=0]}\n",
    },
    "strategic merge": {
        "overlay/kustomization.yaml": "resources: [../base]\npatches: [{path: web.yaml}]\n",
        "overlay/web.yaml": MERGE,
    },
    "strategic merge, old field": {
        "overlay/kustomization.yaml": "resources: [../base]\npatchesStrategicMerge:\n- web.yaml\n- |-\n"
        "  apiVersion: v1\n  kind: Service\n  metadata: {name: web}\n"
        "  spec: {ports: [{port: 80, name: http}, {port: 81}]}\n",
        "overlay/web.yaml": MERGE.replace(", app: null", ""),
    },
    "merge of a custom resource": {
        "overlay/kustomization.yaml": "resources: [../base]\npatches:\n- patch: |-\n    apiVersion: shop.example/v1\n"
        "    kind: Shelf\n    metadata: {name: shelf}\n    spec: {boards: [{name: b, width: 3}]}\n"
    },
    "lists replaced and deleted": {
        "overlay/kustomization.yaml": "resources: [../base]\npatches:\n- target: {kind: Deployment}\n  patch: |-\n"
        "    kind: Deployment\n    metadata: {name: any}\n    spec:\n      template:\n        spec:\n"
        "          containers:\n          - $patch: replace\n          - {name: only, image: x}\n"
        "- target: {kind: HorizontalPodAutoscaler}\n  patch: '{kind: X, metadata: {name: y}, $patch: delete}'\n"
    },
    "targets": {
        "overlay/kustomization.yaml": "resources: [../base]\nnamePrefix: n-\npatches:\n"
        "- {target: {kind: 'Deploy.*|Serv.*', name: 'w.b'}, path: p.yaml}\n"
        "- {target: {labelSelector: 'app in (web,api),tier!=x'}, path: q.yaml}\n"
        "- {target: {group: apps, version: v1}, path: r.yaml}\n",
        "overlay/p.yaml": "- {op: add, path: /metadata/annotations, value: {p: '1'}}\n",
        "overlay/q.yaml": "kind: Any\nmetadata: {name: any, annotations: {q: '1'}}\n",
        "overlay/r.yaml": "- {op: add, path: /metadata/annotations/r, value: '1'}\n",
    },
    "operations": {
        "overlay/kustomization.yaml": "resources: [../base]\npatches: [{target: {kind: Deployment}, path: o.yaml}]\n",
        "overlay/o.yaml": OPERATIONS,
    },
    "operations, old field": {
        "overlay/kustomization.yaml": "resources: [../base]\npatchesJson6902:\n"
        "- {target: {group: apps, version: v1, kind: Deployment, name: web}, path: o.yaml}\n",
        "overlay/o.yaml": OPERATIONS,
    },
    "patches that rename": {
        "overlay/kustomization.yaml": "resources: [../base]\npatches:\n"
        "- {path: n.yaml, target: {kind: ServiceAccount}, options: {allowNameChange: true}}\n",
        "overlay/n.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: walker}\n",
    },
    "components": {
        "one/kustomization.yaml": COMPONENT,
        "one/extra.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\ndata: {a: b}\n",
        "two/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamespace: comp\n",
        "overlay/kustomization.yaml": "resources: [../base]\ncomponents: [../one, ../two]\n"
        "images: [{name: shop/web, newTag: c}]\n",
    },
    "several documents in one patch": {
        "overlay/kustomization.yaml": "resources: [../base]\npatches: [{path: both.yaml}]\n",
        "overlay/both.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort}\n---\n"
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 4}\n",
    },
    "patch after the namespace of a base": {
        "middle/kustomization.yaml": "resources: [../base]\nnamespace: one\nnameSuffix: -m\n",
        "overlay/kustomization.yaml": "resources: [../middle]\nnamespace: two\npatches:\n- patch: |-\n"
        "    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: web}\n    spec: {replicas: 9}\n",
    },
    "transformers that are built in": {
        "overlay/kustomization.yaml": "resources: [../base]\ntransformers: [t.yaml]\n",
        "overlay/t.yaml": TRANSFORMERS,
    },
    "local configuration": {
        "overlay/kustomization.yaml": "resources: [../base, local.yaml]\n",
        "overlay/local.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: local\n"
        "  annotations: {config.kubernetes.io/local-config: 'true'}\n",
    },
}


def rendered_by_kustomize(files: Mapping[str, str | bytes], root: Path) -> str:
    program = os.environ.get("VVBSCAN_KUSTOMIZE", "")
    assert program, "VVBSCAN_KUSTOMIZE must name the program kustomize"
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = subprocess.run(
        [program, "build", str(root / "overlay")], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def identity(item: object) -> tuple[str, ...]:
    assert isinstance(item, dict)
    metadata = item["metadata"]
    return (item["apiVersion"], item["kind"], metadata.get("namespace", ""), metadata["name"])


def without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_nulls(inner) for inner in value]
    return value


def by_identity(items: list[object]) -> dict[tuple[str, ...], object]:
    found = {identity(item): without_nulls(item) for item in items}
    assert len(found) == len(items)
    return found


@pytest.mark.parametrize("name", CASES)
def test_renders_what_kustomize_renders(name: str, tmp_path: Path) -> None:
    files = {**BASE, **CASES[name]}
    loaded = load(files, "overlay/kustomization.yaml")
    assert messages(loaded) == []
    ours = [plain(item.root, UNKNOWN) for item in model(loaded).objects]
    text = rendered_by_kustomize(files, tmp_path)
    names = {identity(item)[3] for item in ours}
    # Hashes are written with these characters only (kustomize, `api/hasher/hasher.go`).
    for match in re.finditer(r"([a-z0-9-]+)-[2456789bcdfghkmt]{10}\b", text):
        if match[1] in names:
            text = text.replace(match[0], match[1])
    theirs = [item for item in yaml.safe_load_all(text) if item]
    expected = by_identity(theirs)
    found = by_identity(ours)
    for key, item in found.items():
        same = expected[key]
        if isinstance(item, dict) and isinstance(same, dict) and "binaryData" in item:
            assert item["binaryData"].keys() == same["binaryData"].keys()
            item["binaryData"] = same["binaryData"]  # what is no text is unknown here
    assert found == expected
