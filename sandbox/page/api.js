// The control API: the only way in which this page reads or changes anything.

/** A refusal of the sandbox, in its own words. */
export class Refused extends Error {}

async function read(response) {
  let body;
  try {
    body = await response.json();
  } catch {
    throw new Refused(`The sandbox answered ${response.status} without words.`);
  }
  if (!response.ok || body.ok === false) throw new Refused(body.error || `The sandbox answered ${response.status}.`);
  return body;
}

/** GET /_control/{path}. */
export async function get(path) {
  return read(await fetch(`/_control/${path}`, { headers: { accept: "application/json" } }));
}

/** POST /_control/{path} with a JSON body. */
export async function post(path, body = {}) {
  const response = await fetch(`/_control/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return read(response);
}

/** Follow the stream of changes; `onChange` gets each pushed object, `onLink` true or false. Reconnects by itself. */
export function follow(onChange, onLink) {
  let delay = 250;
  const open = () => {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/_control/stream`);
    socket.onopen = () => {
      delay = 250;
      onLink(true);
    };
    socket.onmessage = (message) => onChange(JSON.parse(message.data));
    socket.onclose = () => {
      onLink(false);
      setTimeout(open, delay);
      delay = Math.min(delay * 2, 4000);
    };
  };
  open();
}
