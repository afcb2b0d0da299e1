"""`python -m botapi --port 8081 --log calls.jsonl`: the server alone, driven over /test/…"""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from botapi.server import Server


def main() -> None:
    """Print the address and the token, and serve until interrupted."""
    parser = argparse.ArgumentParser(prog="botapi")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path)
    said = parser.parse_args()
    with Server(port=said.port, log=said.log) as server:
        print(server.base_url, server.token, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
