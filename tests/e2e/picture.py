"""The README's picture, taken anew: `python tests/e2e/picture.py docs/chat.png`.

The sample plan of the demo on a morning at the end of April: a digest, an answer in words, its receipt.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from duban import resources

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from e2e.browser import Chat, Served, chromium

UNIT = "区数据和政务服务局"
BEGUN = "2026-03-16T15:00+08:00"
MORNING = "2026-04-30T08:59:57+08:00"


def take(target: Path, folder: Path) -> None:
    """Serve, talk, take the picture."""
    samples = resources.data("samples")
    served = Served(folder, office="岚溪区督办室")
    served.command("units", "import", str(samples / "units.toml"))
    served.command("--clock", BEGUN, "import", str(samples / "plan-2026.txt"), "--yes", "--activate")
    served.start(BEGUN)
    try:
        with chromium() as browser:
            context = browser.new_context(viewport={"width": 900, "height": 920}, device_scale_factor=2)
            link = json.loads(served.command("invite", UNIT, "--json"))[0]["link"]
            chat = Chat(context, link, "林晓")
            chat.press("签收")
            chat.hear("已签收")
            served.stop()
            served.start(MORNING)
            chat.hear("督办室提醒")
            chat.say("第28项推进中，约60%，堵点清单已收齐23份")
            chat.hear("已记下")
            chat.page.locator("#text").blur()
            chat.page.wait_for_timeout(300)
            chat.page.screenshot(path=target)
    finally:
        served.close()


if __name__ == "__main__":
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as room:
        take(Path(sys.argv[1]).resolve(), Path(room))
