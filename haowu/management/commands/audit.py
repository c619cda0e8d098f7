"""``audit [--json]``: every invariant; exit 1 if one fails."""

import json
import sys
from dataclasses import asdict

from django.core.management.base import BaseCommand

from haowu.audit.invariants import Finding, run_audit
from haowu.embedded.ready import make_ready


class Command(BaseCommand):
    help = "Checks every invariant of the house and names what breaks one. Exit 1 if one fails."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true")

    def handle(self, **options):
        make_ready()
        findings = run_audit()
        if options["json"]:
            checks = [asdict(finding) | {"holds": finding.holds} for finding in findings]
            text = {"holds": all(finding.holds for finding in findings), "checks": checks}
            self.stdout.write(json.dumps(text, ensure_ascii=False))
        else:
            for finding in findings:
                self._print(finding)
        if not all(finding.holds for finding in findings):
            sys.exit(1)

    def _print(self, finding: Finding) -> None:
        if finding.holds:
            self.stdout.write(f"✓ {finding.code:5} {finding.title}")
        else:
            self.stdout.write(f"✗ {finding.code:5} {finding.title}: {finding.broken} 处，例如")
            for example in finding.examples:
                self.stdout.write(f"        {example}")
