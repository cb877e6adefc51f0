// An SMS centre of npm's `smpp`, which is nobody's work here: started by tests/helpers/smpp_centre.py.
// Orders come as JSON lines on stdin, each is answered by one JSON line; it ends with its stdin.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const smpp = createRequire(`${process.argv[2]}/index.js`)("smpp");
const asked = JSON.parse(process.argv[3]);

const state = {
  password: "secret", receipts: "tlv", copies: 1, backwards: false, before: false, hold: false,
  statuses: [], refused: {}, silent: false, mute: false, cutAfter: 0, burst: 0, pace: 0,
};
const ledger = [], binds = [], held = [], unacknowledged = new Map(), acknowledged = [];
let bound = null, ids = 0, deliveries = 0, enquiries = 0, burst = [];
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

function deliver(session, key, options, then = () => undefined) {
  unacknowledged.set(key, options);
  session.deliver_sm({ ...options }, (answer) => {
    acknowledged.push({ key, status: answer.command_status });
    if (answer.command_status === 0) unacknowledged.delete(key);
    then();
  });
}

// What has waited: one when the last was answered for, `pace` milliseconds later; all at once where that is 0.
function backlog(session, waiting) {
  if (!state.pace) for (const each of waiting.splice(0)) deliver(session, ...each);
  else if (waiting.length) deliver(session, ...waiting.shift(), () => setTimeout(() => backlog(session, waiting), state.pace));
}

function receipt(entry, state_) {
  const [word, number] = state_ ?? ["DELIVRD", 2];
  const text = `id:${entry.id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:${word} err:000 text:`;
  const tlvs = state.receipts === "tlv" ? { receipted_message_id: entry.id, message_state: number } : {};
  return { source_addr: entry.to, destination_addr: entry.from, esm_class: 4, data_coding: 0, ...tlvs,
    short_message: { message: state.receipts === "tlv" ? "" : Buffer.from(text, "latin1") } };
}

function tell(session, entry) {
  if (state.receipts === "none") return;
  for (let copy = 0; copy < state.copies; copy++) held.push([`${entry.id}/${copy}`, receipt(entry)]);
  if (!state.hold) release(session);
}

function release(session) {
  const all = held.splice(0);
  if (state.backwards) all.reverse();
  for (const [key, options] of all) deliver(session, key, options);
}

function submitted(session, pdu) {
  const entry = { to: pdu.destination_addr, from: pdu.source_addr, esm: pdu.esm_class, coding: pdu.data_coding,
    wants: pdu.registered_delivery, udh: Buffer.concat([].concat(pdu.short_message.udh ?? [])).toString("hex"),
    text: pdu.short_message.message, id: "", status: 0,
    valid: pdu.validity_period instanceof Date ? Math.round((pdu.validity_period - Date.now()) / 1000) : pdu.validity_period };
  if (state.cutAfter && ledger.length >= state.cutAfter) {
    state.cutAfter = 0;
    session.destroy();
    return;
  }
  ledger.push(entry);
  if (state.silent) return;
  entry.status = state.refused[`${entry.to}#${parseInt(entry.udh.slice(8), 16) || 1}`] ?? state.refused[entry.to] ?? state.statuses.shift() ?? 0;
  if (entry.status) {
    session.send(pdu.response({ command_status: entry.status }));
    return;
  }
  entry.id = (++ids).toString(16).padStart(8, "0");
  const answer = () => session.send(pdu.response({ message_id: entry.id }));
  if (state.before) { tell(session, entry); setTimeout(answer, 20); } else { answer(); tell(session, entry); }
}

function bind(session, kind, pdu) {
  binds.push({ kind, system_id: pdu.system_id, version: pdu.interface_version, status: 0 });
  if (state.mute) return;
  const wrong = pdu.password !== state.password;
  binds.at(-1).status = wrong ? smpp.ESME_RINVPASWD : 0;
  session.send(pdu.response({ command_status: binds.at(-1).status }));
  if (wrong || kind === "bind_transmitter") return;
  bound = session;
  backlog(session, [...unacknowledged]);
}

const server = smpp.createServer(asked.tls ? { key: readFileSync(asked.tls.key), cert: readFileSync(asked.tls.cert) } : {}, (session) => {
  session.on("error", () => session.destroy());
  for (const kind of ["bind_transceiver", "bind_transmitter"]) session.on(kind, (pdu) => bind(session, kind, pdu));
  session.on("submit_sm", (pdu) => submitted(session, pdu));
  session.on("enquire_link", (pdu) => { enquiries++; if (!state.silent) session.send(pdu.response()); });
  session.on("unbind", (pdu) => { session.send(pdu.response()); session.close(); });
  session.on("close", () => { if (bound === session) bound = null; });
});
server.on("error", () => undefined);

const orders = {
  set: (order) => Object.assign(state, order.values),
  ledger: () => ledger,
  clear: () => ledger.splice(0).length,
  seen: () => ({ binds, enquiries, acknowledged, unacknowledged: [...unacknowledged.keys()], bound: bound !== null, sessions: server.sessions.length }),
  counts: () => ({ submitted: ledger.length, acknowledged: acknowledged.length }),
  release: () => release(bound),
  report: (order) => deliver(bound, `late/${++deliveries}`, receipt({ id: order.id, to: order.to, from: "" }, order.state)),
  reply: (order) => deliver(bound, `mo/${++deliveries}`, { source_addr: order.from, destination_addr: order.to,
    esm_class: order.udh ? 0x40 : 0, data_coding: order.coding,
    short_message: { message: Buffer.from(order.data, "hex"), ...(order.udh ? { udh: Buffer.from(order.udh, "hex") } : {}) } }),
  queue: (order) => void unacknowledged.set(`mo/${++deliveries}`, { source_addr: order.from, destination_addr: "1069000",
    data_coding: 8, short_message: { message: Buffer.from(order.data, "hex") } }),
  enquire: () => bound.enquire_link(),
  cut: () => bound?.destroy(),
  dismiss: () => bound.unbind(),
};

server.listen(0, "127.0.0.1", () => say({ port: server.address().port }));
createInterface({ input: process.stdin })
  .on("line", (line) => { const order = JSON.parse(line); say({ done: orders[order.do](order) ?? null }); })
  .on("close", () => process.exit(0));
