"""Pages as a browser draws them. Chromium is the machine's own; without it these tests are skipped."""
