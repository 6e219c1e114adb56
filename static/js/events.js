// A stand-in for a WebSocket: frames come as server-sent events, and commands go by POST.
// It is read by `fetch`, as an EventSource would hide comments, statuses and the names of new frames.
const LIVES_MS = 20_000; // the server says something every 15 s
const LOST = 1006;
const SIGNED_OUT = 4401;

export class EventsSocket extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;

  readyState = EventsSocket.CONNECTING;
  #commands;
  #reading = new AbortController();
  #heard = 0;

  constructor(url) {
    super();
    const { pathname, search } = new URL(url);
    this.#commands = pathname.replace(/^\/ws/, "");
    this.#read(`${this.#commands}events${search}`).then(
      () => this.#end(LOST),
      () => this.#end(LOST),
    );
  }

  send(data) {
    const { type, ...fields } = JSON.parse(data);
    if (type !== "ping") this.#post(type, fields).catch(() => this.#end(LOST));
    else if (performance.now() - this.#heard < LIVES_MS)
      queueMicrotask(() => this.#tell(JSON.stringify({ type: "pong", ...fields })));
  }

  close() {
    this.#end(1000);
  }

  async #read(address) {
    const headers = { Accept: "text/event-stream" };
    const answer = await fetch(address, { headers, signal: this.#reading.signal });
    if (!answer.ok) return;
    this.readyState = EventsSocket.OPEN;
    this.dispatchEvent(new Event("open"));
    let unread = "";
    for await (const text of chunks(answer.body.pipeThrough(new TextDecoderStream()))) {
      this.#heard = performance.now();
      const events = (unread + text).split("\n\n");
      unread = events.pop();
      for (const event of events) this.#take(event);
    }
  }

  #take(event) {
    const data = event.match(/^data: (.*)$/m)?.[1];
    if (data === undefined) return;
    if (event.startsWith("event: close\n")) this.#end(JSON.parse(data).code);
    else this.#tell(data);
  }

  async #post(type, fields) {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(this.#commands + type, {
      method: "POST",
      body: JSON.stringify(fields),
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      redirect: "manual",
    });
    if (answer.type === "opaqueredirect") this.#end(SIGNED_OUT);
    else if (answer.status !== 204) this.#tell(JSON.stringify(await answer.json()));
  }

  #tell(data) {
    if (this.readyState === EventsSocket.OPEN)
      this.dispatchEvent(new MessageEvent("message", { data }));
  }

  #end(code) {
    if (this.readyState === EventsSocket.CLOSED) return;
    this.readyState = EventsSocket.CLOSED;
    this.#reading.abort();
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
}

// Safari's streams cannot be iterated over.
async function* chunks(stream) {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
