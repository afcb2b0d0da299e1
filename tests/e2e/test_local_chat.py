"""The conversation of the year in Chromium: a real process, a real browser, the sample plan."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from duban import resources
from e2e.browser import LINK, Chat, Served, chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow]

UNIT = "区财政金融局"
OTHER = "区司法局"  # in which somebody is bound before the plan is there
IMPORTED = "2026-03-16T15:00+08:00"
REMINDED = "2026-06-23T08:59:56+08:00"  # a week before the half-year: the digest goes in four seconds


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A Duban that knows the sample's units and nothing else."""
    one = Served(tmp_path_factory.mktemp("served"))
    one.command("units", "import", str(resources.data("samples") / "units.toml"))
    one.start(IMPORTED)
    yield one
    one.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium; each person has a context of their own."""
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def coordinator(served: Served, browser: Browser) -> Chat:
    """Who pressed the printed link."""
    (link,) = served.links()
    chat = Chat(browser.new_context(), link, "李督办")
    chat.hear("李督办", "督办员")
    return chat


def ask(served: Served, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
    """A request by hand, as no browser would make it. Returns status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, path, body.encode() or None, kind | headers)
    answer = connection.getresponse()
    text = answer.read().decode() if "event-stream" not in (answer.getheader("Content-Type") or "") else ""
    connection.close()
    return answer.status, text


def invite(coordinator: Chat, whom: str) -> str:
    """A fresh link out of the coordinator's chat."""
    coordinator.say(f"/invite {whom}")
    found = LINK.search(coordinator.hear("/start/"))
    assert found
    return found[0]


def test_a_link_is_spent_by_its_button_once(served: Served, coordinator: Chat, browser: Browser) -> None:
    link = invite(coordinator, OTHER)
    path = urlsplit(link).path
    for _ in range(2):  # a preview opens it, and opens it again
        assert ask(served, "GET", path)[0] == 200
    first = Chat(browser.new_context(), link, "先到")
    first.hear(f"先到，您好！您已成为{OTHER}的联络员")
    second = Chat(browser.new_context(), link, "后到")
    second.hear("已经用过了")
    assert first.faults == second.faults == []
    token = path.rpartition("/")[2]
    assert token not in served.log, "a link is for the person, never for a log"


def test_the_printed_link_is_on_the_terminal_only(served: Served, coordinator: Chat) -> None:
    assert coordinator.texts()[0] == "/start", "the chat does not repeat the token"
    (link,) = served.links()
    assert urlsplit(link).path.rpartition("/")[2] not in served.log


def test_a_chat_is_its_own_browser_s(served: Served, coordinator: Chat, browser: Browser) -> None:
    other = browser.new_context()
    path = urlsplit(coordinator.page.url).path
    page = other.new_page()
    answer = page.goto(coordinator.page.url)
    assert answer is not None
    assert answer.status == 403
    assert "李督办" not in page.content()
    for method, place in (("GET", "/events"), ("POST", "/say"), ("POST", "/press"), ("POST", "/upload")):
        assert ask(served, method, path + place)[0] == 403, place
    name = next(one["name"] for one in coordinator.page.context.cookies())
    forged = {"Cookie": f"{name}=forged"}
    assert ask(served, "GET", path + "/events", **forged)[0] == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 400),
        ({"Host": "127.0.0.1.evil.example:80"}, 400),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
    ],
)
def test_another_site_is_refused(
    served: Served, coordinator: Chat, headers: dict[str, str], status: int
) -> None:
    link = invite(coordinator, OTHER)
    token = urlsplit(link).path.rpartition("/")[2]
    assert ask(served, "POST", "/start", f"token={token}&name=x", **headers)[0] == status
    mine = {"Origin": served.address}
    assert ask(served, "POST", "/start", f"token={token}&name=x", **mine)[0] == 303, "and nothing was spent"


def test_the_same_conversation_as_over_telegram(
    served: Served, coordinator: Chat, browser: Browser, tmp_path: Path
) -> None:
    boss = coordinator
    # the document: something that is none, then the plan, its doubts, activation
    note = tmp_path / "通知.txt"
    note.write_text("今天下午三点开会，请准时参加。", "utf-8")
    boss.send(note)
    boss.hear("没有在文件里找到")
    boss.send(resources.data("samples") / "plan-2026.txt")
    boss.hear("读到 42 项")
    boss.press("其余按稳妥办法")
    boss.changed("已导入")
    boss.press("现在启动督办")
    boss.changed("已启动督办")
    # a contact comes in and gets the notice over the open stream
    contact = Chat(browser.new_context(viewport={"width": 390, "height": 844}), invite(boss, UNIT), "王联络")
    assert "签收" in contact.hear("督办室交办", "交由贵单位办理")
    contact.press("签收")
    contact.hear("已签收")
    assert contact.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    # June: the process ends under two open streams and another one takes over; pages find it by themselves
    code, seconds = served.stop()
    assert code == 0
    assert seconds < 10
    assert "Traceback" not in served.log, "a stream that is open ends as it should"
    served.start(REMINDED)
    digest = contact.hear("督办室提醒", "6月30日 周二前")
    assert "全部按计划推进" in digest
    before = contact.texts()
    contact.page.reload()
    contact.page.locator("#messages li").nth(len(before) - 1).wait_for()
    assert contact.texts() == before, "a reload keeps what was said"
    # words, taken back, said again; the whole turn in one tap
    number = int(re.findall(r"第(\d+)项", digest)[0])
    contact.say(f"第{number}项推进中，约60%")
    contact.hear(f"第{number}项", "推进中，60%")
    contact.press("撤销")
    contact.changed(f"已撤销第{number}项的反馈")
    contact.say(f"第{number}项已完成，链接 https://example.org/{number} <b>&</b>")
    contact.hear(f"第{number}项", "已完成", "等待督办员核查")
    contact.press("全部按计划推进")
    contact.hear("已记下", "推进中")
    # the coordinator's picture, and the item is struck off
    boss.say("汇总")
    boss.hear("汇总", "事项 42 项")
    boss.say("/queue")
    boss.hear("待核查", f"第{number}项", UNIT, "<b>&</b>")
    boss.press(f"销号 第{number}项")
    boss.hear("已销号", UNIT)
    contact.hear("经核查已销号")
    # neither has no say in the other's affairs
    contact.say("/summary")
    contact.hear("不在您的办理范围内")
    reconnects = re.compile("ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET")
    assert [fault for fault in boss.faults + contact.faults if not reconnects.search(fault)] == []
