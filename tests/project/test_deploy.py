"""deploy/: further machines with workers, and Kubernetes, with the commands of docker-compose.yml and no loose ends."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "deploy" / "kubernetes" / "base"
GPU = ROOT / "deploy" / "kubernetes" / "gpu"
_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")
_NAME = re.compile(r"\bHHREVIEW_[A-Z_]+\b")


def _workers() -> dict[str, Any]:
    text = (ROOT / "deploy" / "workers.yml").read_text(encoding="utf-8")
    filled = _VARIABLE.sub(lambda match: match["rest"] if match["kind"] == "-" else "/given", text)
    return {name: part for name, part in yaml.safe_load(filled).items() if not name.startswith("x-")}


def _compose_commands() -> dict[str, list[str]]:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    return {name: service["command"] for name, service in services.items() if "command" in service}


def _objects() -> dict[tuple[str, str], dict[str, Any]]:
    """All objects of the base by kind and name."""
    listed = yaml.safe_load((BASE / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    assert sorted(listed) == sorted(path.name for path in BASE.glob("*.yaml") if path.name != "kustomization.yaml")
    parts = [part for name in listed for part in yaml.safe_load_all((BASE / name).read_text(encoding="utf-8"))]
    objects = {(part["kind"], part["metadata"]["name"]): part for part in parts}
    assert len(objects) == len(parts)
    return objects


def _pod(part: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = part["spec"]["template"]["spec"]
    return spec


def test_workers_of_another_machine_fit_the_compose_specification() -> None:
    checked = PyCompose.from_yaml(yaml.safe_dump(_workers()))
    checked.validate()
    assert set(checked.service_names()) == {"worker-default", "worker-vision", "worker-vision-gpu"}


def test_workers_of_another_machine_have_the_queues_of_the_first() -> None:
    here = _compose_commands()
    for name, service in _workers()["services"].items():
        queue = here[name.removesuffix("-gpu")][:4]
        assert service["command"] == queue, name
        assert service["environment"]["DATABASE_URL"] == "/given"


def test_every_variable_of_the_workers_stands_in_the_guide() -> None:
    text = (ROOT / "deploy" / "workers.yml").read_text(encoding="utf-8")
    guide = (ROOT / "docs" / "guide" / "operators.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^(\w+)=", guide, re.MULTILINE))
    assert {match["name"] for match in _VARIABLE.finditer(text)} <= shown


def test_pods_run_the_commands_of_compose_and_not_as_root() -> None:
    here = _compose_commands()
    pods = {name: _pod(part) for (kind, name), part in _objects().items() if kind in {"Deployment", "Job"}}
    assert set(pods) == {"web", "worker-vision", "worker-default", "worker-learning", "beat", "migrate"}
    for name, pod in pods.items():
        (container,) = pod["containers"]
        assert container["command"] == here[name][: len(container["command"])], name
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert {next(iter(source)) for source in container["envFrom"]} == {"configMapRef", "secretRef"}


def test_what_the_objects_name_is_there() -> None:
    objects = _objects()
    for (kind, name), part in objects.items():
        if kind == "HorizontalPodAutoscaler":
            assert ("Deployment", part["spec"]["scaleTargetRef"]["name"]) in objects
            assert name == part["spec"]["scaleTargetRef"]["name"]
        if kind == "Deployment":
            assert part["spec"]["selector"]["matchLabels"] == part["spec"]["template"]["metadata"]["labels"]
            pod = _pod(part)
            volumes = {volume["name"]: volume for volume in pod["volumes"]}
            assert {mount["name"] for mount in pod["containers"][0]["volumeMounts"]} == set(volumes)
            assert ("PersistentVolumeClaim", volumes["media"]["persistentVolumeClaim"]["claimName"]) in objects
    assert objects["Service", "web"]["spec"]["selector"] == {"app": "web"}
    assert objects["Deployment", "beat"]["spec"]["replicas"] == 1


def test_a_gpu_takes_the_place_of_processors_for_vision_alone() -> None:
    patches = yaml.safe_load((GPU / "kustomization.yaml").read_text(encoding="utf-8"))["patches"]
    objects = _objects()
    assert {(patch["target"]["kind"], patch["target"]["name"]) for patch in patches} <= set(objects)
    vision = {step["path"]: step["value"] for step in yaml.safe_load(patches[0]["patch"])}
    assert vision["/spec/template/spec/containers/0/resources/limits/nvidia.com~1gpu"] == 1
    assert vision["/spec/template/spec/containers/0/env"] == [{"name": "HHREVIEW_DEVICE", "value": "cuda"}]


@pytest.mark.parametrize("file", sorted((ROOT / "deploy").rglob("*.y*ml")), ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(file: Path) -> None:
    known = set(_NAME.findall((ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")))
    known |= set(_NAME.findall((ROOT / ".env.example").read_text(encoding="utf-8")))
    assert set(_NAME.findall(file.read_text(encoding="utf-8"))) <= known
