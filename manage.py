#!/usr/bin/env python
"""Commands see all tenants' rows (HAOWU_SCOPE=platform); the web, here ``runserver``, begins with none."""

import os
import sys

from django.core.management import execute_from_command_line

from haowu import embedded

WITHOUT_SERVERS = {
    "bench",
    "help",
    "version",
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "makemessages",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "haowu.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command == "runserver":
        os.environ.pop("HAOWU_SCOPE", None)
    else:
        os.environ.setdefault("HAOWU_SCOPE", "platform")
    if command not in WITHOUT_SERVERS and not {"-h", "--help", "--version"} & set(sys.argv):
        try:
            embedded.attach()
        except embedded.NotReady as error:
            sys.exit(f"haowu: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
