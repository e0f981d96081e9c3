"""The yardstick: a Bolt bot that answers every message in its thread and remembers nothing.

Same adapter, same process model, same Python as Frontdoor; no storage, no rules, no cards. Started by the benchmarks with the
settings of a sandbox in its environment.
"""

import asyncio
import os
from typing import Any

from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def main() -> None:
    """Answer until told to stop."""
    client = AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client)

    @app.event("message")
    async def echo(event: dict[str, Any], client: AsyncWebClient) -> None:
        if "bot_id" not in event and "subtype" not in event:
            await client.chat_postMessage(
                channel=event["channel"], thread_ts=event["ts"], text=f"Received: {event['text']}"
            )

    handler = AsyncSocketModeHandler(
        app,
        os.environ["SLACK_APP_TOKEN"],
        web_client=AsyncWebClient(os.environ["SLACK_APP_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
    )
    await handler.start_async()


if __name__ == "__main__":
    asyncio.run(main())
