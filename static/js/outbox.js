// Keeps each command until the server has answered it, over reconnects and reloads; its key makes it count once.
import { online, send } from "./connection.js";
import { tab } from "./memory.js";
import { emit, main, on, word } from "./page.js";
import { busy, running } from "./running.js";

const place = `outbox:${main.dataset.conversation}`;
let commands = tab.get(place) ?? []; // {frame, tried?, fault?}
let sent = new Set(); // on this connection
let later;

function keep(changed) {
  commands = changed;
  tab.set(place, commands.length ? commands : null);
}

const keyed = (key) => commands.find(({ frame }) => frame.key === key && frame.type !== "stop");

/** Commands that the server has neither taken nor refused. */
export const waiting = () => commands.filter(({ fault, frame }) => !fault && frame.type !== "stop");

/** Why nothing can be asked until what was asked is over, in words; "" if it can. */
export const hindrance = () => busy() || (waiting().length ? word("busy") : "");

/** Prompts that were written here and are not in the conversation yet, with the reason if one was refused. */
export const prompts = () => commands.filter(({ frame }) => frame.type === "send");

/** The key of a command that is on its way, or undefined. */
export const underway = () => waiting().find(({ frame }) => sent.has(frame))?.frame.key;

export function add(frame) {
  keep([...commands, { frame }]);
  emit("asked", frame);
  flush();
}

export function retry(key) {
  const command = keyed(key);
  if (!command) return;
  delete command.fault;
  keep(commands);
  emit("asked", command.frame);
  flush();
}

/** Whether a prompt has never left this page, so that it can be taken back. */
export const unsent = (key) => {
  const command = keyed(key);
  return Boolean(command && !command.tried && !command.fault);
};

/** Takes back a prompt that was refused or never left; gives its frame. One under way stays. */
export function withdraw(key) {
  const command = keyed(key);
  if (!command?.fault && !unsent(key)) return null;
  keep(commands.filter((other) => other !== command));
  emit("withdrawn", command.frame);
  emit("outbox");
  return command.frame;
}

/** Stops what is written here, or what was asked for and not yet taken. */
export function stop() {
  const key = underway();
  const which = running() ? { generation: running() } : key && { key };
  if (!which || commands.some(({ frame }) => frame.type === "stop")) return;
  add({ type: "stop", ...which });
}

function mayGo(frame) {
  if (sent.has(frame)) return false;
  return frame.type === "stop" || (!running() && !underway());
}

function flush() {
  if (!online()) return;
  for (const command of commands) {
    const { frame, fault } = command;
    if (fault || !mayGo(frame) || !send(frame)) continue;
    sent.add(frame);
    command.tried = true;
  }
  keep(commands);
  emit("outbox");
}

function settleStops(frame) {
  const over = ({ type, generation }) => {
    if (type !== "stop" || generation === undefined) return false;
    return frame.type === "end" ? frame.generation === generation : running() !== generation;
  };
  keep(commands.filter((command) => !over(command.frame)));
}

on("ack", ({ key, generation }) => {
  keep(commands.filter(({ frame }) => frame.key !== key || frame.type === "stop"));
  for (const { frame } of commands) {
    if (frame.type === "stop" && frame.key === key) frame.generation = generation;
  }
  emit("outbox");
});

function again(after = 1000) {
  clearTimeout(later);
  later = setTimeout(flush, after);
}

// A stop that could not be noted goes again; one that came too late is done.
function answerStop({ code, generation, retry_ms }) {
  const stop = commands.find(
    ({ frame }) => frame.type === "stop" && frame.generation === generation,
  );
  if (!stop) return;
  if (code === "gone") return keep(commands.filter((other) => other !== stop));
  sent.delete(stop.frame);
  again(retry_ms);
}

on("notice", (frame) => {
  if (frame.generation !== undefined) answerStop(frame);
  const command = frame.key && keyed(frame.key);
  if (!command) return;
  sent.delete(command.frame);
  if (frame.code === "draining") again(frame.retry_ms);
  else if (command.frame.type === "send") command.fault = frame.text;
  else keep(commands.filter((other) => other !== command));
  keep(commands.filter((other) => other.frame.type !== "stop" || other.frame.key !== frame.key));
  if (command.fault) emit("refused", frame);
  emit("outbox");
});

on("swapped", (frame) => {
  if (frame.type === "snapshot") sent = new Set();
  if (frame.type === "snapshot" || frame.type === "end") {
    settleStops(frame);
    flush();
  }
});

on("lost", () => {
  sent = new Set();
  emit("outbox");
});
