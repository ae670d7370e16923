"""Schemathesis asks a service all that its description allows, and much that it does not.

Standard input: {description, service, token, filters}. Standard output: how it ended, and what it said.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

# As many as fit into a quarter of a minute; the same ones each time.
CASES = 20


def main() -> None:
    asked = json.load(sys.stdin)
    program = Path(sys.executable).with_name("schemathesis")
    with tempfile.TemporaryDirectory() as folder:
        description = Path(folder, "openapi.json")
        description.write_text(json.dumps(asked["description"]))
        command = [program, "run", description, "--url", asked["service"], *asked["filters"]]
        command += ["--header", f"Authorization: Bearer {asked['token']}", "--checks", "all", "--no-color"]
        command += ["--max-examples", str(CASES), "--generation-deterministic", "--continue-on-failure"]
        # It keeps its notes where it runs.
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    json.dump({"code": ended.returncode, "said": ended.stdout + ended.stderr}, sys.stdout)


main()
