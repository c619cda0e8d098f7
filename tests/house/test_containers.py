"""The compose file: valid, with health checks, the same entry points, and no secret inside."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from haowu.embedded import serving

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
NGINX = (ROOT / "docs" / "nginx.conf").read_text()


def check(path: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_compose_file_is_valid():
    assert check(ROOT / "docker-compose.yml").returncode == 0


def test_the_schema_would_notice_a_mistake(tmp_path):
    broken = tmp_path / "docker-compose.yml"
    broken.write_text((ROOT / "docker-compose.yml").read_text().replace("healthcheck:", "healthcheks:"))
    assert check(broken).returncode == 1


def test_every_part_of_the_house_is_a_service_and_says_whether_it_is_well():
    assert set(COMPOSE["services"]) == {"proxy", "web", "worker", "beat", "postgres", "redis", "migrate"}
    without = [name for name, service in COMPOSE["services"].items() if "healthcheck" not in service]
    assert without == ["web"]
    assert "HEALTHCHECK" in DOCKERFILE


@pytest.mark.parametrize("text", [(ROOT / "docker-compose.yml").read_text(), DOCKERFILE], ids=["compose", "Dockerfile"])
def test_no_secret_is_written_down(text):
    passwords = re.findall(r"(?:PASSWORD|SECRET_KEY)[^\n]*", text)
    assert all("${" in found or "build-only" in found or "DATABASE_" in found for found in passwords)
    assert not re.search(r"postgres://\w+:(?!\$\{)", text)


def test_only_the_migration_knows_the_owners_password():
    for name, service in COMPOSE["services"].items():
        if name not in {"migrate", "postgres"}:
            assert "OWNER_PASSWORD" not in str(service)


def test_only_the_proxy_has_a_port_and_it_is_bound_to_loopback():
    ports = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert ports == {"proxy": ["127.0.0.1:8000:8000"]}


def test_the_proxy_writes_the_address_anew_and_the_web_believes_one_proxy():
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert COMPOSE["services"]["web"]["environment"]["DJANGO_PROXIES"] == "1"


def test_the_web_and_its_proxy_accept_bodies_of_one_size():
    assert f"client_max_body_size {serving.MAX_BODY // 1024 // 1024}m;" in NGINX
    assert "haowu.embedded.serving.ReceivingWorker" in DOCKERFILE
