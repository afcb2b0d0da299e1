"""python-telegram-bot's own AIORateLimiter: `send_ptb.py BASE_URL TOKEN`, the chats' ids on stdin."""

from __future__ import annotations

import asyncio
import sys

from telegram.error import TelegramError
from telegram.ext import AIORateLimiter, ExtBot

IN_FLIGHT = 4


async def main() -> None:
    """Send; prints how many failed."""
    base_url, token = sys.argv[1:]
    bot: ExtBot[None] = ExtBot(token, base_url=base_url, rate_limiter=AIORateLimiter(max_retries=5))
    room = asyncio.Semaphore(IN_FLIGHT)
    failed = 0

    async def send(n: int, chat: int) -> None:
        nonlocal failed
        async with room:
            try:
                await bot.send_message(chat, f"第{n}条")
            except TelegramError:
                failed += 1

    async with bot:
        await asyncio.gather(*(send(n, int(chat)) for n, chat in enumerate(sys.stdin.read().split())))
    print(failed)


if __name__ == "__main__":
    asyncio.run(main())
