"""What Chatsite is compared with: the least that a FastAPI program can do between model and client.

`/sdk/…` relays the typed stream of the `openai` client, an event per delta; `/bytes/…` passes the
model's bytes through. Neither keeps, renders or checks anything.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import openai
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

BASE_URL = os.environ["OPENAI_BASE_URL"]
EVENTS = "text/event-stream"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the clients."""
    app.state.client = openai.AsyncOpenAI(base_url=BASE_URL, api_key="bench", max_retries=0)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        app.state.session = session
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/healthz")
async def healthz() -> dict[str, bool]:
    """Say that it runs."""
    return {"alive": True}


@app.post("/sdk/chat/completions")
async def sdk(request: Request) -> StreamingResponse:
    """An event for every delta of the SDK's stream."""
    body = await request.json()
    return StreamingResponse(_deltas(request.app.state.client, body), media_type=EVENTS)


@app.post("/bytes/chat/completions")
async def passed_through(request: Request) -> StreamingResponse:
    """The model's bytes as they come."""
    body = await request.body()
    return StreamingResponse(_bytes(request.app.state.session, body), media_type=EVENTS)


async def _deltas(client: openai.AsyncOpenAI, body: dict[str, Any]) -> AsyncIterator[str]:
    async with await client.chat.completions.create(**body) as stream:
        async for chunk in stream:
            if chunk.choices and (text := chunk.choices[0].delta.content):
                yield f"data: {json.dumps({'content': text})}\n\n"
    yield "data: [DONE]\n\n"


async def _bytes(session: aiohttp.ClientSession, body: bytes) -> AsyncIterator[bytes]:
    headers = {"Content-Type": "application/json"}
    address = f"{BASE_URL}/chat/completions"
    async with session.post(address, data=body, headers=headers) as response:
        async for piece in response.content.iter_any():
            yield piece
